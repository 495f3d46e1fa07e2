/**
 * Two-pass reductions: a reduction of many elements to few results is split, so that its first pass has enough
 * independent parts for every thread, and so that long float sums are summed in blocks.
 *
 * Whether and how depends on shapes alone, and not on the extent of the leading axis where that is reduced with others:
 * a smaller last batch uses the same kernels.
 */
import { broadcastTo, combine, constant, highest, lowest, reduce, reshape, sliceAxis } from '../graph/build';
import type { Node, NodeOf } from '../graph/node';
import { sizeOf } from '../shape/shape';

/** With more results than this there is enough to do in parallel. */
const FEW_RESULTS = 512;
/** Fewer elements behind each element of the leading axis are not worth a pass of their own. */
const LONG_REST = 64;
/** A single axis is split into chunks of at most this many elements once it has several of them. */
const CHUNK = 1024;
const LONG_AXIS = 4 * CHUNK;
/** Chunks that divide the axis evenly are preferred down to this length. */
const LEAST_CHUNK = CHUNK / 4;

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

/** The same reduction in two passes, or undefined where one pass is better. */
export function splitReduction(node: NodeOf<'reduce'>): Node | undefined {
  const { kind, axes } = node.attributes;
  const [source] = node.inputs;
  if (source === undefined || kind === 'argmax' || kind === 'argmin') return undefined;
  if (sizeOf(node.shape) > FEW_RESULTS || sizeOf(source.shape) === 0) return undefined;
  const [leading, ...rest] = axes;
  if (leading === undefined) return undefined;
  if (rest.length > 0) {
    const behind = rest.reduce((product, axis) => product * (source.shape[axis] ?? 1), 1);
    return behind < LONG_REST ? undefined : reduce(kind, reduce(kind, source, rest), [leading]);
  }
  const extent = source.shape[leading] ?? 0;
  if (extent < LONG_AXIS) return undefined;
  const chunk = chunkOf(extent);
  const whole = extent - (extent % chunk);
  const { shape } = source;
  const chunked = [...shape.slice(0, leading), whole / chunk, chunk, ...shape.slice(leading + 1)];
  const even = reshape(sliceAxis(source, leading, 0, whole), chunked);
  const combined = reduce(kind, reduce(kind, even, [leading + 1]), [leading]);
  if (whole === extent) return combined;
  return combine(
    COMBINED_BY[kind],
    combined,
    reduce(kind, sliceAxis(source, leading, whole, extent), [leading]),
  );
}

const COMBINED_BY = { sum: 'add', prod: 'mul', max: 'max', min: 'min' } as const;

/** The longest chunk that divides an axis evenly, or the longest of all where such chunks would be short. */
function chunkOf(extent: number): number {
  for (let chunk = CHUNK; chunk >= LEAST_CHUNK; chunk--) if (extent % chunk === 0) return chunk;
  return CHUNK;
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
