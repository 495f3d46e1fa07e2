/**
 * That random numbers have the distribution they are named after, and are the same on the device and the reference.
 *
 * 20,000 draws (or 2,000) from a fixed seed: mean and variance may be off by four standard errors, and so may the share of draws at
 * or below some quantiles (SciPy's). Nothing here is left to chance, since the same seed gives the same draws.
 */
import {
  add,
  type Device,
  type DType,
  Generator,
  type RandomOptions,
  randomBeta,
  randomBinomial,
  randomBits,
  randomCategorical,
  randomCauchy,
  randomChoice,
  randomExponential,
  randomGamma,
  randomGumbel,
  randomInt,
  randomLaplace,
  randomLogNormal,
  randomNormal,
  randomPermutation,
  randomPoisson,
  randomRademacher,
  randomUniform,
  type Tensor,
  tensor,
  truncatedNormal,
} from '@hadal/core';
import { MismatchError, type Result, requireClose } from '../compare';
import { toleranceOf } from '../tolerance';
import type { OperationCheck } from './family';

const DRAWS = 20_000;
const SHAPE = [DRAWS] as const;
/** For distributions of which each draw takes dozens of others. */
const FEWER = [2000] as const;
/** Standard errors that a statistic may be off by. */
const ERRORS = 4;

type Draw = (options: RandomOptions) => Tensor;

/** What is drawn, computed on a device: a sum with a 0 that lives there. */
async function drawnOn(device: Device, draw: Draw): Promise<Result & { readonly dtype: DType }> {
  const drawn = draw({ generator: new Generator(20_261_129) });
  const placed = add(tensor(0, { dtype: drawn.dtype, device }), drawn);
  return { shape: placed.shape, dtype: placed.dtype, values: await placed.data() };
}

function requireNear(what: string, actual: number, expected: number, error: number): void {
  if (Math.abs(actual - expected) <= ERRORS * error) return;
  throw new MismatchError(`${what} is ${actual}, expected ${expected} ± ${ERRORS} · ${error}`);
}

interface Distribution {
  /** Left out where the distribution has none. */
  readonly mean?: number;
  readonly variance?: number;
  /** Pairs of a value and the probability of a draw that is not above it. */
  readonly quantiles?: readonly (readonly [value: number, share: number])[];
}

function requireDistribution(
  values: ArrayLike<number>,
  { mean, variance, quantiles = [] }: Distribution,
): void {
  const draws = Array.from(values);
  const average = (f: (value: number) => number): number =>
    draws.reduce((total, value) => total + f(value), 0) / draws.length;
  if (mean !== undefined && variance !== undefined) {
    const [center, second] = [average((x) => x), average((x) => (x - mean) ** 2)];
    requireNear('the mean', center, mean, Math.sqrt(variance / draws.length));
    const fourth = average((x) => (x - mean) ** 4);
    const error = Math.sqrt(Math.max(fourth - variance ** 2, 1e-12) / draws.length);
    requireNear('the variance', second, variance, error);
  }
  for (const [value, share] of quantiles) {
    const error = Math.sqrt((share * (1 - share)) / draws.length);
    requireNear(
      `the share up to ${value}`,
      average((x) => (x <= value ? 1 : 0)),
      share,
      error,
    );
  }
}

const distributed = (
  operation: string,
  name: string,
  draw: Draw,
  distribution: Distribution,
): OperationCheck => ({
  operation,
  name: `${name}, distribution`,
  run: async (device, reference) => {
    const actual = await drawnOn(device, draw);
    requireClose(actual, await drawnOn(reference, draw), toleranceOf(actual.dtype, 'elementary'));
    requireDistribution(actual.values, distribution);
  },
});

/** A draw of everything once, in another order than the first. */
const permuting = (operation: string, name: string, draw: Draw, count: number): OperationCheck => ({
  operation,
  name,
  run: async (device, reference) => {
    const actual = await drawnOn(device, draw);
    requireClose(actual, await drawnOn(reference, draw), toleranceOf('int32', 'exact'));
    const order = Array.from(actual.values);
    const isComplete = [...order].sort((a, b) => a - b).every((value, index) => value === index);
    if (order.length !== count || !isComplete || order.every((value, index) => value === index)) {
      throw new MismatchError(`${order.join(', ')} is not a shuffled order of ${count}`);
    }
  },
});

const FIFTHS = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

/** Quantiles for the shares 0.05, 0.25, 0.5, 0.75 and 0.95. */
const fifths = (...values: readonly number[]): [number, number][] =>
  FIFTHS.map((share, index) => [values[index] ?? 0, share]);

