/**
 * What recurrent operations share: operands in one dtype with shapes that fit each other, and a run in the order of time.
 */
import { isFloat, promote } from '../../dtype';
import { DTypeError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeAttributes, Node } from '../../graph/node';
import { extentAt, formatShape, sameShape } from '../../shape/shape';
import type { Tensor } from '../../tensor';
import { truth } from '../comparison';
import { floatingNode, operandNode, tensorFrom } from '../operand';
import { afterSteps, type CellComposite, lastValue, valueAt } from './cell';

export interface RecurrentOptions {
  /**
   * [batch, length], bool or numbers of which those that are not 0 count: where it is false a step changes nothing, and
   * gives the state that was there before.
   */
  readonly mask?: Tensor;
  /** Whether to go from the last step to the first. Outputs keep the places of their inputs. Default false. */
  readonly reverse?: boolean;
}

/** A tensor that is given, by the name that the user knows, and the shape that it should have. */
export interface Part {
  readonly name: string;
  readonly tensor: Tensor | undefined;
  /** What is expected, such as `[units, 4 · units]`. */
  readonly described: string;
  readonly shape: readonly number[];
}

/** The sequences: [batch, length, features]. */
export function requireSequences(where: string, x: Tensor, kernel: Tensor, gates: number): number {
  const features = x.shape[2];
  const columns = kernel.shape[1];
  if (x.rank !== 3 || features === undefined) {
    throw new ShapeError(where, `x is ${formatShape(x.shape)}.`, 'Expected [batch, length, features].');
  }
  if (kernel.rank !== 2 || columns === undefined || columns % gates !== 0 || kernel.shape[0] !== features) {
    throw new ShapeError(
      where,
      `the kernel is ${formatShape(kernel.shape)}, x is ${formatShape(x.shape)}.`,
      `Expected [features, ${gates} · units] with ${features} features.`,
    );
  }
  return columns / gates;
}

/**
 * Operands as nodes of the dtype in which all of them meet; zeros for what is missing.
 *
 * @throws {ShapeError} when one has another shape than it should
 * @throws {DTypeError} when one is not floating point
 */
export function nodesOfParts(where: string, parts: readonly Part[]): Node[] {
  let dtype = parts.find(({ tensor }) => tensor !== undefined)?.tensor?.dtype ?? 'float32';
  for (const { name, tensor, shape, described } of parts) {
    if (tensor === undefined) continue;
    if (!isFloat(tensor.dtype)) {
      throw new DTypeError(where, `${name} is ${tensor.dtype}; it must be floating point.`);
    }
    if (!sameShape(tensor.shape, shape)) {
      throw new ShapeError(
        where,
        `${name} is ${formatShape(tensor.shape)}.`,
        `Expected ${described}, ${formatShape(shape)}.`,
      );
    }
    dtype = promote(dtype, tensor.dtype);
  }
  return parts.map(({ tensor, shape }) =>
    tensor === undefined
      ? build.broadcastTo(build.constant(0, dtype), shape)
      : build.cast(floatingNode(where, tensor), dtype),
  );
}

/** A mask in the order of time, bool [length, batch]. */
export function maskOf(where: string, mask: Tensor | undefined, x: Tensor): Node | undefined {
  if (mask === undefined) return undefined;
  const expected = x.shape.slice(0, 2);
  if (!sameShape(mask.shape, expected)) {
    throw new ShapeError(
      where,
      `the mask is ${formatShape(mask.shape)}.`,
      `Expected [batch, length], ${formatShape(expected)}.`,
    );
  }
  return build.permute(truth(operandNode(where, mask)), [1, 0]);
}

/** What a run gives: the states after every step, and those at its end. */
export interface Run {
  /** [batch, length, units] */
  readonly outputs: Tensor;
  /** [batch, units] each. */
  readonly states: readonly Tensor[];
}

/**
 * Runs a cell over sequences.
 *
 * @param x        [batch, length, features]
 * @param kernel   [features, gates · units], with `bias` [gates · units] what inputs contribute
 * @param operands tensors that say where the result lives
 */
export function runCell(
  where: string,
  composite: CellComposite,
  {
    x,
    kernel,
    bias,
    weights,
    states,
    mask,
  }: {
    readonly x: Node;
    readonly kernel: Node;
    readonly bias: Node | undefined;
    readonly weights: readonly Node[];
    readonly states: readonly Node[];
    readonly mask: Node | undefined;
  },
  attributes: CompositeAttributes,
  operands: readonly Tensor[],
): Run {
  const products = build.dot(x, kernel, {
    leftBatch: [],
    rightBatch: [],
    leftContract: [2],
    rightContract: [0],
  });
  const projected = build.permute(bias === undefined ? products : build.add(products, bias), [1, 0, 2]);
  const rows = composite.rows({ projected, weights, states, mask }, attributes);
  const units = extentAt(states[0]?.shape ?? [], 1);
  const outputs = build.permute(valueAt(afterSteps(rows, attributes), 0, units), [1, 0, 2]);
  return {
    outputs: tensorFrom(where, outputs, operands),
    states: states.map((_, index) => tensorFrom(where, lastValue(rows, attributes, index, units), operands)),
  };
}
