/**
 * What reductions share: how axes and `keepDims` are given, and how a node reduced over axes becomes a tensor.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { normalizeAxes } from '../shape/axis';
import type { Tensor } from '../tensor';
import { type TensorLike, tensorFrom } from './operand';

export interface ReduceOptions {
  /** The axes to reduce; all when left out. */
  readonly axis?: number | readonly number[];
  /** Keeps reduced axes with extent 1, so that the result broadcasts against the operand. Default false. */
  readonly keepDims?: boolean;
}

/** Axes alone, or options. */
export type Reduction = number | readonly number[] | ReduceOptions;

/** Whether axes were given in place of options. */
export const isAxes = (
  reduction: number | readonly number[] | object,
): reduction is number | readonly number[] => typeof reduction === 'number' || Array.isArray(reduction);

/**
 * Reduces `node`, made of `x`, over the axes that the options name.
 *
 * @param make the reduction over sorted axes, which it drops
 */
export function reduceOver(
  where: string,
  x: TensorLike,
  node: Node,
  reduction: Reduction | undefined,
  make: (axes: readonly number[]) => Node,
): Tensor {
  const options: ReduceOptions =
    reduction === undefined ? {} : isAxes(reduction) ? { axis: reduction } : reduction;
  const axes = normalizeAxes(where, options.axis, node.shape.length);
  const reduced = make(axes);
  const result = options.keepDims ? build.reshape(reduced, build.keptShape(node, axes)) : reduced;
  return tensorFrom(where, result, [x]);
}
