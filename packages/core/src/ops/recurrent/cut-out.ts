/**
 * A part of a cotangent, cut out before it is put among zeros: cotangents of slices are padded to the size of what was
 * sliced, and a kernel that reads a part of that would make a backend write all of it.
 */
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { extentAt } from '../../shape/shape';

/** Elements from `start` up to `limit`, along every axis. */
export function cutOut(x: Node, start: readonly number[], limit: readonly number[]): Node {
  if (x.op === 'add') {
    const [a, b] = x.inputs;
    if (a !== undefined && b !== undefined)
      return build.add(cutOut(a, start, limit), cutOut(b, start, limit));
  }
  const [inner, fill] = x.inputs;
  if (
    x.op !== 'pad' ||
    inner === undefined ||
    fill === undefined ||
    x.attributes.interior.some((n) => n > 0)
  ) {
    return build.slice(x, { start, limit, step: start.map(() => 1) });
  }
  const { lo } = x.attributes;
  const shape = limit.map((end, axis) => end - extentAt(start, axis));
  // What of the padded value is asked for, in its own indices.
  const from = start.map((first, axis) => Math.max(0, first - extentAt(lo, axis)));
  const to = limit.map((end, axis) => Math.min(extentAt(inner.shape, axis), end - extentAt(lo, axis)));
  if (from.some((first, axis) => first >= extentAt(to, axis))) return build.broadcastTo(fill, shape);
  const before = from.map((first, axis) => first + extentAt(lo, axis) - extentAt(start, axis));
  return build.pad(cutOut(inner, from, to), fill, {
    lo: before,
    hi: shape.map(
      (extent, axis) => extent - extentAt(before, axis) - (extentAt(to, axis) - extentAt(from, axis)),
    ),
    interior: start.map(() => 0),
  });
}
