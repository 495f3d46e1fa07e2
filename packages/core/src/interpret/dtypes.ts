/**
 * What JavaScript has no arrays for: half floats, which are rounded here, and int64, which is kept exact.
 *
 * Results of an operation are computed into `resultArray` and become the values of the node through `finished`.
 */
import { type DType, hostArray, isFloat, isHalf, type TypedArray } from '../dtype';
import { NumericError } from '../errors';

/** Whether sums and products are taken in float64; integers of 32 bits wrap around instead. */
export const isExact = (dtype: DType): boolean => isFloat(dtype) || dtype === 'int64';

/** An array for the results of one operation: of half floats in float64, so that they are rounded once. */
export const resultArray = (dtype: DType, length: number): TypedArray =>
  isHalf(dtype) ? new Float64Array(length) : hostArray(dtype, length);

/** The elements as the dtype holds them. */
export function finished(dtype: DType, values: TypedArray): TypedArray {
  if (isHalf(dtype)) return Float32Array.from(values, dtype === 'float16' ? roundToFloat16 : roundToBfloat16);
  if (dtype === 'int64') requireExact(values);
  return values;
}

function requireExact(values: TypedArray): void {
  const wrong = values.find((value) => !Number.isSafeInteger(value));
  if (wrong === undefined) return;
  throw new NumericError(
    'int64',
    `${wrong} is outside of ±(2^53 - 1), the int64 values that can be held exactly.`,
    "Compute in float64, or keep the values smaller: x.cast('float64').",
  );
}

/** Exponent of the least normal number, bits of the fraction, greatest finite number. */
interface HalfFormat {
  readonly leastExponent: number;
  readonly fractionBits: number;
  readonly greatest: number;
}

const FLOAT16: HalfFormat = { leastExponent: -14, fractionBits: 10, greatest: 65504 };
const BFLOAT16: HalfFormat = { leastExponent: -126, fractionBits: 7, greatest: (2 - 2 ** -7) * 2 ** 127 };

/** The nearest number of the format, ties to the even one; beyond the greatest by half a step it is infinite. */
function roundToFormat(value: number, { leastExponent, fractionBits, greatest }: HalfFormat): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const exponent = Math.max(exponentOf(Math.abs(value)), leastExponent);
  const step = 2 ** (exponent - fractionBits);
  const scaled = value / step;
  const floor = Math.floor(scaled);
  const fraction = scaled - floor;
  const isUp = fraction > 0.5 || (fraction === 0.5 && floor % 2 !== 0);
  const rounded = (isUp ? floor + 1 : floor) * step;
  if (Math.abs(rounded) > greatest) return Math.sign(value) * Number.POSITIVE_INFINITY;
  // What rounds to zero keeps its sign.
  return rounded === 0 && value < 0 ? -0 : rounded;
}

/** ⌊log₂ x⌋ for positive x; the logarithm alone may be off by one next to a power of two. */
function exponentOf(x: number): number {
  const guess = Math.floor(Math.log2(x));
  if (2 ** guess > x) return guess - 1;
  return 2 ** (guess + 1) <= x ? guess + 1 : guess;
}

export const roundToFloat16 = (value: number): number => roundToFormat(value, FLOAT16);
export const roundToBfloat16 = (value: number): number => roundToFormat(value, BFLOAT16);
