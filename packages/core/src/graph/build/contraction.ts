/**
 * Builders of contractions: generalized matrix products and convolutions.
 */
import { isHalf } from '../../dtype';
import { ArgumentError, AxisError, DTypeError, ShapeError } from '../../errors';
import { operandDType } from '../../product-precision';
import { extentAt, formatShape, range } from '../../shape/shape';
import { makeNode, type Node, type OpAttributes } from '../node';
import { decomposeConv } from './decompose-conv';
import { cast } from './elementwise';

/** Axes of `node` that are neither batch nor contracted, in order. */
export const freeAxes = (node: Node, batch: readonly number[], contract: readonly number[]): number[] =>
  range(node.shape.length).filter((axis) => !batch.includes(axis) && !contract.includes(axis));

/** Σ over the contracted axes of left · right; batch axes are paired. Result axes: batch, left free, right free. */
export function dot(left: Node, right: Node, attributes: OpAttributes['dot']): Node {
  const { leftBatch, rightBatch, leftContract, rightContract } = attributes;
  if (left.dtype !== right.dtype || left.dtype === 'bool') {
    throw new DTypeError(
      'dot',
      `takes two tensors of one numeric dtype, not ${left.dtype} and ${right.dtype}.`,
    );
  }
  if (leftBatch.length !== rightBatch.length || leftContract.length !== rightContract.length) {
    throw new AxisError('dot', 'batch and contracted axes must come in pairs.');
  }
  const pairs: readonly (readonly [number | undefined, number | undefined])[] = [
    ...leftBatch.map((axis, i) => [axis, rightBatch[i]] as const),
    ...leftContract.map((axis, i) => [axis, rightContract[i]] as const),
  ];
  for (const [a = -1, b = -1] of pairs) {
    if (extentAt(left.shape, a) !== extentAt(right.shape, b)) {
      throw new ShapeError(
        'dot',
        `axis ${a} of ${formatShape(left.shape)} meets axis ${b} of ${formatShape(right.shape)}, ` +
          `${left.shape[a]} ≠ ${right.shape[b]}.`,
      );
    }
  }
  const shape = [
    ...leftBatch.map((axis) => extentAt(left.shape, axis)),
    ...freeAxes(left, leftBatch, leftContract).map((axis) => extentAt(left.shape, axis)),
    ...freeAxes(right, rightBatch, rightContract).map((axis) => extentAt(right.shape, axis)),
  ];
  return product(left, right, attributes, (a, b, marked) => makeNode('dot', [a, b], marked, shape, a.dtype));
}

/**
 * Half floats are multiplied and added up in float32, and rounded once. In mixed precision operands of float32 are
 * rounded in the same way to float16, and marked where they may be rounded to bfloat16. Operands that are bfloat16 are
 * marked as well, which changes no value of theirs.
 */
function product<Attributes extends OpAttributes['dot'] | OpAttributes['conv']>(
  a: Node,
  b: Node,
  attributes: Attributes,
  make: (a: Node, b: Node, attributes: Attributes) => Node,
): Node {
  const mixed = a.dtype === 'float32' ? operandDType() : undefined;
  if (mixed === 'bfloat16') return make(a, b, { ...attributes, operands: mixed });
  const dtype = mixed ?? a.dtype;
  if (!isHalf(dtype)) return make(a, b, attributes);
  const rounded = (x: Node): Node => cast(cast(x, dtype), 'float32');
  const marked = dtype === 'bfloat16' ? { ...attributes, operands: dtype } : attributes;
  return cast(cast(make(rounded(a), rounded(b), marked), dtype), a.dtype);
}

/** Extent of an axis after `dilation - 1` zeros went between neighbours. */
export const dilatedExtent = (extent: number, dilation: number): number =>
  extent === 0 ? 0 : (extent - 1) * dilation + 1;

/** Cross-correlation of [N, …spatial, C] with [...spatial, C / groups, O], giving [N, …spatial, O]. */
export function conv(input: Node, kernel: Node, attributes: OpAttributes['conv']): Node {
  const { stride, padding, inputDilation, kernelDilation, groups } = attributes;
  const spatial = input.shape.length - 2;
  if (spatial < 1 || kernel.shape.length !== input.shape.length) {
    throw new ShapeError(
      'conv',
      `input ${formatShape(input.shape)} and kernel ${formatShape(kernel.shape)} must have the same rank of at least 3.`,
      'Expected [batch, …spatial, channels] and [...spatial, channels / groups, filters].',
    );
  }
  if (input.dtype !== kernel.dtype || input.dtype === 'bool') {
    throw new DTypeError(
      'conv',
      `takes two tensors of one numeric dtype, not ${input.dtype} and ${kernel.dtype}.`,
    );
  }
  const channels = extentAt(input.shape, spatial + 1);
  const filters = extentAt(kernel.shape, spatial + 1);
  const perGroup = extentAt(kernel.shape, spatial);
  if (groups < 1 || channels % groups !== 0 || filters % groups !== 0 || perGroup * groups !== channels) {
    throw new ShapeError(
      'conv',
      `channels do not fit: input ${formatShape(input.shape)} has ${channels} channels, ` +
        `kernel ${formatShape(kernel.shape)} takes ${perGroup} per group and has ${filters} filters, groups ${groups}.`,
      'channels = kernel channels × groups must hold, and groups must divide the filters.',
    );
  }
  for (const list of [stride, padding, inputDilation, kernelDilation]) {
    if (list.length !== spatial) {
      throw new ArgumentError('conv', `${list.length} values were given for ${spatial} spatial axes.`);
    }
  }
  for (const list of [stride, inputDilation, kernelDilation]) {
    if (list.some((n) => !Number.isSafeInteger(n) || n < 1)) {
      throw new ArgumentError(
        'conv',
        `strides and dilations must be whole numbers of at least 1, not ${formatShape(list)}.`,
      );
    }
  }
  const extents = range(spatial).map((i) => {
    const [lo, hi] = padding[i] ?? [0, 0];
    const padded = dilatedExtent(extentAt(input.shape, i + 1), extentAt(inputDilation, i)) + lo + hi;
    const span = dilatedExtent(extentAt(kernel.shape, i), extentAt(kernelDilation, i));
    return Math.max(0, Math.floor((padded - span) / extentAt(stride, i)) + 1);
  });
  const shape = [extentAt(input.shape, 0), ...extents, filters];
  return product(input, kernel, { ...attributes, decompose: decomposeConv }, (x, w, marked) =>
    makeNode('conv', [x, w], marked, shape, x.dtype),
  );
}
