/**
 * Overlapping frames of a signal, and their sum back into one.
 *
 * Framing is the `window` of the graph; it is a composite only for its gradient. That is the overlap-add, which the
 * general rule would write as one padded term per element of a frame, thousands for audio. Here frames are cut into
 * blocks as long as the step, block s of frame f lies at block f + s of the result, and one skewed view brings what
 * meets into one column, so that a single reduction adds it up. Framing and overlap-add are each other's gradient.
 */
import { ArgumentError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape, range } from '../shape/shape';
import type { Tensor } from '../tensor';
import { soleInput } from './inputs';
import { numericNode, operandNode, type TensorLike, tensorFrom } from './operand';

interface Framing {
  /** The axis that is cut; frames replace it, and their insides are the last axis. */
  readonly axis: number;
  readonly size: number;
  readonly step: number;
  /** Extent of the axis that is cut. */
  readonly extent: number;
}

function framingOf({ axis, size, step, extent }: CompositeAttributes): Framing {
  if (
    typeof axis === 'number' &&
    typeof size === 'number' &&
    typeof step === 'number' &&
    typeof extent === 'number'
  ) {
    return { axis, size, step, extent };
  }
  throw new ArgumentError('frame', 'axis, size, step and extent must be numbers.');
}

const windows = (x: Node, { axis, size, step }: Framing): Node =>
  build.slidingWindow(x, { axes: [axis], size: [size], stride: [step], dilation: [1] });

const framesDefinition: CompositeDefinition = {
  name: 'frames',
  infer: (inputs, attributes) => windows(soleInput('frame', inputs), framingOf(attributes)),
  decompose: (inputs, attributes) => windows(soleInput('frame', inputs), framingOf(attributes)),
  vjp: ({ cotangent, attributes }) => [build.applyComposite(overlapAddDefinition, [cotangent], attributes)],
};

const overlapAddDefinition: CompositeDefinition = {
  name: 'overlapAdd',
  infer: (inputs, attributes) => {
    const x = soleInput('overlapAdd', inputs);
    const { axis, extent } = framingOf(attributes);
    return { shape: x.shape.slice(0, -1).map((n, i) => (i === axis ? extent : n)), dtype: x.dtype };
  },
  decompose: (inputs, attributes) => overlapAdded(soleInput('overlapAdd', inputs), framingOf(attributes)),
  vjp: ({ cotangent, attributes }) => [build.applyComposite(framesDefinition, [cotangent], attributes)],
};

/** Zeros behind along one axis. */
function padBehind(x: Node, axis: number, count: number): Node {
  const at = (n: number): number[] => x.shape.map((_, i) => (i === axis ? n : 0));
  return build.pad(x, build.constant(0, x.dtype), { lo: at(0), hi: at(count), interior: at(0) });
}

function overlapAdded(x: Node, { axis, size, step, extent }: Framing): Node {
  const rank = x.shape.length - 1;
  const others = range(rank).filter((i) => i !== axis);
  const outer = others.map((i) => extentAt(x.shape, i));
  const at = outer.length;
  const count = extentAt(x.shape, axis);
  const blocks = Math.ceil(size / step);
  // [...others, frames, size] → [...others, blocks, frames, step]
  const even = padBehind(build.permute(x, [...others, axis, rank]), at + 1, blocks * step - size);
  const apart = build.reshape(even, [...outer, count, blocks, step]);
  const turned = build.permute(apart, [...range(at), at + 1, at, at + 2]);
  // Row s of frames gets `blocks` zeros behind; read in rows shorter by one, it starts s places later.
  const long = build.reshape(padBehind(turned, at + 1, blocks), [...outer, blocks * (count + blocks), step]);
  const columns = count + blocks - 1;
  const skewed = build.reshape(build.sliceAxis(long, at, 0, blocks * columns), [
    ...outer,
    blocks,
    columns,
    step,
  ]);
  const total = build.reshape(build.sum(skewed, [at]), [...outer, columns * step]);
  const missing = extent - columns * step;
  const fitted = missing < 0 ? build.sliceAxis(total, at, 0, extent) : padBehind(total, at, missing);
  return build.unpermute(fitted, [...others, axis]);
}

