/**
 * What sorting compares: a key, and a tie that tells equal keys apart, so that no two elements are equal.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';

/** Elements to be sorted along the last axis of [rows, extent]: by `key`, equal ones by `tie`, which is unique. */
export interface Keyed {
  readonly key: Node;
  readonly tie: Node;
  readonly descending: boolean;
}

/** Whether elements of `a` come before those of `b`; shapes broadcast. */
export function comesBefore(a: Keyed, b: Keyed): Node {
  const isLess = a.descending ? build.lessThan(b.key, a.key) : build.lessThan(a.key, b.key);
  return build.or(isLess, build.and(build.equal(a.key, b.key), build.lessThan(a.tie, b.tie)));
}

/** The value after which nothing comes; NaN and padding take it, and come later by their ties. */
export const lastKey = (x: Node, descending: boolean): number =>
  descending ? build.lowest(x.dtype) : build.highest(x.dtype);
