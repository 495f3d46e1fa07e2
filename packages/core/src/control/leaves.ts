/**
 * Structures with names for their leaves, so that errors can say which of them does not fit.
 */
import type { Device } from '../device/device';
import { ArgumentError, DTypeError, ShapeError } from '../errors';
import type { ValueSpec } from '../graph/control';
import { commonDevice } from '../ops/operand';
import { formatShape, sameShape } from '../shape/shape';
import { formatStructure, mapLeaves } from '../structure';
import { isTensor, Tensor } from '../tensor';

/** A tensor in a structure. */
export interface Leaf {
  /** Such as `.hidden[1]`; empty where the structure is one tensor. */
  readonly path: string;
  readonly tensor: Tensor;
}

/** What is not a tensor and stands for nothing, as in `[carry, undefined]`. */
const isNothing = (leaf: unknown): boolean => leaf === undefined || leaf === null;

/**
 * The tensors of a structure in order; `undefined` and `null` are passed over.
 *
 * @throws {ArgumentError} for anything else
 */
export function leavesOf(where: string, what: string, value: unknown): readonly Leaf[] {
  const paths = pathsOf(value);
  const leaves: Leaf[] = [];
  mapLeaves<unknown>(value, (leaf) => {
    const path = paths.shift() ?? '';
    if (leaf instanceof Tensor) leaves.push({ path, tensor: leaf });
    else if (!isNothing(leaf)) throw notTensor(where, `${what}${path}`, leaf);
    return leaf;
  });
  return leaves;
}

function notTensor(where: string, what: string, leaf: unknown): ArgumentError {
  const advice = isTensor(leaf)
    ? 'It is a tensor of another copy of @hadal/core; keep one.'
    : 'Write a number as scalar(x), an array of numbers as tensor([…]).';
  const given = typeof leaf === 'number' ? `the number ${leaf}` : `a ${typeof leaf}`;
  return new ArgumentError(where, `${what} is ${given}, expected a tensor.`, advice);
}

/** Where the leaves of a structure are, in the order of `mapLeaves`. */
function pathsOf(value: unknown): string[] {
  const paths: string[] = [];
  const visit = (each: unknown, path: string): void => {
    if (Array.isArray(each)) {
      each.forEach((inner, index) => {
        visit(inner, `${path}[${index}]`);
      });
      return;
    }
    const prototype: unknown = typeof each === 'object' && each !== null ? Object.getPrototypeOf(each) : each;
    if (typeof each !== 'object' || each === null || (prototype !== Object.prototype && prototype !== null)) {
      paths.push(path);
      return;
    }
    const fields: Readonly<Record<string, unknown>> = Object.fromEntries(Object.entries(each));
    for (const key of Object.keys(fields).sort()) visit(fields[key], `${path}.${key}`);
  };
  visit(value, '');
  return paths;
}

/** The structure with its tensors replaced, in order. */
export function withTensors<T>(structure: T, tensors: readonly Tensor[]): T {
  let next = 0;
  return mapLeaves(structure, (leaf) => (isNothing(leaf) ? leaf : tensors[next++]));
}

/**
 * Checks that a structure has the tensors of another one: names, shapes and dtypes.
 *
 * @param what  the structure, for errors, such as `the carry`
 * @param rule  what has to be done
 */
export function requireSameLeaves(
  where: string,
  what: string,
  rule: string,
  [before, expected]: readonly [before: string, expected: unknown],
  [after, given]: readonly [after: string, given: unknown],
): readonly Leaf[] {
  const wanted = leavesOf(where, what, expected);
  const found = leavesOf(where, what, given);
  const shapeOf = (value: unknown): string =>
    formatStructure(value, (leaf) => (isNothing(leaf) ? '-' : 'tensor'));
  if (shapeOf(expected) !== shapeOf(given)) {
    throw new ArgumentError(
      where,
      `${what} is ${shapeOf(expected)} ${before} and ${shapeOf(given)} ${after}.`,
      rule,
    );
  }
  wanted.forEach(({ path, tensor }, index) => {
    const other = found[index]?.tensor ?? tensor;
    const texts = [specText(tensor), before, specText(other), after] as const;
    const message = `${what}${path} is ${texts[0]} ${texts[1]} and ${texts[2]} ${texts[3]}.`;
    if (!sameShape(tensor.shape, other.shape)) throw new ShapeError(where, message, rule);
    if (tensor.dtype !== other.dtype) {
      throw new DTypeError(where, message, `${rule} Convert with x.cast('${tensor.dtype}').`);
    }
  });
  return found;
}

/** The device on which leaves meet. */
export const deviceOfLeaves = (where: string, leaves: readonly Leaf[]): Device | undefined =>
  commonDevice(
    where,
    leaves.map(({ tensor }) => tensor),
  );

const specText = ({ shape, dtype }: ValueSpec): string => `${dtype} ${formatShape(shape)}`;
