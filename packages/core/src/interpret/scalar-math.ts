/**
 * Functions of numbers that JavaScript's Math lacks, or where it differs from what the graph promises. All in float64.
 *
 * They are methods of what one function gives, which names nothing outside of it: threads are made from its text.
 */

export function makeScalarMath() {
  const TWO_OVER_SQRT_PI = 2 / Math.sqrt(Math.PI);
  /** Beyond this, 1 - erf(x) is below half a unit in the last place of 1. */
  const ERF_IS_ONE = 6;
  /** Below, the series converges fast; above, the continued fraction does. */
  const ERF_SERIES_LIMIT = 2.5;
  const CONTINUED_FRACTION_DEPTH = 60;

  const math = {
    /**
     * The error function, to a few units in the last place of float64.
     *
     * Small x: 2/√π · e^(-x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are all positive (Abramowitz & Stegun 7.1.6).
     * Large x: 1 - erfc(x) with the continued fraction of erfc (7.1.14), evaluated from its tail.
     */
    erf(x: number): number {
      if (x < 0) return -math.erf(-x);
      if (Number.isNaN(x) || x === 0) return x;
      if (x >= ERF_IS_ONE) return 1;
      const scale = TWO_OVER_SQRT_PI * Math.exp(-x * x);
      if (x < ERF_SERIES_LIMIT) {
        let term = x;
        let sum = x;
        for (let n = 1; term > sum * 1e-17; n++) {
          term *= (2 * x * x) / (2 * n + 1);
          sum += term;
        }
        return scale * sum;
      }
      let tail = 0;
      for (let n = CONTINUED_FRACTION_DEPTH; n >= 1; n--) tail = n / 2 / (x + tail);
      return 1 - scale / 2 / (x + tail);
    },

    /** The nearest integer, halves to the even one, as NumPy and IEEE 754 round. */
    roundHalfToEven(x: number): number {
      const below = Math.floor(x);
      const fraction = x - below;
      if (fraction < 0.5) return below;
      return fraction > 0.5 || below % 2 !== 0 ? Math.ceil(x) : below;
    },

    /** The power of IEEE 754 and NumPy: unlike Math.pow, 1 to any power is 1, and so is -1 to an infinite one. */
    floatPower(base: number, exponent: number): number {
      if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
      return base ** exponent;
    },

    /** The power of int32 numbers with wrapping products; a negative exponent gives the truncated reciprocal. */
    integerPower(base: number, exponent: number): number {
      if (exponent < 0) return base === 1 ? 1 : base === -1 ? (exponent % 2 === 0 ? 1 : -1) : 0;
      let result = 1;
      let factor = base;
      for (let left = exponent; left > 0; left = Math.floor(left / 2)) {
        if (left % 2 === 1) result = Math.imul(result, factor);
        factor = Math.imul(factor, factor);
      }
      return result;
    },

    /** The remainder with the divisor's sign, exact. */
    floorMod(a: number, b: number): number {
      const remainder = a % b;
      return remainder !== 0 && remainder < 0 !== b < 0 ? remainder + b : remainder;
    },

    integerDivide(a: number, b: number): number {
      return b === 0 ? 0 : Math.floor(a / b);
    },

    integerModulo(a: number, b: number): number {
      return b === 0 ? 0 : math.floorMod(a, b);
    },
  };
  return math;
}

export const { erf, roundHalfToEven, floatPower, integerPower, floorMod, integerDivide, integerModulo } =
  makeScalarMath();

/** Truncates towards zero and clamps to [lowest, highest]; NaN gives 0. */
export function saturate(value: number, lowest: number, highest: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, lowest), highest));
}
