/**
 * Cross-entropy from logits: three losses that never form probabilities that round to 0.
 *
 * Each is a composite with a gradient of its own. Forward and gradient are written over the same parts (maximum,
 * exponential, sum), so that both end up in one kernel per row.
 */
import { promote } from '../dtype';
import { DTypeError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { Node } from '../graph/node';
import { extentAt, formatShape, sameShape } from '../shape/shape';
import type { Tensor } from '../tensor';
import { sigmoidNode } from './activations';
import { log1pNode } from './elementary';
import { isInside } from './indexed/positions';
import { indexNode, oneHotMask } from './indexing';
import { inputPair } from './inputs';
import { floatingNode, lift2, tensorFrom } from './operand';
import { logSoftmaxParts, shiftedLogits, softmaxParts, totalExponential } from './softmax';

const lastAxis = (x: Node): number => x.shape.length - 1;
const withoutLast = (x: Node): readonly number[] => x.shape.slice(0, -1);

/** Puts the last axis back with extent 1. */
const column = (x: Node): Node => build.insertAxes(x, [x.shape.length]);

const sparseDefinition: CompositeDefinition = {
  name: 'sparseSoftmaxCrossEntropy',
  infer: (inputs) => {
    const [logits] = inputPair('sparseSoftmaxCrossEntropy', inputs);
    return { shape: withoutLast(logits), dtype: logits.dtype };
  },
  // -log softmax(x)[label] = log Σ e^(x - max x) - (x[label] - max x)
  decompose: (inputs) => {
    const [logits, labels] = inputPair('sparseSoftmaxCrossEntropy', inputs);
    const axis = lastAxis(logits);
    const named = oneHotMask(labels, extentAt(logits.shape, axis), axis);
    const picked = build.sum(build.where(named, shiftedLogits(logits, axis), 0), [axis]);
    const total = build.reshape(totalExponential(logits, axis), withoutLast(logits));
    const loss = build.sub(build.log(total), picked);
    return build.where(isInside(labels, extentAt(logits.shape, axis)), loss, Number.NaN);
  },
  // dL/dx = (softmax(x) - oneHot(label)) · g
  vjp: ({ inputs, cotangent: g }) => {
    const [logits, labels] = inputPair('sparseSoftmaxCrossEntropy', inputs);
    const axis = lastAxis(logits);
    const classes = extentAt(logits.shape, axis);
    const named = build.cast(oneHotMask(labels, classes, axis), logits.dtype);
    const sent = build.where(isInside(labels, classes), g, Number.NaN);
    return [build.mul(build.sub(softmaxParts(logits, axis), named), column(sent)), undefined];
  },
};

const denseDefinition: CompositeDefinition = {
  name: 'softmaxCrossEntropy',
  infer: (inputs) => {
    const [logits] = inputPair('softmaxCrossEntropy', inputs);
    return { shape: withoutLast(logits), dtype: logits.dtype };
  },
  decompose: (inputs) => {
    const [logits, targets] = inputPair('softmaxCrossEntropy', inputs);
    const axis = lastAxis(logits);
    return build.neg(build.sum(build.mul(targets, logSoftmaxParts(logits, axis)), [axis]));
  },
  // dL/dx = (softmax(x) · Σ t - t) · g, dL/dt = -log softmax(x) · g
  vjp: ({ inputs, cotangent }) => {
    const [logits, targets] = inputPair('softmaxCrossEntropy', inputs);
    const axis = lastAxis(logits);
    const g = column(cotangent);
    const expected = build.mul(softmaxParts(logits, axis), build.sumKeeping(targets, [axis]));
    return [
      build.mul(build.sub(expected, targets), g),
      build.neg(build.mul(logSoftmaxParts(logits, axis), g)),
    ];
  },
};

const sigmoidDefinition: CompositeDefinition = {
  name: 'sigmoidCrossEntropy',
  infer: (inputs) => inputPair('sigmoidCrossEntropy', inputs)[0],
  // max(x, 0) - x · t + log(1 + e^(-|x|)): the exponential never overflows
  decompose: (inputs) => {
    const [logits, targets] = inputPair('sigmoidCrossEntropy', inputs);
    const linear = build.sub(build.maximum(logits, 0), build.mul(logits, targets));
    return build.add(linear, log1pNode(build.exp(build.neg(build.abs(logits)))));
  },
  // dL/dx = (sigmoid(x) - t) · g, dL/dt = -x · g
  vjp: ({ inputs, cotangent: g }) => {
    const [logits, targets] = inputPair('sigmoidCrossEntropy', inputs);
    return [build.mul(build.sub(sigmoidNode(logits), targets), g), build.neg(build.mul(logits, g))];
  },
};

/**
 * Cross-entropy between softmax(logits) and the classes that labels name, one loss per example.
 *
 * A label outside [0, classes) gives the loss NaN (and NaN gradients), since a device cannot throw; check labels on the
 * host where they come from.
 *
 * @param logits [..., classes]; integers become float32
 * @param labels [...], int32 or uint8
 * @returns for each example -log softmax(logits)[label]
 * @throws {ShapeError} when the labels do not have the shape of the logits without their last axis
 * @throws {DTypeError} when the labels are not whole numbers
 * @example
 * const labels = tensor([2], { dtype: 'int32' });
 * await sparseSoftmaxCrossEntropy(tensor([[1, 2, 3]]), labels).data(); // Float32Array [0.4076]
 */
export function sparseSoftmaxCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const name = 'sparseSoftmaxCrossEntropy';
  const x = floatingNode(name, logits);
  if (x.shape.length === 0) throw new ShapeError(name, 'logits need an axis of classes, got a scalar.');
  if (labels.dtype !== 'int32' && labels.dtype !== 'uint8') {
    throw new DTypeError(
      name,
      `labels must be int32 or uint8 class numbers, not ${labels.dtype}.`,
      sameShape(labels.shape, x.shape)
        ? 'One-hot or soft targets go to softmaxCrossEntropy(logits, targets).'
        : "Convert with labels.cast('int32').",
    );
  }
  if (!sameShape(labels.shape, withoutLast(x))) {
    throw new ShapeError(
      name,
      `logits ${formatShape(x.shape)} need labels ${formatShape(withoutLast(x))}, got ${formatShape(labels.shape)}.`,
      ...(sameShape(labels.shape, [...withoutLast(x), 1])
        ? ['labels.squeeze(-1) removes the last axis.']
        : []),
    );
  }
  const node = build.applyComposite(sparseDefinition, [x, indexNode(name, labels)], {});
  return tensorFrom(name, node, [logits, labels]);
}