/** Frames as [..., frames (at `axis`), ..., size]. */
export const framesNode = (x: Node, axis: number, size: number, step: number): Node =>
  build.applyComposite(framesDefinition, [x], { axis, size, step, extent: extentAt(x.shape, axis) });

function requireCount(where: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new ArgumentError(where, `${name} ${value} is not a whole number of at least 1.`);
}

export interface FrameOptions {
  /** The axis to cut. Default -1, the last. */
  readonly axis?: number;
  /** Whether the end is padded, so that a frame begins at every multiple of the step. Default false. */
  readonly padEnd?: boolean;
  /** What the end is padded with. Default 0. */
  readonly padValue?: number;
}

/**
 * Cuts a signal into frames that may overlap, as TensorFlow's signal.frame and Keras' extract_sequences. Gradient: the
 * frames' are added up where they overlap.
 *
 * @param frameLength elements of a frame
 * @param frameStep   distance between the starts of frames
 * @returns `x` with the axis replaced by [frames, frameLength]; what does not fill a frame is left out unless `padEnd`
 * @throws {ArgumentError} when length or step are not whole numbers of at least 1
 * @throws {AxisError} when the axis does not exist
 * @example
 * await frame(tensor([1, 2, 3, 4, 5]), 3, 2).array(); // [[1, 2, 3], [3, 4, 5]]
 * frame(zeros([2, 16000]), 400, 160).shape; // [2, 98, 400]
 */
export function frame(
  x: TensorLike,
  frameLength: number,
  frameStep: number,
  options: FrameOptions = {},
): Tensor {
  requireCount('frame', 'frame length', frameLength);
  requireCount('frame', 'frame step', frameStep);
  const node = operandNode('frame', x);
  const rank = node.shape.length;
  const axis = normalizeAxis('frame', options.axis ?? -1, rank);
  const extent = extentAt(node.shape, axis);
  const lacking = (Math.ceil(extent / frameStep) - 1) * frameStep + frameLength - extent;
  const at = (n: number): number[] => node.shape.map((_, i) => (i === axis ? n : 0));
  const padded =
    options.padEnd === true && lacking > 0 && extent > 0
      ? build.pad(node, build.constant(options.padValue ?? 0, node.dtype), {
          lo: at(0),
          hi: at(lacking),
          interior: at(0),
        })
      : node;
  const frames = framesNode(padded, axis, frameLength, frameStep);
  const order = [...range(axis + 1), rank, ...range(rank - axis - 1, axis + 1)];
  return tensorFrom('frame', build.permute(frames, order), [x]);
}

/**
 * Adds frames up where they overlap: the transpose of `frame`.
 *
 * @param frames    [..., frames, frame length]; bool counts as int32
 * @param frameStep distance between the starts of frames
 * @returns [..., (frames - 1) · frameStep + frame length]
 * @throws {ShapeError} when there are fewer than two axes, or no frames
 * @throws {ArgumentError} when the step is not a whole number of at least 1
 * @example
 * await overlapAdd(tensor([[1, 2, 3], [4, 5, 6]]), 2).data(); // Float32Array [1, 2, 7, 5, 6]
 */
export function overlapAdd(frames: TensorLike, frameStep: number): Tensor {
  requireCount('overlapAdd', 'frame step', frameStep);
  const node = numericNode(operandNode('overlapAdd', frames));
  const axis = node.shape.length - 2;
  const [count, size] = node.shape.slice(-2);
  if (axis < 0 || count === undefined || size === undefined || count * size === 0) {
    throw new ShapeError(
      'overlapAdd',
      `got ${formatShape(node.shape)}.`,
      'Expected [..., frames, frame length], at least one of each.',
    );
  }
  const extent = (count - 1) * frameStep + size;
  const total = build.applyComposite(overlapAddDefinition, [node], { axis, size, step: frameStep, extent });
  return tensorFrom('overlapAdd', total, [frames]);
}
