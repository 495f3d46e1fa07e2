/** Which reductions are none, and which are too long for one pass. */
import { broadcastTo, constant, highest, lowest, reshape } from '../graph/build';
import type { Node, NodeOf } from '../graph/node';
import { sizeOf } from '../shape/shape';

/** With more results than this there is enough to do in parallel. */
const FEW_RESULTS = 512;
/** Fewer elements behind each element of the leading axis are not worth a pass of their own. */
const LONG_REST = 64;
/** A single axis is split once it has this many elements. */
const LONG_AXIS = 4096;

/** What a reduction over no elements gives, everywhere; undefined where there are elements. */
export function emptyReduction(node: NodeOf<'reduce'>): Node | undefined {
  const { kind } = node.attributes;
  const [source] = node.inputs;
  if (source === undefined || sizeOf(source.shape) > 0 || kind === 'argmax' || kind === 'argmin')
    return undefined;
  return broadcastTo(constant(identityOf(kind, source), source.dtype), node.shape);
}

/** A reduction over single elements is what it reduces. A leading axis stays: a batch of one is reduced like any other. */
export function trivialReduction(node: NodeOf<'reduce'>): Node | undefined {
  const { kind, axes } = node.attributes;
  const [source] = node.inputs;
  if (source === undefined || axes.some((axis) => axis === 0 || source.shape[axis] !== 1)) return undefined;
  if (kind === 'argmax' || kind === 'argmin') return broadcastTo(constant(0, 'int32'), node.shape);
  return reshape(source, node.shape);
}

/** Whether a reduction is better made in two passes (`splitReduction`). */
export function isLongReduction({
  attributes: { kind, axes },
  inputs: [source],
  shape,
}: NodeOf<'reduce'>): boolean {
  if (source === undefined || kind === 'argmax' || kind === 'argmin' || sizeOf(shape) > FEW_RESULTS)
    return false;
  const [leading = 0, ...rest] = axes.map((axis) => source.shape[axis] ?? 0);
  return leading > 0 && (rest.length > 0 ? sizeOf(rest) >= LONG_REST : leading >= LONG_AXIS);
}

/** What a reduction begins with. */
function identityOf(kind: 'sum' | 'prod' | 'max' | 'min', { dtype }: Node): number {
  switch (kind) {
    case 'sum':
      return 0;
    case 'prod':
      return 1;
    case 'max':
      return lowest(dtype);
    case 'min':
      return highest(dtype);
  }
}
