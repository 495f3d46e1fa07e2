/**
 * Gradients of a computed scalar with respect to tensors and variables it was computed from.
 */
import { isFloat } from '../dtype';
import { DTypeError, ShapeError, TraceError } from '../errors';
import { broadcastTo, constant } from '../graph/build';
import { cameFrom } from '../graph/history';
import type { Node } from '../graph/node';
import { formatShape, sizeOf } from '../shape/shape';
import { Tensor } from '../tensor';
import type { Variable } from '../variable';
import { backpropagate } from './backpropagate';
import { zerosOf } from './rules/movement';

/**
 * The gradients of a scalar with respect to each source, of the shape and dtype of the source.
 * They are tensors like others: taking gradients of them gives second derivatives, and so on.
 *
 * Gradients follow what is described and not yet computed: take them before the target, or anything between it and
 * the sources, is read. A source that the target does not depend on gets zeros.
 *
 * @param target  a floating-point tensor with one element
 * @param sources tensors or variables; a variable stands for its present value
 * @throws {ShapeError} when the target has more than one element
 * @throws {DTypeError} when the target or a source is not floating point
 * @throws {TraceError} when the target was computed before, so that its history is gone
 * @example
 * const w = variable(tensor([1, 2]));
 * const loss = w.value.square().sum();
 * const [dw] = gradients(loss, [w]);
 * await dw.data(); // Float32Array [2, 4]
 */
export function gradients(target: Tensor, sources: readonly (Tensor | Variable)[]): Tensor[] {
  requireScalar('gradients', target);
  const nodes = sources.map((source) => (source instanceof Tensor ? source.node : source.value.node));
  return gradientNodes(
    'gradients',
    target.node,
    broadcastTo(constant(1, target.dtype), target.shape),
    nodes,
  ).map((node) => new Tensor(node, target.device));
}

/** Checks that a gradient with respect to something makes sense of `target`. */
export function requireScalar(where: string, target: Tensor): void {
  if (!(target instanceof Tensor)) {
    throw new TraceError(
      where,
      'the function returned no tensor.',
      'It must return the scalar tensor to differentiate.',
    );
  }
  requireFloating(where, 'the target', target.node);
  if (sizeOf(target.shape) !== 1) {
    throw new ShapeError(
      where,
      `only a scalar has a gradient, the target has shape ${formatShape(target.shape)}.`,
      'Reduce it first, as in loss.mean() or loss.sum(); for other weights use vjp(f, …inputs).',
    );
  }
}

/** Checks that there are derivatives of `node`. */
export function requireFloating(where: string, what: string, node: Node): void {
  if (isFloat(node.dtype)) return;
  throw new DTypeError(
    where,
    `${what} is ${node.dtype} ${formatShape(node.shape)}, which cannot be differentiated.`,
    "Gradients exist for floating point: x.cast('float32').",
  );
}

/** Gradients as nodes; zeros for sources that the output does not depend on. */
export function gradientNodes(where: string, output: Node, seed: Node, sources: readonly Node[]): Node[] {
  sources.forEach((source, index) => {
    requireFloating(where, `source ${index}`, source);
  });
  const { cotangents, severed } = backpropagate(new Map([[output, seed]]), new Set(sources), false);
  return sources.map((source, index) => {
    // A path that is lost makes the gradient wrong even where another one is left.
    const cut = severed.find((node) => cameFrom(node, source));
    if (cut !== undefined) throw historyGone(where, index, cut, cut === output);
    return cotangents.get(source) ?? zerosOf(source);
  });
}

function historyGone(where: string, index: number, cut: Node, isTarget: boolean): TraceError {
  const what = isTarget ? 'the target' : `a tensor on the way to it (${cut.op} ${formatShape(cut.shape)})`;
  return new TraceError(
    where,
    `${what} was already read, and how it depends on source ${index} is not kept.`,
    'Take gradients first, then await data; gradients of a value that was read earlier need it to be built again.',
    'If the tensor that was read is meant as a constant, pass stopGradient(x) on instead.',
  );
}
