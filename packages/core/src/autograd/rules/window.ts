/**
 * The transpose of sliding windows: what was read from a place is added up at that place.
 *
 * It is the gradient of the `window` operation, and what max pooling sends its gradient back with.
 */
import * as build from '../../graph/build';
import type { Node, OpAttributes } from '../../graph/node';
import { extentAt, range, type Shape, sizeOf } from '../../shape/shape';

/** Adds windows ([...positions, ...size], as `window` gives them) up to a tensor of `shape`. */
export function windowTranspose(windows: Node, attributes: OpAttributes['window'], shape: Shape): Node {
  if (sizeOf(windows.shape) === 0) return build.broadcastTo(build.constant(0, windows.dtype), shape);
  const { size, stride, dilation } = attributes;
  const apart = size.every((extent, i) => extent === stride[i] && (extent === 1 || dilation[i] === 1));
  return apart ? laidOut(windows, attributes, shape) : overlapped(windows, attributes, shape);
}

/** Windows that tile the axis: every place belongs to one window, so that nothing has to be added. */
function laidOut(windows: Node, { axes, size }: OpAttributes['window'], shape: Shape): Node {
  const rank = shape.length;
  const order = range(rank).flatMap((axis) =>
    axes.includes(axis) ? [axis, rank + axes.indexOf(axis)] : [axis],
  );
  const covered = range(rank).map((axis) => {
    const i = axes.indexOf(axis);
    return extentAt(windows.shape, axis) * (i < 0 ? 1 : extentAt(size, i));
  });
  const tiles = build.reshape(build.permute(windows, order), covered);
  return build.pad(tiles, build.constant(0, windows.dtype), {
    lo: covered.map(() => 0),
    hi: covered.map((extent, axis) => extentAt(shape, axis) - extent),
    interior: covered.map(() => 0),
  });
}

/** One term per element of the window: position o of element k lies at o · stride + k · dilation. */
function overlapped(
  windows: Node,
  { axes, size, stride, dilation }: OpAttributes['window'],
  shape: Shape,
): Node {
  const rank = shape.length;
  const terms = range(sizeOf(size)).map((index) => {
    const element = unravel(index, size);
    const start = [...range(rank).map(() => 0), ...element];
    const limit = windows.shape.map((extent, axis) => (axis < rank ? extent : extentAt(start, axis) + 1));
    const one = build.slice(windows, { start, limit, step: windows.shape.map(() => 1) });
    const values = build.reshape(one, windows.shape.slice(0, rank));
    const at = (axis: number): number => axes.indexOf(axis);
    const lo = range(rank).map((axis) =>
      at(axis) < 0 ? 0 : extentAt(element, at(axis)) * extentAt(dilation, at(axis)),
    );
    const interior = range(rank).map((axis) => (at(axis) < 0 ? 0 : extentAt(stride, at(axis)) - 1));
    const hi = values.shape.map((extent, axis) => {
      const spread = build.dilatedExtent(extent, extentAt(interior, axis) + 1);
      return extentAt(shape, axis) - extentAt(lo, axis) - spread;
    });
    return build.pad(values, build.constant(0, windows.dtype), { lo, hi, interior });
  });
  return terms.reduce(build.add);
}

/** Row-major index → index per axis. */
function unravel(index: number, shape: Shape): number[] {
  const result: number[] = [];
  let rest = index;
  for (const extent of [...shape].reverse()) {
    result.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return result;
}
