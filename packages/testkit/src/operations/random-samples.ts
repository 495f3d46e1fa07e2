/**
 * Samples of random numbers, of what is made of them, and of making tensors from numbers.
 *
 * Draws without operands take their device from a sum with one. A generator of its own makes every draw of a sample the
 * same.
 */
import {
  add,
  alphaDropout,
  bernoulli,
  dropout,
  dropoutWithShape,
  Generator,
  gaussianDropout,
  gaussianNoise,
  gumbelSoftmax,
  iota,
  permutation,
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
  randomShuffle,
  randomUniform,
  scalar,
  spatialDropout,
  type Tensor,
  tensor,
  truncatedNormal,
} from '@hadal/core';
import { input } from '../inputs';
import { type Sample, type SampleOptions, sample, shapeText } from '../sample';

/** Options with a generator that always draws the same. */
export const seeded = (): { readonly generator: Generator } => ({ generator: new Generator(7) });

const UNMAPPED = 'every example of a loop would draw anew';
const EXACT: SampleOptions = { tolerance: 'exact', unmapped: UNMAPPED };
const CLOSE: SampleOptions = { tolerance: 'elementary', unmapped: UNMAPPED };

type Draw = (shape: readonly number[], options: RandomOptions) => Tensor;

const SHAPES: readonly (readonly number[])[] = [[3, 5], [], [0], [1], [2, 3, 4], [33, 17]];

/** Draws of several shapes, added to an operand of their dtype. */
const drawing = (
  operation: string,
  name: string,
  dtype: 'float32' | 'float64' | 'int32',
  draw: Draw,
  options: SampleOptions,
): Sample[] =>
  SHAPES.map((shape) =>
    sample(
      operation,
      `of ${shapeText(shape)} ${name} beside an operand`,
      [input(shape, dtype)],
      (x) => add(x.mul(0), draw(shape, seeded())),
      options,
    ),
  );

const draws: readonly Sample[] = [
  ...drawing('randomBits', 'int32', 'int32', randomBits, EXACT),
  ...drawing('randomUniform', 'float32', 'float32', randomUniform, EXACT),
  ...drawing(
    'randomUniform',
    'in [-2, 3)',
    'float32',
    (shape, o) => randomUniform(shape, { min: -2, max: 3, ...o }),
    CLOSE,
  ),
  ...drawing(
    'randomUniform',
    'float64',
    'float64',
    (shape, o) => randomUniform(shape, { dtype: 'float64', ...o }),
    EXACT,
  ),
  ...drawing('randomNormal', 'float32', 'float32', randomNormal, CLOSE),
  ...drawing(
    'randomNormal',
    'float64',
    'float64',
    (shape, o) => randomNormal(shape, { dtype: 'float64', ...o }),
    CLOSE,
  ),
  ...drawing(
    'truncatedNormal',
    'float32',
    'float32',
    (shape, o) => truncatedNormal(shape, { std: 2, ...o }),
    CLOSE,
  ),
  ...drawing(
    'truncatedNormal',
    'float64',
    'float64',
    (shape, o) => truncatedNormal(shape, { std: 2, dtype: 'float64', ...o }),
    CLOSE,
  ),
  ...drawing('bernoulli', 'as int32', 'int32', (shape, o) => bernoulli(0.3, shape, o).cast('int32'), EXACT),
  ...drawing('randomInt', 'int32', 'int32', (shape, o) => randomInt(shape, -4, 9, o), EXACT),
  ...drawing(
    'randomExponential',
    'float32',
    'float32',
    (shape, o) => randomExponential(shape, { rate: 2, ...o }),
    CLOSE,
  ),
  ...drawing(
    'randomGumbel',
    'float32',
    'float32',
    (shape, o) => randomGumbel(shape, { loc: 1, ...o }),
    CLOSE,
  ),
  ...drawing(
    'randomLaplace',
    'float32',
    'float32',
    (shape, o) => randomLaplace(shape, { scale: 2, ...o }),
    CLOSE,
  ),
  ...drawing('randomCauchy', 'float32', 'float32', randomCauchy, CLOSE),
  ...drawing(
    'randomLogNormal',
    'float32',
    'float32',
    (shape, o) => randomLogNormal(shape, { std: 0.5, ...o }),
    CLOSE,
  ),
  ...drawing('randomGamma', 'of shape 2', 'float32', (shape, o) => randomGamma(shape, 2, o), CLOSE),
  ...drawing('randomBeta', 'of 0.5 and 3', 'float32', (shape, o) => randomBeta(shape, 0.5, 3, o), CLOSE),
  ...drawing('randomPoisson', 'of mean 3', 'int32', (shape, o) => randomPoisson(shape, 3, o), EXACT),
  ...drawing('randomBinomial', 'of 9 trials', 'int32', (shape, o) => randomBinomial(shape, 9, 0.4, o), EXACT),
  ...drawing(
    'randomRademacher',
    'int32',
    'int32',
    (shape, o) => randomRademacher(shape, { dtype: 'int32', ...o }),
    EXACT,
  ),
  ...drawing('randomRademacher', 'float32', 'float32', randomRademacher, EXACT),
];