const continuous: readonly OperationCheck[] = [
  distributed(
    'randomUniform',
    'between -1 and 3',
    (options) => randomUniform(SHAPE, { min: -1, max: 3, ...options }),
    {
      mean: 1,
      variance: 16 / 12,
      quantiles: fifths(-0.8, 0, 1, 2, 2.8),
    },
  ),
  distributed('randomNormal', 'standard', (options) => randomNormal(SHAPE, options), {
    mean: 0,
    variance: 1,
    quantiles: fifths(-1.64485, -0.67449, 0, 0.67449, 1.64485),
  }),
  distributed('truncatedNormal', 'standard', (options) => truncatedNormal(SHAPE, options), {
    mean: 0,
    variance: 0.773741,
    quantiles: fifths(-1.47226, -0.639112, 0, 0.639112, 1.47226),
  }),
  distributed(
    'randomExponential',
    'of rate 2',
    (options) => randomExponential(SHAPE, { rate: 2, ...options }),
    {
      mean: 0.5,
      variance: 0.25,
      quantiles: fifths(0.0256466, 0.143841, Math.LN2 / 2, Math.LN2, 1.49787),
    },
  ),
  distributed('randomGumbel', 'standard', (options) => randomGumbel(SHAPE, options), {
    mean: 0.577216,
    variance: 1.644934,
    quantiles: fifths(-1.09719, -0.326634, 0.366513, 1.2459, 2.9702),
  }),
  distributed(
    'randomLaplace',
    'at 1, of scale 2',
    (options) => randomLaplace(SHAPE, { loc: 1, scale: 2, ...options }),
    {
      mean: 1,
      variance: 8,
      quantiles: fifths(-3.60517, -0.386294, 1, 2.38629, 5.60517),
    },
  ),
  distributed('randomCauchy', 'standard', (options) => randomCauchy(SHAPE, options), {
    quantiles: fifths(-6.31375, -1, 0, 1, 6.31375),
  }),
  distributed(
    'randomLogNormal',
    'of deviation 0.5',
    (options) => randomLogNormal(SHAPE, { std: 0.5, ...options }),
    {
      mean: 1.133148,
      variance: 0.364696,
      quantiles: fifths(0.439364, 0.713734, 1, 1.40108, 2.27602),
    },
  ),
  distributed(
    'randomGamma',
    'of shape 2.5 and rate 2',
    (options) => randomGamma(FEWER, 2.5, { beta: 2, ...options }),
    {
      mean: 1.25,
      variance: 0.625,
      quantiles: fifths(0.286369, 0.668651, 1.08787, 1.65642, 2.76762),
    },
  ),
  distributed('randomGamma', 'of shape 0.3', (options) => randomGamma(FEWER, 0.3, options), {
    mean: 0.3,
    variance: 0.3,
    quantiles: fifths(3.21103e-5, 0.0068998, 0.0731311, 0.342899, 1.37235),
  }),
  distributed('randomBeta', 'of 2 and 5', (options) => randomBeta(FEWER, 2, 5, options), {
    mean: 2 / 7,
    variance: 0.0255102,
    quantiles: fifths(0.0628499, 0.161163, 0.26445, 0.389479, 0.581803),
  }),
];

const discrete: readonly OperationCheck[] = [
  distributed('randomBits', 'as signs', (options) => randomBits(SHAPE, options), {
    quantiles: [
      [-(2 ** 30), 0.25],
      [-1, 0.5],
      [2 ** 30, 0.75],
    ],
  }),
  distributed('randomInt', 'of a die', (options) => randomInt(SHAPE, 1, 7, options), {
    mean: 3.5,
    variance: 35 / 12,
    quantiles: [1, 2, 3, 4, 5].map((value): [number, number] => [value, value / 6]),
  }),
  distributed('randomPoisson', 'of mean 2.5', (options) => randomPoisson(SHAPE, 2.5, options), {
    mean: 2.5,
    variance: 2.5,
    quantiles: [
      [1, 0.287297],
      [2, 0.543813],
      [5, 0.957979],
    ],
  }),
  distributed('randomPoisson', 'of mean 50', (options) => randomPoisson(SHAPE, 50, options), {
    mean: 50,
    variance: 50,
    quantiles: [
      [41, 0.112289],
      [50, 0.537517],
      [59, 0.907735],
    ],
  }),
  distributed('randomBinomial', 'of 10 trials', (options) => randomBinomial(SHAPE, 10, 0.3, options), {
    mean: 3,
    variance: 2.1,
    quantiles: [
      [1, 0.149308],
      [3, 0.649611],
      [5, 0.952651],
    ],
  }),
  distributed(
    'randomBinomial',
    'of 1000 likely trials',
    (options) => randomBinomial(SHAPE, 1000, 0.9, options),
    {
      mean: 900,
      variance: 90,
      quantiles: [
        [888, 0.113857],
        [900, 0.515418],
        [912, 0.908071],
      ],
    },
  ),
  distributed('randomRademacher', 'of one', (options) => randomRademacher(SHAPE, options), {
    mean: 0,
    variance: 1,
  }),
  distributed(
    'randomCategorical',
    'of four classes',
    (options) => randomCategorical(tensor([0.1, 0.2, 0.3, 0.4]).log(), { samples: DRAWS, ...options }),
    {
      quantiles: [
        [0, 0.1],
        [1, 0.3],
        [2, 0.6],
      ],
    },
  ),
  distributed(
    'randomChoice',
    'of three with weights',
    (options) => randomChoice(3, DRAWS, { p: tensor([1, 2, 1]), ...options }),
    {
      quantiles: [
        [0, 0.25],
        [1, 0.75],
      ],
    },
  ),
  permuting('randomPermutation', 'of 1000', (options) => randomPermutation(1000, options), 1000),
  permuting(
    'randomChoice',
    'of all without replacement',
    (options) => randomChoice(50, 50, { replace: false, ...options }),
    50,
  ),
];

export const randomChecks: readonly OperationCheck[] = [...continuous, ...discrete];
