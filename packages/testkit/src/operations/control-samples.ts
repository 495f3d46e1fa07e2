/**
 * Samples of control flow.
 */
import {
  cond,
  forLoop,
  gather,
  greater,
  less,
  logicalAnd,
  logicalOr,
  ones,
  scan,
  sin,
  sum,
  tanh,
  whileLoop,
  zerosLike,
} from '@hadal/core';
import { input } from '../inputs';
import { isDifferentiated, type Sample, type SampleOptions, sample, shapeText } from '../sample';
import {
  averages,
  choices,
  collatz,
  fibonacci,
  matrixPower,
  nested,
  newton,
  recurrent,
  series,
  sums,
} from './control-programs';

const SMOOTH: SampleOptions = { tolerance: 'contraction', derivatives: 2 };
const VALUES: SampleOptions = { tolerance: 'reduction' };

const scanSamples: readonly Sample[] = [
  ...(['float32', 'float64', 'int32'] as const).flatMap((dtype) =>
    [[5], [3, 4], [1, 2], [0, 3], [4, 0], [33, 7]].map((shape, index) =>
      sample(
        'scan',
        `running sums of ${shapeText(shape)} ${dtype}`,
        [input(shape, dtype)],
        (x) => [...sums(x), ...sums(x, true)],
        {
          tolerance: 'reduction',
          viewed: index === 1,
          derivatives: isDifferentiated(dtype) && index < 3 ? 2 : 0,
        },
      ),
    ),
  ),
  sample(
    'scan',
    'running conjunctions of bool',
    [input([6, 3], 'bool')],
    (x) =>
      scan((all, each) => [logicalAnd(all, each), logicalOr(all, each)], ones([3], { dtype: 'bool' }), x),
    { tolerance: 'exact' },
  ),
  ...(['float32', 'float64'] as const).map((dtype) =>
    sample(
      'scan',
      `of a recurrent network in ${dtype}`,
      [input([4, 2, 3], dtype), input([3, 5], dtype), input([5, 5], dtype, 'inner'), input([5], dtype)],
      recurrent,
      SMOOTH,
    ),
  ),
  sample(
    'scan',
    'of slices that fill whole lines of memory',
    [
      input([3, 2, 64]),
      input([64, 64], 'float32', 'inner'),
      input([64, 64], 'float32', 'inner'),
      input([64]),
    ],
    (x, w, u, b) => recurrent(x, w.mul(0.1), u.mul(0.1), b),
    { tolerance: 'contraction' },
  ),
  sample(
    'scan',
    'of moving averages with a decay',
    [input([6, 3]), input([3], 'float32', 'inner')],
    averages,
    SMOOTH,
  ),
  sample(
    'scan',
    'of Fibonacci numbers',
    [input([], 'int32'), input([], 'int32')],
    (a, b) => fibonacci(a, b, 12),
    {
      tolerance: 'exact',
    },
  ),
  sample(
    'scan',
    'of carries that change places',
    [input([2]), input([2])],
    (a, b) => fibonacci(a, b, 5),
    SMOOTH,
  ),
  sample('scan', 'in a scan', [input([2, 3]), input([])], nested, SMOOTH),
  sample(
    'scan',
    'of a structure, with what is captured',
    [input([4, 2]), input([4], 'float32', 'away'), input([2], 'float32', 'inner')],
    (x, y, w) => {
      const wave = sin(w.mul(2));
      const [last, seen] = scan(
        ([left, right], { rows, factors }) => {
          const next = left.mul(wave).add(rows.mul(factors));
          return [[right, next], { next, kept: left.mul(factors) }];
        },
        [w, wave],
        { rows: x, factors: y },
        { reverse: true },
      );
      return [...last, seen.next, seen.kept];
    },
    SMOOTH,
  ),
  sample(
    'scan',
    'of what leaves the carry alone',
    [input([3, 2]), input([2])],
    (x, w) => scan((state, each) => [state, each.mul(state).add(1)], w, x),
    SMOOTH,
  ),
];

