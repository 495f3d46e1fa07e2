/** What a convolution is over simpler nodes, for backends without a library for it. */
import { range } from '../../shape/shape';
import type { Node, NodeOf } from '../node';
import { operand, summed } from './decomposition';
import { mul } from './elementwise';
import { constant } from './leaves';
import { broadcastTo, expand, pad, permute, reshape, slice, slidingWindow } from './movement';

/** Windows of the padded input times the kernel, summed over the window and the channels of each group. */
export function decomposeConv(node: NodeOf<'conv'>): Node {
  const [input, kernel] = [operand(node, 0), operand(node, 1)];
  const { stride, padding, inputDilation, kernelDilation, groups } = node.attributes;
  const spatial = range(stride.length, 1);
  const size = kernel.shape.slice(0, spatial.length);
  const padded = cropOrPad(input, padding, inputDilation);
  const windows = slidingWindow(padded, { axes: spatial, size, stride, dilation: kernelDilation });
  const positions = windows.shape.slice(1, 1 + spatial.length);
  const batch = input.shape[0] ?? 1;
  const perGroup = kernel.shape[spatial.length] ?? 1;
  const filters = (kernel.shape[spatial.length + 1] ?? 1) / groups;
  // windows: [N, …positions, C, …size] → [N, …positions, groups, 1, …size, C / groups]
  const rank = positions.length;
  const grouped = reshape(windows, [batch, ...positions, groups, perGroup, ...size]);
  const last = rank + 3;
  const ordered = permute(grouped, [...range(rank + 2), ...range(rank, last), rank + 2]);
  const left = reshape(ordered, [batch, ...positions, groups, 1, ...size, perGroup]);
  // kernel: [...size, C / groups, groups · filters] → [groups, filters, …size, C / groups]
  const split = reshape(kernel, [...size, perGroup, groups, filters]);
  const right = permute(split, [rank + 1, rank + 2, ...range(rank), rank]);
  const full = [batch, ...positions, groups, filters, ...size, perGroup];
  const product = mul(expand(left, full), broadcastTo(right, full));
  return reshape(summed(product, range(rank + 1, rank + 3), node), node.shape);
}

/** Negative padding crops. */
function cropOrPad(
  input: Node,
  padding: readonly (readonly [number, number])[],
  inputDilation: readonly number[],
): Node {
  const inner = (values: (axis: number) => number): number[] => [0, ...range(padding.length).map(values), 0];
  const padded = pad(input, constant(0, input.dtype), {
    lo: inner((i) => Math.max(0, padding[i]?.[0] ?? 0)),
    hi: inner((i) => Math.max(0, padding[i]?.[1] ?? 0)),
    interior: inner((i) => (inputDilation[i] ?? 1) - 1),
  });
  const start = inner((i) => Math.max(0, -(padding[i]?.[0] ?? 0)));
  const cut = inner((i) => Math.max(0, -(padding[i]?.[1] ?? 0)));
  const limit = padded.shape.map((extent, axis) => extent - (cut[axis] ?? 0));
  return slice(padded, {
    start,
    limit: limit.map((end, axis) => Math.max(end, start[axis] ?? 0)),
    step: start.map(() => 1),
  });
}
