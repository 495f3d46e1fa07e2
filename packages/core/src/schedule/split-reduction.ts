/**
 * Two-pass reductions: a reduction of many elements to few results is split, so that its first pass has enough
 * independent parts for every thread, and so that long float sums are summed in blocks.
 *
 * Whether and how depends on shapes alone, and not on the extent of the leading axis where that is reduced with others:
 * a smaller last batch uses the same kernels. Loaded with the first long reduction; it makes nodes without builders, so
 * that it shares little with the rest.
 */
import { makeNode, type Node, type NodeOf } from '../graph/node';

/** A single axis is split into chunks of at most this many elements. */
const CHUNK = 1024;
/** Chunks that divide the axis evenly are preferred down to this length. */
const LEAST_CHUNK = CHUNK / 4;

const COMBINED_BY = { sum: 'add', prod: 'mul', max: 'max', min: 'min' } as const;

/** A long reduction (`isLongReduction`) in two passes. */
export function splitReduction(node: NodeOf<'reduce'>): Node {
  const { kind, axes } = node.attributes;
  const [source] = node.inputs;
  const [leading, ...rest] = axes;
  if (source === undefined || leading === undefined || kind === 'argmax' || kind === 'argmin') return node;
  const { shape, dtype } = source;
  const reduced = (x: Node, over: readonly number[]): Node =>
    makeNode(
      'reduce',
      [x],
      { kind, axes: over },
      x.shape.filter((_, axis) => !over.includes(axis)),
      dtype,
    );
  if (rest.length > 0) return reduced(reduced(source, rest), [leading]);

  const extent = shape[leading] ?? 0;
  const chunk = chunkOf(extent);
  const whole = extent - (extent % chunk);
  const part = (from: number, to: number): Node => {
    const start = shape.map((_, axis) => (axis === leading ? from : 0));
    const limit = shape.map((each, axis) => (axis === leading ? to : each));
    const size = limit.map((each, axis) => each - (start[axis] ?? 0));
    return makeNode('slice', [source], { start, limit, step: shape.map(() => 1) }, size, dtype);
  };
  const chunked = [...shape.slice(0, leading), whole / chunk, chunk, ...shape.slice(leading + 1)];
  const even = makeNode(
    'reshape',
    [whole === extent ? source : part(0, whole)],
    { shape: chunked },
    chunked,
    dtype,
  );
  const total = reduced(reduced(even, [leading + 1]), [leading]);
  if (whole === extent) return total;
  const last = reduced(part(whole, extent), [leading]);
  return makeNode(COMBINED_BY[kind], [total, last], {}, total.shape, dtype);
}

/** The longest chunk that divides an axis evenly, or the longest of all where such chunks would be short. */
function chunkOf(extent: number): number {
  for (let chunk = CHUNK; chunk >= LEAST_CHUNK; chunk--) if (extent % chunk === 0) return chunk;
  return CHUNK;
}
