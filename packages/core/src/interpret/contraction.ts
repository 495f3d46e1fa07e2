/**
 * Contractions: sums of products accumulated in float64, or in wrapping int32 for integers.
 */

import type { TypedArray } from '../dtype';
import type { Node, NodeOf } from '../graph/node';
import { sizeOf, stridesOf } from '../shape/shape';
import { isExact, resultArray } from './dtypes';
import { addresses, pick } from './strided';

/** A float64 or int32 copy of an operand in the order batch, free, contracted. */
function arrange(
  operand: Node,
  values: TypedArray,
  batch: readonly number[],
  contract: readonly number[],
): { batches: number; rows: number; depth: number; values: Float64Array | Int32Array } {
  const free = operand.shape
    .map((_, axis) => axis)
    .filter((axis) => !batch.includes(axis) && !contract.includes(axis));
  const order = [...batch, ...free, ...contract];
  const from = addresses(pick(operand.shape, order), pick(stridesOf(operand.shape), order));
  const result = isExact(operand.dtype) ? new Float64Array(from.length) : new Int32Array(from.length);
  for (let i = 0; i < from.length; i++) result[i] = values[from[i] ?? 0] ?? 0;
  return {
    batches: sizeOf(pick(operand.shape, batch)),
    rows: sizeOf(pick(operand.shape, free)),
    depth: sizeOf(pick(operand.shape, contract)),
    values: result,
  };
}

export function evaluateDot(
  node: NodeOf<'dot'>,
  left: Node,
  right: Node,
  leftValues: TypedArray,
  rightValues: TypedArray,
): TypedArray {
  const { leftBatch, rightBatch, leftContract, rightContract } = node.attributes;
  const a = arrange(left, leftValues, leftBatch, leftContract);
  const b = arrange(right, rightValues, rightBatch, rightContract);
  const inner = isExact(left.dtype) ? innerProduct : integerInnerProduct;
  const result = resultArray(node.dtype, sizeOf(node.shape));
  let at = 0;
  for (let batch = 0; batch < a.batches; batch++) {
    for (let row = 0; row < a.rows; row++) {
      const rowStart = (batch * a.rows + row) * a.depth;
      for (let column = 0; column < b.rows; column++) {
        const columnStart = (batch * b.rows + column) * a.depth;
        result[at++] = inner(a.values, rowStart, b.values, columnStart, a.depth);
      }
    }
  }
  return result;
}

type Numbers = Float64Array | Int32Array;

function innerProduct(a: Numbers, aStart: number, b: Numbers, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[aStart + i] ?? 0) * (b[bStart + i] ?? 0);
  return sum;
}

function integerInnerProduct(a: Numbers, aStart: number, b: Numbers, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum = (sum + Math.imul(a[aStart + i] ?? 0, b[bStart + i] ?? 0)) | 0;
  return sum;
}

export function evaluateConv(
  node: NodeOf<'conv'>,
  input: Node,
  kernel: Node,
  inputValues: TypedArray,
  kernelValues: TypedArray,
): TypedArray {
  const { groups } = node.attributes;
  const spatial = input.shape.length - 2;
  const [samples = 0] = input.shape;
  const channels = input.shape[spatial + 1] ?? 0;
  const [groupChannels = 0, outputs = 0] = kernel.shape.slice(spatial);
  const groupOutputs = outputs / groups;
  const positions = sizeOf(node.shape.slice(1, -1));
  const sampleSize = sizeOf(input.shape.slice(1));
  const taps = tapAddresses(node, input.shape, kernel.shape);
  const tapCount = sizeOf(kernel.shape.slice(0, spatial));
  const exact = isExact(input.dtype);
  const totals = exact ? new Float64Array(outputs) : new Int32Array(outputs);
  const result = resultArray(node.dtype, sizeOf(node.shape));
  let at = 0;
  for (let sample = 0; sample < samples; sample++) {
    for (let position = 0; position < positions; position++) {
      totals.fill(0);
      for (let tap = 0; tap < tapCount; tap++) {
        const place = taps[position * tapCount + tap] ?? -1;
        if (place < 0) continue;
        const pixel = sample * sampleSize + place * channels;
        for (let group = 0; group < groups; group++) {
          for (let channel = 0; channel < groupChannels; channel++) {
            const value = inputValues[pixel + group * groupChannels + channel] ?? 0;
            const first = group * groupOutputs;
            const weights = (tap * groupChannels + channel) * outputs;
            for (let output = first; output < first + groupOutputs; output++) {
              const weight = kernelValues[weights + output] ?? 0;
              totals[output] = (totals[output] ?? 0) + (exact ? value * weight : Math.imul(value, weight));
            }
          }
        }
      }
      result.set(totals, at);
      at += outputs;
    }
  }
  return result;
}

/**
 * For every output position and kernel tap the pixel of the input that they meet (row-major over the spatial axes),
 * or -1 in the padding and between dilated pixels.
 */
function tapAddresses(
  node: NodeOf<'conv'>,
  inputShape: readonly number[],
  kernelShape: readonly number[],
): Int32Array {
  const { stride, padding, inputDilation, kernelDilation } = node.attributes;
  const spatial = inputShape.length - 2;
  let taps = new Int32Array(1);
  let positions = 1;
  let tapCount = 1;
  for (let axis = 0; axis < spatial; axis++) {
    const extent = inputShape[axis + 1] ?? 0;
    const size = kernelShape[axis] ?? 0;
    const steps = node.shape[axis + 1] ?? 0;
    const dilation = inputDilation[axis] ?? 1;
    const next = new Int32Array(positions * steps * tapCount * size);
    for (let step = 0; step < steps; step++) {
      for (let tap = 0; tap < size; tap++) {
        const dilated =
          step * (stride[axis] ?? 1) + tap * (kernelDilation[axis] ?? 1) - (padding[axis]?.[0] ?? 0);
        const pixel = dilated / dilation;
        const hit = Number.isInteger(pixel) && pixel >= 0 && pixel < extent;
        for (let outerStep = 0; outerStep < positions; outerStep++) {
          for (let outerTap = 0; outerTap < tapCount; outerTap++) {
            const outer = taps[outerStep * tapCount + outerTap] ?? -1;
            const to = ((outerStep * steps + step) * tapCount + outerTap) * size + tap;
            next[to] = hit && outer >= 0 ? outer * extent + pixel : -1;
          }
        }
      }
    }
    taps = next;
    positions *= steps;
    tapCount *= size;
  }
  return taps;
}
