/**
 * Joined values: a `concat` of contiguous parts is a buffer into whose slices the parts are computed, so that joining the
 * gradients of all parameters costs nothing. Loaded with the first graph that joins; it makes nodes without builders, so
 * that it shares little with the rest.
 */
import type { LibraryMatch } from '../backend/library';
import { bytesPerStorage, storageOf } from '../dtype';
import { isElementwise, isMovement } from '../graph/kinds';
import { makeNode, type Node, type NodeOf, withInputs } from '../graph/node';
import { inverseOrder } from '../shape/order';
import { type Shape, sameShape, sizeOf, stridesOf } from '../shape/shape';
import type { Joins, Part } from './joins';

/** More parts than this are assembled even if each has to be copied: choosing between many is slow in a kernel. */
const MANY_PARTS = 4;

export interface AssemblyLimits {
  readonly maxBindings: number;
  readonly alignment: number;
}

/** The node to use for a join: itself, or a copy whose parts can be computed in place. */
export function assemble(
  node: NodeOf<'concat'>,
  joins: Joins,
  library: ReadonlyMap<Node, LibraryMatch>,
  limits: AssemblyLimits,
): Node {
  if (!isWorthwhile(node, library, limits)) return node;
  let offset = 0;
  const parts: Part[] = [];
  const claimed = new Set<Node>();
  const inputs = node.inputs.map((input) => {
    const found = ownPart(input, offset, library, limits);
    const own =
      found === undefined || joins.isPart(found.value) || claimed.has(found.value) ? undefined : found;
    const value = makeNode('identity', [input], { kind: 'contiguous' }, input.shape, input.dtype);
    const part = own ?? { value, offset, strides: undefined, instead: found };
    claimed.add(part.value);
    parts.push(part);
    offset += sizeOf(input.shape);
    return own === undefined ? part.value : input;
  });
  const assembled = withInputs(node, inputs);
  joins.add(assembled, parts);
  return assembled;
}

/**
 * A join that needs more buffers than a kernel may bind, written as one whose parts are contiguous, so that it can be
 * assembled; undefined where it fits, or is contiguous already.
 */
export function inFront(
  { inputs, shape, dtype, attributes: { axis } }: NodeOf<'concat'>,
  { maxBindings }: AssemblyLimits,
): Node | undefined {
  const sources = new Set(inputs.map(sourceOf));
  if (isContiguous(shape, axis) || sources.size < maxBindings) return undefined;
  const order = [axis, ...shape.keys()].filter((each, i) => i === 0 || each !== axis);
  const moved = (given: Shape): number[] => order.map((each) => given[each] ?? 1);
  const parts = inputs.map((part) => makeNode('permute', [part], { order }, moved(part.shape), dtype));
  const joined = makeNode('concat', parts, { axis: 0 }, moved(shape), dtype);
  return makeNode('permute', [joined], { order: inverseOrder(order) }, shape, dtype);
}

/** A slice of a join that lies within one part, as a slice of what that part is: so it need not wait for the others. */
export function withinPart(
  { shape, dtype, attributes }: NodeOf<'slice'>,
  { inputs, attributes: { axis } }: NodeOf<'concat'>,
): Node | undefined {
  if (sizeOf(shape) === 0) return undefined;
  const [start, step] = [attributes.start[axis] ?? 0, attributes.step[axis] ?? 1];
  const last = start + ((shape[axis] ?? 1) - 1) * step;
  let begin = 0;
  for (const part of inputs) {
    const first = begin;
    begin += part.shape[axis] ?? 0;
    if (start < first || last >= begin) continue;
    const [original] = part.inputs;
    const isCopy = part.op === 'identity' && part.attributes.kind === 'contiguous';
    const source = isCopy && original !== undefined ? original : part;
    if (sameShape(source.shape, shape)) return source;
    const moved = (given: Shape): number[] => given.map((each, i) => (i === axis ? each - first : each));
    const within = { ...attributes, start: moved(attributes.start), limit: moved(attributes.limit) };
    return makeNode('slice', [source], within, shape, dtype);
  }
  return undefined;
}

function isWorthwhile(
  node: NodeOf<'concat'>,
  library: ReadonlyMap<Node, LibraryMatch>,
  { maxBindings }: AssemblyLimits,
): boolean {
  if (!isContiguous(node.shape, node.attributes.axis)) return false;
  if (node.inputs.length > Math.min(MANY_PARTS, maxBindings - 1)) return true;
  return node.inputs.some((input) => {
    const { value } = unreshaped(input);
    return value.op === 'reduce' || library.has(value);
  });
}

/** The value behind a part, when that itself can be computed in place. */
function ownPart(
  input: Node,
  offset: number,
  library: ReadonlyMap<Node, LibraryMatch>,
  { alignment }: AssemblyLimits,
): Part | undefined {
  const { value, strides } = unreshaped(input);
  const match = library.get(value);
  const bytes = offset * bytesPerStorage(storageOf(value.dtype));
  if (match !== undefined) {
    const takesStrides = strides === undefined || match.stridedOutput === true;
    return bytes % alignment === 0 && takesStrides ? { value, offset, strides } : undefined;
  }
  const isComputed = value.op === 'reduce' || isElementwise(value);
  return isComputed && strides === undefined ? { value, offset, strides } : undefined;
}

/** Whether each part of a join lies in one piece. */
const isContiguous = (shape: Shape, axis: number): boolean =>
  shape.slice(0, axis).every((extent) => extent === 1);

/** The value of which a part is a view. */
function sourceOf(part: Node): Node {
  let source = part;
  while (isMovement(source)) source = source.inputs[0] ?? source;
  return source;
}

/** A part as the value it reshapes; `strides` is given when the value is permuted on its way into the part. */
function unreshaped(part: Node): { value: Node; strides: readonly number[] | undefined } {
  let value = part;
  while (value.op === 'reshape') value = value.inputs[0] ?? value;
  if (value.op !== 'permute') return { value, strides: undefined };
  const { order } = value.attributes;
  const [source] = value.inputs;
  if (source === undefined) return { value, strides: undefined };
  const target = stridesOf(value.shape);
  const strides = source.shape.map((_, axis) => target[order.indexOf(axis)] ?? 0);
  const keepsRows = strides.at(-1) === 1;
  return keepsRows ? { value: source, strides } : { value, strides: undefined };
}