const loopSamples: readonly Sample[] = [
  ...(['float32', 'float64'] as const).flatMap((dtype) => [
    sample(
      'forLoop',
      `to a power of a matrix in ${dtype}`,
      [input([3, 3], dtype, 'inner')],
      (x) => matrixPower(x, 4),
      SMOOTH,
    ),
    sample('forLoop', `of a series of [2, 3] ${dtype}`, [input([2, 3], dtype, 'inner')], series, {
      ...SMOOTH,
      viewed: true,
    }),
  ]),
  sample('forLoop', 'without iterations', [input([3])], (x) => forLoop(5, 5, (_, y) => y.mul(2), x), SMOOTH),
  sample(
    'forLoop',
    'in a loop, over both numbers',
    [input([4], 'int32')],
    (x) => forLoop(-1, 3, (i, y) => forLoop(0, 2, (j, z) => z.add(i.mul(10).add(j)), y), x),
    { tolerance: 'exact' },
  ),
  sample(
    'forLoop',
    'that reads at the number of the iteration',
    [input([5, 3])],
    (x) =>
      forLoop(0, 5, (i, total) => total.mul(0.5).add(gather(x, i, 0).square()), x.sum({ axis: 0 }).mul(0)),
    { ...SMOOTH, viewed: true },
  ),
  sample(
    'whileLoop',
    'until a root has converged',
    [input([5], 'float32', 'positive')],
    (x) => newton(x),
    VALUES,
  ),
  sample('whileLoop', 'in float64', [input([2, 3], 'float64', 'positive')], (x) => newton(x), {
    tolerance: 'gradient',
  }),
  sample(
    'whileLoop',
    'with at most 12 iterations',
    [input([3], 'float32', 'positive')],
    (x) => newton(x, 12),
    { tolerance: 'reduction', derivatives: 1 },
  ),
  sample(
    'whileLoop',
    'with a bound that it reaches',
    [input([2, 2], 'float32', 'positive')],
    (x) =>
      whileLoop(
        (y) => less(sum(y), 1e6),
        (y) => y.mul(sin(x)).add(1),
        x,
        { maxIterations: 3 },
      ),
    SMOOTH,
  ),
  sample('whileLoop', 'with a choice inside', [input([], 'int32', { from: 1, below: 30 })], collatz, {
    tolerance: 'exact',
  }),
  sample(
    'whileLoop',
    'that does not begin',
    [input([3])],
    (x) =>
      whileLoop(
        (y) => less(sum(y.square()), -1),
        (y) => y.add(1),
        x,
      ),
    { tolerance: 'exact' },
  ),
];

const choiceSamples: readonly Sample[] = [
  ...(['float32', 'float64'] as const).flatMap((dtype) =>
    [1, -1].map((sign) =>
      sample(
        'cond',
        `of [2, 3] ${dtype} when ${sign > 0}`,
        [input([2, 3], dtype), input([], dtype, 'positive')],
        (x, p) => {
          const captured = sin(x);
          return cond(
            greater(p.mul(sign), 0),
            (a) => [tanh(a).mul(p), a.mul(2)],
            (a) => [captured.mul(a), a.square().sub(p)],
            x,
          );
        },
        { ...SMOOTH, viewed: sign > 0 && dtype === 'float32' },
      ),
    ),
  ),
  sample(
    'cond',
    'of int32 and bool',
    [input([4], 'int32'), input([], 'bool')],
    (x, p) => [
      cond(
        p,
        (a) => a.add(1),
        (a) => a.mul(2),
        x,
      ),
      cond(
        p,
        () => x.less(0),
        () => x.greater(0),
      ),
    ],
    { tolerance: 'exact' },
  ),
  sample(
    'cond',
    'that gives an operand back',
    [input([3]), input([1], 'bool')],
    (x, p) =>
      cond(
        p,
        (a) => a,
        (a) => zerosLike(a),
        x,
      ),
    { tolerance: 'exact' },
  ),
  sample(
    'cond',
    'in every iteration of a scan',
    [input([5, 3], 'float32', 'away'), input([3])],
    choices,
    SMOOTH,
  ),
];

export const controlSamples: readonly Sample[] = [...scanSamples, ...loopSamples, ...choiceSamples];