/** Distributions whose parameters are tensors. */
const parametrized: readonly Sample[] = [
  sample(
    'randomGamma',
    'of shapes and rates in tensors',
    [input([4], 'float32', 'positive'), input([3, 1], 'float32', 'positive')],
    (alpha, beta) => randomGamma([3, 4], alpha, { beta, ...seeded() }),
    CLOSE,
  ),
  sample(
    'randomBeta',
    'of shapes in tensors',
    [input([4], 'float32', 'positive'), input([3, 1], 'float32', 'positive')],
    (a, b) => randomBeta([3, 4], a, b, seeded()),
    CLOSE,
  ),
  sample(
    'randomPoisson',
    'of means in a tensor',
    [input([3, 4], 'float32', 'positive')],
    (lambda) => randomPoisson([3, 4], lambda, seeded()),
    EXACT,
  ),
  sample(
    'randomBinomial',
    'of probabilities in a tensor',
    [input([3, 4], 'float32', 'inner')],
    (p) => randomBinomial([2, 3, 4], 20, p.abs(), seeded()),
    EXACT,
  ),
  ...([[5], [3, 4], [2, 3, 1]] as const).flatMap((shape) => [
    sample(
      'randomCategorical',
      `of logits ${shapeText(shape)}`,
      [input(shape)],
      (x) => randomCategorical(x, seeded()),
      EXACT,
    ),
    sample(
      'randomCategorical',
      `of logits ${shapeText(shape)}, 7 samples`,
      [input(shape)],
      (x) => randomCategorical(x, { samples: 7, ...seeded() }),
      EXACT,
    ),
  ]),
  sample('gumbelSoftmax', 'of [3, 4]', [input([3, 4])], (x) => gumbelSoftmax(x, seeded()), {
    ...CLOSE,
    tolerance: 'reduction',
    derivatives: 2,
  }),
  sample(
    'gumbelSoftmax',
    'cold, along axis 0',
    [input([3, 4])],
    (x) => gumbelSoftmax(x, { temperature: 0.3, axis: 0, ...seeded() }),
    {
      ...CLOSE,
      tolerance: 'reduction',
      derivatives: 1,
    },
  ),
  sample(
    'gumbelSoftmax',
    'hard',
    [input([5, 4])],
    (x) => gumbelSoftmax(x, { hard: true, ...seeded() }),
    EXACT,
  ),
];

const orders: readonly Sample[] = [
  ...[0, 1, 5, 100].map((length) =>
    sample(
      'randomPermutation',
      `of ${length} beside an operand`,
      [input([length], 'int32')],
      (x) => add(x.mul(0), randomPermutation(length, seeded())),
      EXACT,
    ),
  ),
  sample('randomShuffle', 'of rows', [input([7, 3])], (x) => randomShuffle(x, seeded()), {
    ...EXACT,
    derivatives: 2,
    viewed: true,
  }),
  sample(
    'randomShuffle',
    'of int32 along axis 1',
    [input([2, 9], 'int32')],
    (x) => randomShuffle(x, { axis: 1, ...seeded() }),
    EXACT,
  ),
  sample('randomShuffle', 'of bool', [input([9], 'bool')], (x) => randomShuffle(x, seeded()), EXACT),
  sample('randomChoice', 'of rows', [input([4, 3])], (x) => randomChoice(x, [2, 5], seeded()), {
    ...EXACT,
    derivatives: 2,
    viewed: true,
  }),
  sample(
    'randomChoice',
    'of columns without replacement',
    [input([3, 6])],
    (x) => randomChoice(x, 4, { axis: 1, replace: false, ...seeded() }),
    EXACT,
  ),
  sample(
    'randomChoice',
    'with weights',
    [input([4]), input([4], 'float32', 'positive')],
    (x, p) => randomChoice(x, 6, { p, ...seeded() }),
    EXACT,
  ),
  sample(
    'randomChoice',
    'with weights, without replacement',
    [input([6]), input([6], 'float32', 'positive')],
    (x, p) => randomChoice(x, 4, { p, replace: false, ...seeded() }),
    EXACT,
  ),
  sample(
    'randomChoice',
    'of numbers beside an operand',
    [input([8], 'int32')],
    (x) => add(x.mul(0), randomChoice(5, 8, seeded())),
    EXACT,
  ),
  sample(
    'permutation',
    'of 9 beside an operand',
    [input([9], 'int32')],
    (x) => add(x, tensor(permutation(9, 3))),
    { tolerance: 'exact' },
  ),
];

