/**
 * Placeholders: leaves without a value, for which graphs are built that are rewritten before anything is computed.
 *
 * They are parameters with numbers that no program has, so that one that escapes is noticed when it is to be computed.
 */
import type { DType } from '../dtype';
import { makeNode, type NodeOf } from '../graph/node';
import type { Shape } from '../shape/shape';

let next = 0;

/** A new leaf that only stands for a value. */
export const placeholder = (shape: Shape, dtype: DType): NodeOf<'parameter'> =>
  makeNode('parameter', [], { index: --next }, shape, dtype);
