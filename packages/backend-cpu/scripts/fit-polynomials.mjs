/**
 * Finds the polynomial coefficients of coefficients.ts in src/emit/math and src/emit/rare: minimax fits by Remez' exchange
 * algorithm, in float64. Run `node packages/backend-cpu/scripts/fit-polynomials.mjs` to print them again.
 *
 * Each fit minimizes max |weight(x) · (p(x) - f(x))| over [low, high] for a polynomial p of the given degree; with the
 * weight chosen so that this is the relative error of the function that p helps to compute.
 */

const GRID = 20000;
const ROUNDS = 30;

/** Solves a dense linear system by Gaussian elimination with partial pivoting. */
function solve(matrix, right) {
  const n = right.length;
  const rows = matrix.map((row, i) => [...row, right[i]]);
  for (let column = 0; column < n; column++) {
    let pivot = column;
    for (let r = column + 1; r < n; r++) {
      if (Math.abs(rows[r][column]) > Math.abs(rows[pivot][column])) pivot = r;
    }
    [rows[column], rows[pivot]] = [rows[pivot], rows[column]];
    for (let r = 0; r < n; r++) {
      if (r === column) continue;
      const factor = rows[r][column] / rows[column][column];
      for (let c = column; c <= n; c++) rows[r][c] -= factor * rows[column][c];
    }
  }
  return rows.map((row, i) => row[n] / row[i]);
}

const evaluate = (coefficients, x) => coefficients.reduceRight((sum, c) => sum * x + c, 0);

function fit({ name, target, weight, low, high, degree }) {
  const count = degree + 2;
  const middle = (low + high) / 2;
  const half = (high - low) / 2;
  let points = Array.from({ length: count }, (_, i) => middle - half * Math.cos((Math.PI * i) / (count - 1)));
  const error = (coefficients, x) => weight(x) * (evaluate(coefficients, x) - target(x));
  let coefficients = [];
  for (let round = 0; round < ROUNDS; round++) {
    const matrix = points.map((x, i) => [
      ...Array.from({ length: degree + 1 }, (_, k) => (x / high) ** k),
      (i % 2 === 0 ? 1 : -1) / weight(x),
    ]);
    const scaled = solve(matrix, points.map(target)).slice(0, degree + 1);
    coefficients = scaled.map((c, k) => c / high ** k);
    const extremes = [];
    for (let i = 0; i <= GRID; i++) {
      const x = middle - half * Math.cos((Math.PI * i) / GRID);
      const e = error(coefficients, x);
      const last = extremes.at(-1);
      if (last !== undefined && Math.sign(last.e) === Math.sign(e)) {
        if (Math.abs(e) > Math.abs(last.e)) extremes[extremes.length - 1] = { x, e };
      } else {
        extremes.push({ x, e });
      }
    }
    while (extremes.length > count) {
      if (Math.abs(extremes[0].e) < Math.abs(extremes.at(-1).e)) extremes.shift();
      else extremes.pop();
    }
    if (extremes.length < count) break;
    points = extremes.map(({ x }) => x);
  }
  let worst = 0;
  for (let i = 0; i <= GRID; i++) {
    worst = Math.max(worst, Math.abs(error(coefficients, low + ((high - low) * i) / GRID)));
  }
  console.log(`${name}: error 2^${Math.log2(worst).toFixed(1)}`);
  console.log(`  [${coefficients.map((c) => c.toPrecision(12)).join(', ')}]`);
}

/** erfc for x ≥ 0.5: the continued fraction of Abramowitz & Stegun 7.1.14. */
function erfc(x) {
  let tail = 0;
  for (let n = 400; n >= 1; n--) tail = n / 2 / (x + tail);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + tail);
}

/** Maclaurin series of erf(√t)/√t - 1. */
function erfSeries(t) {
  let power = 2 / Math.sqrt(Math.PI);
  let sum = power - 1;
  for (let n = 1; n < 60; n++) {
    power *= -t / n;
    sum += power / (2 * n + 1);
  }
  return sum;
}

