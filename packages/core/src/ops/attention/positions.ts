/**
 * How attention learns of order: as a bias on the scores (ALiBi), as a rotation of queries and keys, or as waves that
 * are added to the inputs.
 *
 * Frequencies are computed on the host in double precision: an error in them would grow with the position.
 */
import type { Device } from '../../device/device';
import { type DType, isFloat } from '../../dtype';
import { ArgumentError, DTypeError, ShapeError } from '../../errors';
import * as build from '../../graph/build';
import type { Node } from '../../graph/node';
import { broadcastsTo } from '../../shape/broadcast';
import { extentAt, formatShape } from '../../shape/shape';
import { Tensor } from '../../tensor';
import { floatingNode, operandNode, tensorFrom } from '../operand';

/** Positions are counted in float32 at least. */
const workingDType = (dtype: DType): DType => (dtype === 'float64' ? 'float64' : 'float32');

/** Host numbers as a constant of floating-point dtype. */
function constants(values: readonly number[], dtype: DType): Node {
  const host = dtype === 'float64' ? Float64Array.from(values) : Float32Array.from(values);
  return build.data(host, [values.length], dtype);
}

/** base^(-2i / depth) for i below depth / 2. */
const frequencies = (depth: number, base: number): number[] =>
  Array.from({ length: Math.ceil(depth / 2) }, (_, i) => base ** ((-2 * i) / depth));

function requireCounts(where: string, counts: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new ArgumentError(where, `${name} is ${value}; expected a whole number of at least 0.`);
    }
  }
}

/**
 * The slopes of the heads: 2^(-8/n), 2^(-16/n), … for a power of two n; otherwise those of the next lower power of
 * two, followed by every other one of the next higher.
 */
function alibiSlopes(heads: number): number[] {
  const powers = (n: number): number[] => Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + 1)) / n));
  const lower = 2 ** Math.floor(Math.log2(Math.max(1, heads)));
  const between = powers(2 * lower).filter((_, i) => i % 2 === 0);
  return [...powers(lower), ...between].slice(0, heads);
}

export interface PositionOptions {
  /** float32 (default) or another floating-point dtype. */
  readonly dtype?: DType;
  /** Where the tensor is computed. Default: the device set with `setDevice`. */
  readonly device?: Device;
}

function requireFloat(where: string, dtype: DType): DType {
  if (isFloat(dtype)) return dtype;
  throw new DTypeError(where, `gives floating point, not ${dtype}.`, 'Cast the result.');
}

export interface AlibiOptions extends PositionOptions {
  /** Position of the first query, where earlier keys come from a cache. Default 0. */
  readonly offset?: number;
}

/**
 * Attention with linear biases (Press, Smith, Lewis 2022): -slope · |query position - key position|, the mask of
 * `scaledDotProductAttention`. The slopes are 2^(-8/n), 2^(-16/n), … for n heads (interleaved as in the paper where n
 * is not a power of two).
 *
 * @returns [heads, queries, keys]
 * @throws {ArgumentError} when a count is not a whole number of at least 0
 * @throws {DTypeError} when `dtype` is not floating point
 * @example
 * await alibiBias(8, 1, 3, { offset: 2 }).slice([0], [1]).data(); // Float32Array [-1, -0.5, 0]
 */
export function alibiBias(heads: number, queries: number, keys: number, options: AlibiOptions = {}): Tensor {
  const { offset = 0, dtype = 'float32', device } = options;
  requireCounts('alibiBias', { heads, queries, keys, offset });
  const working = workingDType(requireFloat('alibiBias', dtype));
  const position = build.reshape(build.add(build.iota(queries), build.slot(offset, 'int32')), [queries, 1]);
  // Negated as whole numbers: 0 stays 0 without a sign.
  const distance = build.cast(build.neg(build.abs(build.sub(build.iota(keys), position))), working);
  const slopes = build.reshape(constants(alibiSlopes(heads), working), [heads, 1, 1]);
  return new Tensor(build.cast(build.mul(slopes, distance), dtype), device);
}

export interface RotaryOptions {
  /** The longest wavelength is about 2π · base. Default 10,000. */
  readonly base?: number;
  /** The position of every row, broadcasting to the shape of `x` without its last axis. Default 0, 1, … */
  readonly positions?: Tensor;
  /**
   * Pairs neighbours (0 and 1, 2 and 3, …) as in the paper. By default the first half is paired with the second, as
   * most published weights expect.
   */
  readonly interleaved?: boolean;
}

