/**
 * What no library takes, over simpler nodes: contractions become products and sums over views, a scatter becomes a sum of
 * choices, composites become their decomposition. Right on any backend, fast where a library is not needed.
 */
import {
  add,
  broadcastTo,
  cast,
  constant,
  equal,
  expand,
  freeAxes,
  iota,
  mul,
  pad,
  permute,
  reshape,
  slice,
  slidingWindow,
  sum,
  where,
} from '../graph/build';
import type { Node, NodeOf } from '../graph/node';
import { range, sizeOf } from '../shape/shape';

/** The same value over simpler nodes, or undefined where the node is simple already. */
export function decompose(node: Node): Node | undefined {
  switch (node.op) {
    case 'composite':
      return node.attributes.definition.decompose(node.inputs, node.attributes.attributes);
    case 'dot':
      return decomposeDot(node);
    case 'conv':
      return decomposeConv(node);
    case 'scatterAdd':
      return decomposeScatterAdd(node);
    default:
      return undefined;
  }
}

function operand(node: Node, index: number): Node {
  const found = node.inputs[index];
  if (found === undefined) throw new Error(`${node.op} lacks operand ${index}`);
  return found;
}

const extents = (node: Node, axes: readonly number[]): number[] => axes.map((axis) => node.shape[axis] ?? 1);

/** Both operands as [batch, left free, right free, contracted], multiplied and summed. */
function decomposeDot(node: NodeOf<'dot'>): Node {
  const [left, right] = [operand(node, 0), operand(node, 1)];
  const { leftBatch, rightBatch, leftContract, rightContract } = node.attributes;
  const leftFree = freeAxes(left, leftBatch, leftContract);
  const rightFree = freeAxes(right, rightBatch, rightContract);
  const batch = extents(left, leftBatch);
  const rows = extents(left, leftFree);
  const columns = extents(right, rightFree);
  const contracted = extents(left, leftContract);
  const full = [...batch, ...rows, ...columns, ...contracted];
  const ones = (count: number): number[] => range(count).map(() => 1);
  const a = reshape(permute(left, [...leftBatch, ...leftFree, ...leftContract]), [
    ...batch,
    ...rows,
    ...ones(columns.length),
    ...contracted,
  ]);
  const b = reshape(permute(right, [...rightBatch, ...rightFree, ...rightContract]), [
    ...batch,
    ...ones(rows.length),
    ...columns,
    ...contracted,
  ]);
  const kept = batch.length + rows.length + columns.length;
  return summed(mul(expand(a, full), expand(b, full)), range(contracted.length, kept), node);
}

/** Windows of the padded input times the kernel, summed over the window and the channels of each group. */
function decomposeConv(node: NodeOf<'conv'>): Node {
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

/** Element i of the operand plus all updates whose index is i, in index order. */
function decomposeScatterAdd(node: NodeOf<'scatterAdd'>): Node {
  const [target, indices, updates] = [operand(node, 0), operand(node, 1), operand(node, 2)];
  const { axis } = node.attributes;
  const before = target.shape.slice(0, axis);
  const after = target.shape.slice(axis + 1);
  const extent = target.shape[axis] ?? 1;
  const count = sizeOf(indices.shape);
  const full = [...before, extent, ...after, count];
  const ones = (shape: readonly number[]): number[] => shape.map(() => 1);
  const wanted = reshape(indices, [...ones(before), 1, ...ones(after), count]);
  const own = reshape(iota(extent), [...ones(before), extent, ...ones(after), 1]);
  const flat = reshape(updates, [...before, count, ...after]);
  const rank = before.length + after.length;
  const moved = permute(flat, [...range(axis), ...range(rank - axis, axis + 1), axis]);
  const candidates = reshape(moved, [...before, 1, ...after, count]);
  const isHit = equal(expand(wanted, full), expand(own, full));
  const chosen = where(isHit, expand(candidates, full), 0);
  return add(target, summed(chosen, [full.length - 1], node));
}

const summed = (product: Node, axes: readonly number[], like: Node): Node =>
  cast(sum(product, axes), like.dtype);
