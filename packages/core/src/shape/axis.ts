/**
 * Axes as users give them (negative ones count from the end) turned into sorted non-negative ones.
 */
import { AxisError } from '../errors';
import { range } from './shape';

/** Axes of a reduction: one, several, or all when left out. */
export type Axes = number | readonly number[];

/** The non-negative form of one axis; negative axes count from the end. */
export function normalizeAxis(where: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new AxisError(
      where,
      `axis ${axis} does not exist in a tensor of rank ${rank}.`,
      rank === 0 ? 'A scalar has no axes.' : `Axes run from ${-rank} to ${rank - 1}.`,
    );
  }
  return axis < 0 ? axis + rank : axis;
}

/** Sorted non-negative axes; all axes when `axes` is undefined. */
export function normalizeAxes(where: string, axes: Axes | undefined, rank: number): number[] {
  if (axes === undefined) return range(rank);
  const list = typeof axes === 'number' ? [axes] : axes;
  const found = list.map((axis) => normalizeAxis(where, axis, rank));
  const repeated = found.find((axis, i) => found.indexOf(axis) !== i);
  if (repeated !== undefined) {
    throw new AxisError(where, `axis ${repeated} is given twice in [${list.join(', ')}].`);
  }
  return found.sort((a, b) => a - b);
}

/** Checks that `order` names every axis once and makes its entries non-negative. */
export function normalizeOrder(where: string, order: readonly number[], rank: number): number[] {
  const found = order.map((axis) => normalizeAxis(where, axis, rank));
  if (new Set(found).size !== rank || found.length !== rank) {
    throw new AxisError(
      where,
      `order [${order.join(', ')}] does not name each of the ${rank} axes exactly once.`,
      `An order is a permutation of [${range(rank).join(', ')}].`,
    );
  }
  return found;
}

export { inverseOrder } from './order';
