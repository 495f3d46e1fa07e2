/** Which keys a query may attend to: masks of sequences, of order and of distance as one. */
import type { Tensor } from '@hadal/core';
import { abs, arange, less, lessEqual, logicalAnd } from '@hadal/core';

/** A mask that holds where all of those that are given hold, each broadcasting to the scores. */
export const allMasks = (masks: readonly (Tensor | undefined)[]): Tensor | undefined =>
  masks.reduce<Tensor | undefined>((both, mask) => {
    if (both === undefined || mask === undefined) return both ?? mask;
    return logicalAnd(both, mask);
  }, undefined);

/** [queries, keys]: keys that come no later than the query, counted from the first. */
export const causalMask = (queries: number, keys: number): Tensor =>
  lessEqual(positions(keys).reshape([1, keys]), positions(queries).reshape([queries, 1]));

/** [queries, keys]: keys fewer than `window` steps away, before and after. */
export const windowMask = (queries: number, keys: number, window: number): Tensor =>
  less(
    abs(
      positions(queries)
        .reshape([queries, 1])
        .sub(positions(keys).reshape([1, keys])),
    ),
    window,
  );

const positions = (count: number): Tensor => arange(0, count, 1, { dtype: 'int32' });