/** Samples of an operation that sets to a value, scales or adds at random. */
const noisy = (
  operation: string,
  compute: (x: Tensor, options: { readonly generator: Generator }) => Tensor,
  shapes: readonly (readonly number[])[],
): Sample[] => [
  ...shapes.map((shape, index) =>
    sample(operation, `of ${shapeText(shape)}`, [input(shape)], (x) => compute(x, seeded()), {
      ...CLOSE,
      derivatives: index === 0 ? 2 : 0,
      viewed: index === 0,
    }),
  ),
  sample(operation, 'of float64', [input(shapes[0] ?? [], 'float64')], (x) => compute(x, seeded()), {
    tolerance: 'elementary',
    unmapped: UNMAPPED,
  }),
  sample(operation, 'of int32', [input(shapes[0] ?? [], 'int32')], (x) => compute(x, seeded()), CLOSE),
];

const noises: readonly Sample[] = [
  ...noisy('dropout', (x, { generator }) => dropout(x, 0.3, generator), [[3, 5], [], [0, 2], [33, 17]]),
  ...noisy('dropoutWithShape', (x, options) => dropoutWithShape(x, 0.3, [x.shape[0] ?? 1, 1], options), [
    [7, 5],
    [0, 2],
    [33, 17],
  ]),
  ...noisy('spatialDropout', (x, options) => spatialDropout(x, 0.4, options), [
    [2, 3, 5],
    [2, 4, 3, 6],
    [0, 2, 2],
  ]),
  ...noisy('alphaDropout', (x, options) => alphaDropout(x, 0.3, options), [[3, 5], [], [0, 2], [33, 17]]),
  ...noisy('gaussianDropout', (x, options) => gaussianDropout(x, 0.3, options), [
    [3, 5],
    [],
    [0, 2],
    [33, 17],
  ]),
  ...noisy('gaussianNoise', (x, options) => gaussianNoise(x, 0.7, options), [[3, 5], [], [0, 2], [33, 17]]),
];

const creation: readonly Sample[] = [
  ...[0, 1, 7, 300].map((length) =>
    sample('iota', `of ${length} beside an operand`, [input([length], 'int32')], (x) => x.add(iota(length)), {
      tolerance: 'exact',
    }),
  ),
  sample('scalar', 'beside an operand', [input([3])], (x) => x.mul(scalar(2)), { tolerance: 'exact' }),
  sample(
    'scalar',
    'int32 beside an operand',
    [input([3], 'int32')],
    (x) => x.add(scalar(4, { dtype: 'int32' })),
    { tolerance: 'exact' },
  ),
  sample('scalar', 'of a boolean beside an operand', [input([3])], (x) => x.mul(scalar(true)), {
    tolerance: 'exact',
  }),
  sample(
    'tensor',
    'of nested numbers beside an operand',
    [input([2, 2])],
    (x) =>
      x.mul(
        tensor([
          [1, 2],
          [3, 4],
        ]),
      ),
    { tolerance: 'arithmetic' },
  ),
  sample(
    'tensor',
    'of a typed array beside an operand',
    [input([2, 3], 'int32')],
    (x) => x.add(tensor(Int32Array.of(1, 2, 3))),
    { tolerance: 'exact' },
  ),
  sample('tensor', 'of booleans beside an operand', [input([3])], (x) => x.mul(tensor([true, false, true])), {
    tolerance: 'exact',
  }),
];

export const randomSamples: readonly Sample[] = [
  ...draws,
  ...parametrized,
  ...orders,
  ...noises,
  ...creation,
];