/**
 * Rotary position embedding (Su et al. 2021): rotates every pair of features by position · base^(-2i / depth), so that
 * products of queries and keys depend on their distance alone.
 *
 * @param x [..., length, depth] with an even depth; integers become float32
 * @returns a tensor of the shape of `x`
 * @throws {ShapeError} when `x` has fewer than 2 axes or an odd depth, or the positions do not broadcast
 * @throws {ArgumentError} when the base is not above 0
 * @example
 * await rotaryEmbedding(tensor([[1, 0], [1, 0]])).array(); // [[1, 0], [0.5403, 0.8415]]
 */
export function rotaryEmbedding(x: Tensor, options: RotaryOptions = {}): Tensor {
  const where = 'rotaryEmbedding';
  const { base = 10_000, positions, interleaved = false } = options;
  const node = floatingNode(where, x);
  const { shape } = node;
  const depth = shape.length < 2 ? 1 : extentAt(shape, shape.length - 1);
  if (depth % 2 !== 0) {
    throw new ShapeError(
      where,
      `got ${formatShape(shape)}.`,
      'Expected [..., length, depth] with an even depth.',
    );
  }
  if (!(base > 0)) throw new ArgumentError(where, `base ${base} is not above 0.`);
  const dtype = workingDType(node.dtype);
  const rows = shape.slice(0, -1);
  const place =
    positions === undefined ? build.iota(extentAt(shape, shape.length - 2)) : operandNode(where, positions);
  if (!broadcastsTo(place.shape, rows)) {
    throw new ShapeError(
      where,
      `positions ${formatShape(place.shape)} do not broadcast to ${formatShape(rows)}, the rows of ${formatShape(shape)}.`,
    );
  }
  const column = build.reshape(build.cast(place, dtype), [...place.shape, 1]);
  const angle = build.mul(column, constants(frequencies(depth, base), dtype));
  const [cosine, sine] = [build.unary('cos', angle), build.unary('sin', angle)];
  const pairs = build.reshape(
    build.cast(node, dtype),
    interleaved ? [...rows, depth / 2, 2] : [...rows, 2, depth / 2],
  );
  const axis = interleaved ? shape.length : shape.length - 1;
  const half = (index: number): Node =>
    build.reshape(build.sliceAxis(pairs, axis, index, index + 1), [...rows, depth / 2]);
  const [a, b] = [half(0), half(1)];
  const rotated = [
    build.sub(build.mul(a, cosine), build.mul(b, sine)),
    build.add(build.mul(b, cosine), build.mul(a, sine)),
  ].map((part) => build.insertAxes(part, [axis]));
  const joined = build.reshape(build.concat(rotated, axis), shape);
  return tensorFrom(where, build.cast(joined, node.dtype), positions === undefined ? [x] : [x, positions]);
}

export interface SinusoidalOptions extends PositionOptions {
  /** The longest wavelength is about 2π · base. Default 10,000. */
  readonly base?: number;
}

/**
 * Sinusoidal position encoding (Vaswani et al. 2017): sin(position · base^(-2i / depth)) in column 2i, the cosine of the
 * same in column 2i + 1.
 *
 * @returns [length, depth]
 * @throws {ArgumentError} when a count is not a whole number of at least 0, or the base is not above 0
 * @throws {DTypeError} when `dtype` is not floating point
 * @example
 * await sinusoidalPositions(2, 2).array(); // [[0, 1], [0.8415, 0.5403]]
 */
export function sinusoidalPositions(length: number, depth: number, options: SinusoidalOptions = {}): Tensor {
  const where = 'sinusoidalPositions';
  const { base = 10_000, dtype = 'float32', device } = options;
  requireCounts(where, { length, depth });
  if (!(base > 0)) throw new ArgumentError(where, `base ${base} is not above 0.`);
  const working = workingDType(requireFloat(where, dtype));
  const column = build.reshape(build.cast(build.iota(length), working), [length, 1]);
  const waves = frequencies(depth, base);
  const angle = build.mul(column, constants(waves, working));
  const pairs = [build.unary('sin', angle), build.unary('cos', angle)].map((part) =>
    build.insertAxes(part, [2]),
  );
  const table = build.reshape(build.concat(pairs, 2), [length, 2 * waves.length]);
  return new Tensor(build.cast(build.sliceAxis(table, 1, 0, depth), dtype), device);
}
