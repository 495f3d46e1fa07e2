/**
 * Gradients of contractions. Both are linear in each operand, so that each gradient is a contraction of the cotangent
 * with the other operand, and second and higher derivatives follow from the same two rules.
 */
import {
  broadcastTo,
  constant,
  conv,
  dilatedExtent,
  dot,
  flip,
  freeAxes,
  permute,
  reshape,
} from '../../graph/build';
import type { Node, NodeOf, RoundedOperands } from '../../graph/node';
import { inverseOrder } from '../../shape/axis';
import { extentAt, range, sizeOf } from '../../shape/shape';

/**
 * y[b, i, j] = Σₖ l[b, i, k] · r[b, j, k]: the gradient of l contracts g with r over j, that of r contracts g with l
 * over i. The axes then go back to where the operand has them.
 */
export function dotRule(g: Node, l: Node, r: Node, { attributes }: NodeOf<'dot'>): readonly [Node, Node] {
  const { leftBatch, rightBatch, leftContract, rightContract } = attributes;
  const marks = marksOf(attributes);
  const leftFree = freeAxes(l, leftBatch, leftContract);
  const rightFree = freeAxes(r, rightBatch, rightContract);
  const batch = range(leftBatch.length);
  const leftInResult = range(leftFree.length, batch.length);
  const rightInResult = range(rightFree.length, batch.length + leftFree.length);

  const left = { node: l, batch: leftBatch, contract: leftContract, free: leftFree, inResult: leftInResult };
  const right = {
    node: r,
    batch: rightBatch,
    contract: rightContract,
    free: rightFree,
    inResult: rightInResult,
  };
  return [operandGradient(g, batch, left, right, marks), operandGradient(g, batch, right, left, marks)];
}

/** Gradients are as precise as what they are of. */
interface Marks {
  readonly operands?: RoundedOperands;
}

const marksOf = ({ operands }: Marks): Marks => (operands === undefined ? {} : { operands });

/** One operand of a contraction and where its free axes are in the result. */
interface Side {
  readonly node: Node;
  readonly batch: readonly number[];
  readonly contract: readonly number[];
  readonly free: readonly number[];
  readonly inResult: readonly number[];
}

/**
 * Contracts the cotangent with the other operand. Which of the two comes first decides whether the contracted axes of
 * the gradient come out last or first; taking the order in which the operand has them saves a transposition.
 */
function operandGradient(g: Node, batch: readonly number[], own: Side, other: Side, marks: Marks): Node {
  const contracted = pairedOrder(other.contract, own.contract);
  if (Math.max(...own.contract) < Math.min(...own.free)) {
    const gradient = dot(other.node, g, {
      leftBatch: other.batch,
      rightBatch: batch,
      leftContract: other.free,
      rightContract: other.inResult,
      ...marks,
    });
    return permute(gradient, inverseOrder([...own.batch, ...contracted, ...own.free]));
  }
  const gradient = dot(g, other.node, {
    leftBatch: batch,
    rightBatch: other.batch,
    leftContract: other.inResult,
    rightContract: other.free,
    ...marks,
  });
  return permute(gradient, inverseOrder([...own.batch, ...own.free, ...contracted]));
}

/** The partners of `axes` when those are taken in ascending order. */
function pairedOrder(axes: readonly number[], partners: readonly number[]): number[] {
  const pairs = axes.map((axis, i) => [axis, extentAt(partners, i)] as const);
  return pairs.sort(([a], [b]) => a - b).map(([, partner]) => partner);
}

/**
 * One spatial axis of y[o] = Σₖ w[k] · x[(o · stride + k · kernelDilation - lo) / inputDilation].
 */
export function convRule(g: Node, x: Node, w: Node, y: NodeOf<'conv'>): readonly [Node, Node] {
  if (sizeOf(g.shape) === 0 || sizeOf(x.shape) === 0 || sizeOf(w.shape) === 0) {
    const zeros = (node: Node): Node => broadcastTo(constant(0, node.dtype), node.shape);
    return [zeros(x), zeros(w)];
  }
  return [convInputRule(g, x, w, y), convKernelRule(g, x, w, y)];
}