/**
 * Cross-entropy between softmax(logits) and target probabilities, one loss per example.
 *
 * @param logits  [..., classes]; integers become float32
 * @param targets of the shape of the logits: one-hot or soft
 * @returns for each example -Σ targets · log softmax(logits)
 * @throws {ShapeError} when the shapes differ
 * @example
 * await softmaxCrossEntropy(tensor([[0, 0]]), tensor([[0.5, 0.5]])).data(); // Float32Array [0.6931]
 */
export function softmaxCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return pairwise('softmaxCrossEntropy', denseDefinition, logits, targets);
}

/**
 * Binary cross-entropy between sigmoid(logits) and targets, element by element.
 *
 * @param logits  of any shape; integers become float32
 * @param targets of the same shape, in [0, 1]
 * @returns max(x, 0) - x · t + log(1 + e^(-|x|))
 * @throws {ShapeError} when the shapes differ
 * @example
 * await sigmoidCrossEntropy(tensor([0]), tensor([1])).data(); // Float32Array [0.6931]
 */
export function sigmoidCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return pairwise('sigmoidCrossEntropy', sigmoidDefinition, logits, targets);
}

function pairwise(where: string, definition: CompositeDefinition, logits: Tensor, targets: Tensor): Tensor {
  if (!sameShape(logits.shape, targets.shape)) {
    throw new ShapeError(
      where,
      `logits ${formatShape(logits.shape)} and targets ${formatShape(targets.shape)} must have the same shape.`,
      ...(where === 'softmaxCrossEntropy' && targets.rank === logits.rank - 1
        ? [
            'Class numbers go to sparseSoftmaxCrossEntropy(logits, labels), or become oneHot(labels, classes).',
          ]
        : []),
    );
  }
  if (where === 'softmaxCrossEntropy' && logits.rank === 0) {
    throw new ShapeError(where, 'logits need an axis of classes, got a scalar.');
  }
  return lift2(where, logits, targets, (x, t) => {
    const dtype = promote(promote(x.dtype, t.dtype), 'float32');
    return build.applyComposite(definition, [build.cast(x, dtype), build.cast(t, dtype)], {});
  });
}
