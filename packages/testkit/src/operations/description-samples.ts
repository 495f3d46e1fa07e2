/**
 * Samples of reductions that pass over NaN, and of descriptions of data: counts, moments, weighted means.
 */
import {
  average,
  concat,
  countNonzero,
  logMeanExp,
  moments,
  mul,
  nanArgMax,
  nanArgMin,
  nanMax,
  nanMean,
  nanMin,
  nanProd,
  nanStd,
  nanSum,
  nanVariance,
  ones,
  ptp,
  standardize,
  zScore,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, sample } from '../sample';
import { FLOATS, gapped, NUMBERS, reductions } from './statistics-cases';

const nanReductions: readonly Sample[] = [
  ...reductions('nanSum', nanSum, { dtypes: [...NUMBERS, 'bool'], tolerance: 'reduction' }),
  ...gapped('nanSum', nanSum, { tolerance: 'reduction', derivatives: 2 }),
  ...reductions('nanProd', nanProd, { values: 'away', special: false, tolerance: 'reduction' }),
  ...gapped('nanProd', nanProd, { values: 'away', tolerance: 'reduction', derivatives: 2 }),
  ...reductions('nanMax', nanMax, { dtypes: [...NUMBERS, 'bool'], tolerance: 'exact' }),
  ...gapped('nanMax', nanMax, { values: 'distinct', tolerance: 'exact', derivatives: 1 }),
  ...reductions('nanMin', nanMin, { dtypes: [...NUMBERS, 'bool'], tolerance: 'exact' }),
  ...gapped('nanMin', nanMin, { values: 'distinct', tolerance: 'exact', derivatives: 1 }),
  ...reductions('nanMean', nanMean, { tolerance: 'reduction' }),
  ...gapped('nanMean', nanMean, { tolerance: 'reduction', derivatives: 2 }),
  ...reductions('nanVariance', nanVariance, { tolerance: 'reduction' }),
  ...gapped('nanVariance', nanVariance, { tolerance: 'reduction', derivatives: 2 }),
  ...gapped('nanVariance', (x, options) => nanVariance(x, { ...options, correction: 1 }), {
    tolerance: 'reduction',
  }),
  ...reductions('nanStd', nanStd, { tolerance: 'reduction' }),
  ...gapped('nanStd', nanStd, { tolerance: 'reduction', derivatives: 2 }),
  ...Object.entries({ nanArgMax, nanArgMin }).flatMap(([operation, pick]) => [
    ...NUMBERS.map((dtype) =>
      sample(
        operation,
        `of ${dtype} with equals`,
        [input([9, 8], dtype, { from: 0, below: 3 })],
        (x) => [pick(x, 0), pick(x, 1), pick(x)],
        { tolerance: 'exact', viewed: dtype === 'float32' },
      ),
    ),
    sample(
      operation,
      'with NaN and infinities',
      [input([6, 5], 'float32', 'special')],
      (x) => [pick(x, 0), pick(x, 1), pick(x)],
      { tolerance: 'exact' },
    ),
    sample(operation, 'of [33, 257]', [input([33, 257])], (x) => [pick(x, 0), pick(x, 1)], {
      tolerance: 'exact',
    }),
    sample(
      operation,
      'of a row without any number',
      [input([2, 5])],
      (x) => pick(concat([mul(x, Number.NaN), x]), 1),
      { tolerance: 'exact' },
    ),
  ]),
];

const descriptions: readonly Sample[] = [
  ...reductions('countNonzero', countNonzero, {
    dtypes: [...NUMBERS, 'bool'],
    values: { from: -1, below: 2 },
    tolerance: 'exact',
  }),
  ...reductions('ptp', ptp, {
    dtypes: [...NUMBERS, 'bool'],
    values: 'distinct',
    tolerance: 'arithmetic',
    derivatives: 1,
    // The greatest number less the least overflows, or does not, in ways that the order of rounding decides.
    special: false,
  }),
  ...reductions('moments', moments, {
    dtypes: [...FLOATS, 'int32'],
    tolerance: 'reduction',
    derivatives: 2,
  }),
  ...reductions('logMeanExp', logMeanExp, { dtypes: FLOATS, tolerance: 'reduction', derivatives: 2 }),
  sample('logMeanExp', 'of large numbers', [input([3, 5])], (x) => logMeanExp(mul(x, 1e4), 1), {
    tolerance: 'reduction',
  }),
  ...FLOATS.flatMap((dtype) => [
    sample(
      'average',
      `of [3, 5] ${dtype} with a weight each`,
      [input([3, 5], dtype), input([3, 5], dtype, 'positive')],
      (x, weights) => [average(x, weights), average(x, weights, { axis: 1, keepDims: true })],
      { tolerance: 'reduction', derivatives: 2, viewed: true },
    ),
    sample(
      'average',
      `of [2, 3, 4] ${dtype} with weights along 1`,
      [input([2, 3, 4], dtype), input([3], dtype, 'positive')],
      (x, weights) => average(x, weights, 1),
      { tolerance: 'reduction', derivatives: 2 },
    ),
    sample(
      'average',
      `of [2, 3, 4] ${dtype} with weights along 0 and 2`,
      [input([2, 3, 4], dtype), input([2, 4], dtype, 'positive')],
      (x, weights) => average(x, weights, [2, 0]),
      { tolerance: 'reduction', derivatives: 2 },
    ),
  ]),
  sample(
    'average',
    'of int32 with weights of uint8',
    [input([4, 5], 'int32'), input([5], 'uint8', { from: 1, below: 4 })],
    (x, weights) => average(x, weights, 1),
    { tolerance: 'reduction' },
  ),
  sample('average', 'without weights', [input([3, 5])], (x) => average(x, undefined, 1), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
  ...reductions('standardize', (x, { axis }) => standardize(x, { axis }), {
    tolerance: 'reduction',
    derivatives: 2,
    special: false,
  }),
  sample('standardize', 'of equals', [input([3, 1])], (x) => standardize(x.mul(ones([4])), 1), {
    tolerance: 'reduction',
  }),
  sample(
    'standardize',
    'with options',
    [input([4, 6])],
    (x) => standardize(x, { axis: 0, epsilon: 0.1, correction: 1 }),
    { tolerance: 'reduction', derivatives: 2 },
  ),
  ...reductions('zScore', (x, { axis }) => zScore(x, { axis }), {
    tolerance: 'reduction',
    derivatives: 2,
    special: false,
  }),
  sample('zScore', 'with a correction', [input([4, 6])], (x) => zScore(x, { axis: 1, correction: 1 }), {
    tolerance: 'reduction',
    derivatives: 2,
  }),
];

export const descriptionSamples: readonly Sample[] = [...nanReductions, ...descriptions];