/** (f(x) - x)/x³ of odd functions as a series in t = x², which does not cancel near 0. */
const series = (terms) => (t) => terms.reduceRight((sum, c) => sum * t + c, 0);
const factorial = (n) => (n <= 1 ? 1 : n * factorial(n - 1));
const sinTail = series(Array.from({ length: 12 }, (_, k) => (k % 2 === 0 ? -1 : 1) / factorial(2 * k + 3)));
const cosTail = series(Array.from({ length: 12 }, (_, k) => (k % 2 === 0 ? 1 : -1) / factorial(2 * k + 4)));
const exponentialTail = series(Array.from({ length: 18 }, (_, k) => 1 / factorial(k + 2)));
const exp2Tail = series(Array.from({ length: 20 }, (_, k) => Math.LN2 ** (k + 1) / factorial(k + 1)));
const atanhTail = series(Array.from({ length: 40 }, (_, k) => 2 / Math.LN2 / (2 * k + 1)));

/** (log(1 + f) - f + f²/2)/f³ without cancellation. */
const log1pTail = (f) =>
  Math.abs(f) < 0.1
    ? series(Array.from({ length: 24 }, (_, k) => (k % 2 === 0 ? 1 : -1) / (k + 3)))(f)
    : (Math.log1p(f) - f + (f * f) / 2) / f ** 3;
/** (log2(1 + f) - f/ln 2)/f². */
const log2Tail = (f) => (log1pTail(f) * f - 0.5) / Math.LN2;
/** (tanh(√t) - √t)/√t³. */
const tanhTail = (t) => {
  if (t > 0.01) return (Math.tanh(Math.sqrt(t)) - Math.sqrt(t)) / Math.sqrt(t) ** 3;
  return series([-1 / 3, 2 / 15, -17 / 315, 62 / 2835, -1382 / 155925, 21844 / 6081075])(t);
};

const quarterTurnSquared = (Math.PI / 4) ** 2;
const sqrtHalf = Math.SQRT1_2 - 1;
const sqrtTwo = Math.SQRT2 - 1;
const ratio = (x, over) => (Math.abs(over) < 1e-300 ? 1 : Math.abs(x / over));

fit({
  name: 'exp: (e^r - 1 - r)/r²',
  target: exponentialTail,
  weight: (r) => (r * r) / Math.exp(r) + 1e-9,
  low: -Math.LN2 / 2 - 1e-6,
  high: Math.LN2 / 2 + 1e-6,
  degree: 4,
});
fit({
  name: 'exp2: (2^r - 1)/r',
  target: exp2Tail,
  weight: (r) => Math.abs(r) / 2 ** r + 1e-9,
  low: -0.5,
  high: 0.5,
  degree: 5,
});
fit({
  name: 'log: (log(1 + f) - f + f²/2)/f³',
  target: log1pTail,
  weight: (f) => ratio(f ** 3, Math.log1p(f)) + 1e-9,
  low: sqrtHalf,
  high: sqrtTwo,
  degree: 7,
});
fit({
  name: 'log2: (log2(1 + f) - f/ln 2)/f²',
  target: log2Tail,
  weight: (f) => ratio(f ** 2, Math.log1p(f) / Math.LN2) + 1e-9,
  low: sqrtHalf,
  high: sqrtTwo,
  degree: 8,
});
fit({
  name: 'sin: (sin √t - √t)/√t³',
  target: sinTail,
  weight: (t) => ratio(t ** 1.5, Math.sin(Math.sqrt(t))) + 1e-9,
  low: 0,
  high: quarterTurnSquared + 1e-6,
  degree: 2,
});
fit({
  name: 'cos: (cos √t - 1 + t/2)/t²',
  target: cosTail,
  weight: (t) => t * t + 1e-9,
  low: 0,
  high: quarterTurnSquared + 1e-6,
  degree: 2,
});
fit({
  name: 'tanh: (tanh √t - √t)/√t³',
  target: tanhTail,
  weight: (t) => ratio(t ** 1.5, Math.tanh(Math.sqrt(t))) + 1e-9,
  low: 0,
  high: 0.625 ** 2,
  degree: 4,
});
fit({
  name: 'erf below 1: erf(√t)/√t - 1',
  target: erfSeries,
  weight: () => 1,
  low: 0,
  high: 1,
  degree: 6,
});
fit({
  name: 'erf above 1: -log(erfc(x))',
  target: (x) => -Math.log(erfc(x)),
  weight: (x) => erfc(x) / (1 - erfc(x)),
  low: 0.999,
  high: 3.95,
  degree: 7,
});
fit({
  name: 'pow: log2((1 + s)/(1 - s))/s over t = s²',
  target: atanhTail,
  weight: () => 1,
  low: 0,
  high: ((Math.SQRT2 - 1) / (Math.SQRT2 + 1)) ** 2 + 1e-6,
  degree: 4,
});