/**
 * x[i] took part wherever o · stride = i · inputDilation + lo - k · kernelDilation: a convolution of the cotangent, its
 * elements `stride` apart, with the kernel turned around and its two channel axes exchanged (within each group).
 */
function convInputRule(g: Node, x: Node, w: Node, { attributes }: NodeOf<'conv'>): Node {
  const { stride, padding, inputDilation, kernelDilation, groups } = attributes;
  const axes = range(stride.length);
  const extents = axes.map((i) => {
    const [lo] = padding[i] ?? [0, 0];
    const input = dilatedExtent(extentAt(x.shape, i + 1), extentAt(inputDilation, i));
    const kernel = dilatedExtent(extentAt(w.shape, i), extentAt(kernelDilation, i));
    const cotangent = dilatedExtent(extentAt(g.shape, i + 1), extentAt(stride, i));
    return [kernel - 1 - lo, input + lo - cotangent] as const;
  });
  return conv(g, exchangeChannels(flip(w, axes), groups), {
    stride: inputDilation,
    padding: extents,
    inputDilation: stride,
    kernelDilation,
    groups,
    ...marksOf(attributes),
  });
}

/** [...spatial, C / groups, O] → [...spatial, O / groups, C], group by group. */
export function exchangeChannels(w: Node, groups: number): Node {
  const rank = w.shape.length;
  const spatial = range(rank - 2);
  if (groups === 1) return permute(w, [...spatial, rank - 1, rank - 2]);
  const kept = w.shape.slice(0, -2);
  const inputs = extentAt(w.shape, rank - 2);
  const outputs = extentAt(w.shape, rank - 1) / groups;
  const apart = reshape(w, [...kept, inputs, groups, outputs]);
  return reshape(permute(apart, [...spatial, rank, rank - 1, rank - 2]), [...kept, outputs, groups * inputs]);
}

/**
 * w[k] met x and g wherever they are k · kernelDilation apart: a convolution of x with the cotangent as its kernel, in
 * which the batch is the axis that is summed over. With groups the batch of each group is a group of channels.
 */
function convKernelRule(g: Node, x: Node, w: Node, { attributes }: NodeOf<'conv'>): Node {
  const { stride, padding, inputDilation, kernelDilation, groups } = attributes;
  const axes = range(stride.length);
  const spatial = axes.map((i) => i + 1);
  const last = stride.length + 1;
  const extents = axes.map((i) => {
    const [lo] = padding[i] ?? [0, 0];
    const input = dilatedExtent(extentAt(x.shape, i + 1), extentAt(inputDilation, i));
    const kernel = dilatedExtent(extentAt(w.shape, i), extentAt(kernelDilation, i));
    const cotangent = dilatedExtent(extentAt(g.shape, i + 1), extentAt(stride, i));
    return [lo, kernel - 1 + cotangent - input - lo] as const;
  });
  // [C / groups, ...spatial, O]: the channels of a group stand where the batch was.
  const correlated = conv(batchAsChannels(x, groups), permute(g, [...spatial, 0, last]), {
    stride: kernelDilation,
    padding: extents,
    inputDilation,
    kernelDilation: stride,
    groups,
    ...marksOf(attributes),
  });
  return permute(correlated, [...spatial, 0, last]);
}

/** [N, …spatial, C] → [C / groups, …spatial, groups · N]. */
function batchAsChannels(x: Node, groups: number): Node {
  const last = x.shape.length - 1;
  const spatial = range(last - 1, 1);
  if (groups === 1) return permute(x, [last, ...spatial, 0]);
  const [batch, channels] = [extentAt(x.shape, 0), extentAt(x.shape, last) / groups];
  const kept = x.shape.slice(1, -1);
  const apart = reshape(x, [batch, ...kept, groups, channels]);
  return reshape(permute(apart, [last + 1, ...spatial, last, 0]), [channels, ...kept, groups * batch]);
}
