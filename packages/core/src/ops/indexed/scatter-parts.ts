/**
 * What scatters are over simpler nodes, for backends without a library for them: every place looks at every update.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt, range, sizeOf } from '../../shape/shape';
import { alignedIndices, readAlong } from './positions';
import type { ScatterKind } from './scatter';

/** Whether an update has nothing to meet. */
const isIdle = (operand: Node, indices: Node): boolean =>
  sizeOf(operand.shape) === 0 || sizeOf(indices.shape) === 0;

/** [...batch, extent, count]: whether each place is the one that each index names. */
function hitsOf(indices: Node, extent: number): Node {
  const batch = indices.shape.length - 1;
  const own = build.reshape(build.iota(extent), [extent, 1]);
  return build.equal(build.insertAxes(indices, [batch]), own);
}

/** Only places are compared, not whole rows: the last update of a place is found first and then read. */
export function replacedByLast(operand: Node, indices: Node, updates: Node, axis: number): Node {
  if (isIdle(operand, indices)) return operand;
  const batch = indices.shape.length - 1;
  const place = build.iota(extentAt(indices.shape, batch));
  const hits = hitsOf(indices, extentAt(operand.shape, axis));
  const last = build.reduce('max', build.where(hits, place, -1), [batch + 1]);
  const aligned = alignedIndices(last, axis, operand.shape.length);
  const read = readAlong(updates, build.maximum(aligned, 0), axis);
  return build.where(build.lessThan(aligned, 0), operand, read);
}

interface Combination {
  readonly reduction: 'sum' | 'prod' | 'max' | 'min';
  readonly identity: (like: Node) => number;
  readonly join: (a: Node, b: Node) => Node;
}

const COMBINATIONS: Readonly<Record<Exclude<ScatterKind, 'set'>, Combination>> = {
  add: { reduction: 'sum', identity: () => 0, join: build.add },
  mul: { reduction: 'prod', identity: () => 1, join: build.mul },
  max: { reduction: 'max', identity: ({ dtype }) => build.lowest(dtype), join: build.maximum },
  min: { reduction: 'min', identity: ({ dtype }) => build.highest(dtype), join: build.minimum },
};

/** Every place reduces over all updates, of which those of other places are neutral. */
export function combinedByMask(
  kind: Exclude<ScatterKind, 'set'>,
  operand: Node,
  indices: Node,
  updates: Node,
  axis: number,
): Node {
  if (isIdle(operand, indices)) return operand;
  const { reduction, identity, join } = COMBINATIONS[kind];
  const batch = indices.shape.length - 1;
  const rank = operand.shape.length;
  const extent = extentAt(operand.shape, axis);
  const count = extentAt(indices.shape, batch);
  const ones = (length: number): number[] => new Array<number>(length).fill(1);
  const leading = [...indices.shape.slice(0, batch), ...ones(axis - batch)];
  const hits = build.reshape(hitsOf(indices, extent), [...leading, extent, ...ones(rank - axis - 1), count]);
  // The updates' axis goes last, and the places take its position.
  const order = [...range(rank).filter((each) => each !== axis), axis];
  const candidates = build.insertAxes(build.permute(updates, order), [axis]);
  const chosen = build.where(hits, candidates, identity(operand));
  return join(operand, build.cast(build.reduce(reduction, chosen, [rank]), operand.dtype));
}
