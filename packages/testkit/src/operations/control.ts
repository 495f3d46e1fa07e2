/**
 * Control flow: scans, counted loops, loops until something happens, and choices.
 */
import {
  concat,
  cond,
  eye,
  floorDiv,
  forLoop,
  gather,
  gradients,
  greater,
  less,
  logicalAnd,
  logicalOr,
  matmul,
  mod,
  ones,
  scalar,
  scan,
  sin,
  sub,
  sum,
  type Tensor,
  tanh,
  variable,
  whileLoop,
  zeros,
  zerosLike,
} from '@hadal/core';
import { input } from '../inputs';
import { isDifferentiated, type Sample, type SampleOptions, sample, shapeText } from '../sample';
import { type ErrorCase, type GoldenUse, type OperationFamily, refuses } from './family';
import { one } from './golden-use';
import { untyped } from './wrong-operands';

const SMOOTH: SampleOptions = { tolerance: 'contraction', derivatives: 2 };
const VALUES: SampleOptions = { tolerance: 'reduction' };

/** Running sums: everything is carry and output at once. */
const sums = (x: Tensor, reverse = false): readonly Tensor[] => {
  const initial = zeros(x.shape.slice(1), { dtype: x.dtype });
  return scan((total, each) => [total.add(each), total.add(each)], initial, x, { reverse });
};

/** A simple recurrent network over [steps, batch, features]: the last state, and all of them. */
const recurrent = (x: Tensor, w: Tensor, u: Tensor, b: Tensor): readonly Tensor[] => {
  const [, batch = 0] = x.shape;
  const initial = zeros([batch, b.size], { dtype: x.dtype });
  return scan(
    (state, each) => {
      const next = tanh(matmul(each, w).add(matmul(state, u)).add(b));
      return [next, next];
    },
    initial,
    x,
  );
};

/** Exponential moving averages with a decay that can be learned. */
const averages = (x: Tensor, decay: Tensor): Tensor =>
  scan(
    ({ mean }, each) => {
      const next = mean.mul(decay).add(each.mul(sub(1, decay)));
      return [{ mean: next }, next];
    },
    { mean: zeros(x.shape.slice(1), { dtype: x.dtype }) },
    x,
  )[1];

/** Two carries that change places, the first `count` Fibonacci numbers from two beginnings on. */
const fibonacci = (a: Tensor, b: Tensor, count: number): Tensor =>
  scan(([first, second]) => [[second, first.add(second)], first], [a, b], undefined, { length: count })[1];

/** xⁿ of a matrix. */
const matrixPower = (x: Tensor, n: number): Tensor =>
  forLoop(0, n, (_, power) => matmul(power, x), eye(x.shape[0] ?? 0, x.shape[0], { dtype: x.dtype }));

/** A polynomial with coefficients 1, 1/2, 1/3, …: the number of the iteration takes part. */
const series = (x: Tensor): Tensor =>
  forLoop(
    1,
    6,
    (i, { power, total }) => ({
      power: power.mul(x),
      total: total.add(power.div(i.cast(x.dtype))),
    }),
    { power: x, total: x.mul(0) },
  ).total;

/** Newton's method for a square root, until it has converged. */
const newton = (x: Tensor, maxIterations?: number): Tensor =>
  whileLoop(
    (root) => greater(sum(root.square().sub(x).abs()), 1e-4),
    (root) => root.add(x.div(root)).mul(0.5),
    x.mul(0.5).add(1),
    maxIterations === undefined ? {} : { maxIterations },
  );

/** A scan in a scan: every row begins where the one before ended. */
const nested = (x: Tensor, w: Tensor): readonly Tensor[] =>
  scan(
    (state, row) =>
      scan(
        (inner, each) => {
          const next = sin(inner.mul(w).add(each).add(state.mul(0.1)));
          return [next, next.mul(each)];
        },
        state,
        row,
      ),
    w.mul(0),
    x,
  );

/** A choice in every iteration. */
const choices = (x: Tensor, w: Tensor): Tensor =>
  scan(
    (state, each) => {
      const next = cond(
        greater(sum(each), 0),
        (s) => tanh(s.mul(w).add(each)),
        (s) => s.sub(each.mul(w)),
        state,
      );
      return [next, next];
    },
    w.mul(0.5),
    x,
  )[1];

/** The steps of the Collatz sequence down to 1, counted. */
const collatz = (start: Tensor): Tensor =>
  whileLoop(
    ({ n }) => n.greater(1),
    ({ n, steps }) => ({
      n: cond(
        mod(n, 2).equal(0),
        (each) => floorDiv(each, 2),
        (each) => each.mul(3).add(1),
        n,
      ),
      steps: steps.add(1),
    }),
    { n: start, steps: scalar(0, { dtype: 'int32' }) },
  ).steps;

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

const goldens: Readonly<Record<string, GoldenUse>> = {
  scan: one((x) => sums(x)),
  'scan reverse': one((x) => sums(x, true)),
  'scan recurrent': (...inputs) => {
    const [x = scalar(0), w = x, u = x, b = x] = inputs;
    return recurrent(x, w, u, b);
  },
  'scan recurrent gradient': (...inputs) => {
    const [x = scalar(0), w = x, u = x, b = x] = inputs;
    const [last = x, all = x] = recurrent(x, w, u, b);
    return gradients(sum(last.square()).add(sum(sin(all))), inputs);
  },
  'scan averages': (x = scalar(0), decay = x) => averages(x, decay),
  'scan Fibonacci': (a = scalar(0), b = a) => fibonacci(a, b, 20),
  'forLoop power': one((x) => matrixPower(x, 5)),
  'forLoop series': one(series),
  'whileLoop root': one((x) => newton(x)),
  'whileLoop bounded gradient': one((x) => gradients(sum(newton(x, 20)), [x])),
  'whileLoop Collatz': one(collatz),
  'cond true': one((x) =>
    cond(
      greater(sum(x), -1e6),
      (a) => a.square(),
      (a) => a.neg(),
      x,
    ),
  ),
  'cond false': one((x) =>
    cond(
      greater(sum(x), 1e6),
      (a) => a.square(),
      (a) => a.neg(),
      x,
    ),
  ),
};

/** A list whose length is not in its type. */
const several = (...tensors: Tensor[]): readonly Tensor[] => tensors;

const errors: readonly ErrorCase[] = [
  refuses(
    'scan',
    'a carry that changes shape',
    () =>
      scan(
        ({ h, c }, x) => [{ h: concat([h, x], 0), c }, undefined],
        { h: zeros([2]), c: zeros([2]) },
        zeros([3, 1]),
      ),
    'ShapeError',
    'the carry.h is float32 [2] before the body and float32 [3] after it',
  ),
  refuses(
    'scan',
    'a carry that changes dtype',
    () => scan((total, x) => [total.add(x), undefined], scalar(0, { dtype: 'int32' }), zeros([3])),
    'DTypeError',
    'the carry is int32 [] before the body and float32 [] after it',
  ),
  refuses(
    'scan',
    'lengths that differ',
    () => scan((total) => [total, undefined], scalar(0), { a: zeros([3]), b: zeros([4, 2]) }),
    'ShapeError',
    'xs.a has 3, xs.b has 4',
  ),
  refuses(
    'scan',
    'a length that differs',
    () => scan((total) => [total, undefined], scalar(0), [zeros([3])], { length: 5 }),
    'ShapeError',
    'xs[0] has 3, length has 5',
  ),
  refuses(
    'scan',
    'no number of iterations',
    () => scan((total) => [total, undefined], scalar(0), undefined),
    'ArgumentError',
    'nothing to scan and no length',
  ),
  refuses(
    'scan',
    'a scalar to scan',
    () => scan((total) => [total, undefined], scalar(0), scalar(1)),
    'ShapeError',
    'no leading axis',
  ),
  refuses(
    'scan',
    'an output that is no tensor',
    () => scan((total) => [total, { loss: [untyped(3)] }], scalar(0), zeros([2])),
    'ArgumentError',
    'the output.loss[0] is the number 3',
  ),
  refuses(
    'scan',
    'a body without a pair',
    () => scan((total) => JSON.parse('[]').concat(total), scalar(0), zeros([2])),
    'ArgumentError',
    'did not return a pair',
  ),
  refuses(
    'scan',
    'an asynchronous body',
    () =>
      scan(
        (total) => Object.assign(Promise.resolve(), { 0: total, 1: undefined, length: 2 }) as never,
        scalar(0),
        zeros([2]),
      ),
    'TraceError',
    'asynchronous',
  ),
  refuses(
    'scan',
    'an assignment',
    () => {
      const count = variable(scalar(0));
      scan((total, x) => [total.add(x), count.assign(total)], scalar(0), zeros([2]));
    },
    'TraceError',
    'a variable is assigned inside a body',
  ),
  refuses(
    'forLoop',
    'half an iteration',
    () => forLoop(0, 1.5, (_, x) => x, scalar(0)),
    'ArgumentError',
    '1.5',
  ),
  refuses(
    'forLoop',
    'a carry of another structure',
    () => forLoop(0, 2, (_, x) => [...x, ...x], several(scalar(0))),
    'ArgumentError',
    'the carry is [tensor] before the body and [tensor,tensor] after it',
  ),
  refuses(
    'whileLoop',
    'a condition that is not bool',
    () =>
      whileLoop(
        (x) => x,
        (x) => x,
        scalar(1),
      ),
    'DTypeError',
    'the condition is float32',
  ),
  refuses(
    'whileLoop',
    'a condition for each element',
    () =>
      whileLoop(
        (x) => x.less(1),
        (x) => x,
        zeros([3]),
      ),
    'ShapeError',
    'the condition has shape [3]',
  ),
  refuses(
    'whileLoop',
    'a gradient without a bound',
    () => {
      const x = scalar(3);
      return gradients(
        whileLoop(
          (y) => y.greater(1),
          (y) => y.mul(0.5),
          x,
        ),
        [x],
      );
    },
    'TraceError',
    'maxIterations',
  ),
  refuses(
    'whileLoop',
    'a bound that is no number of iterations',
    () =>
      whileLoop(
        (x) => x.less(1),
        (x) => x,
        scalar(0),
        { maxIterations: -1 },
      ),
    'ArgumentError',
    '-1',
  ),
  refuses(
    'cond',
    'a predicate that is not bool',
    () =>
      cond(
        scalar(1),
        () => scalar(1),
        () => scalar(2),
      ),
    'DTypeError',
    'the predicate is float32',
  ),
  refuses(
    'cond',
    'results of different shapes',
    () =>
      cond(
        scalar(1).greater(0),
        () => ({ y: zeros([2, 3]) }),
        () => ({ y: zeros([2, 4]) }),
      ),
    'ShapeError',
    'the result.y is float32 [2, 3] when true and float32 [2, 4] when false',
  ),
];

const samples = [...scanSamples, ...loopSamples, ...choiceSamples];

export const control: OperationFamily = { name: 'control', samples, goldens, errors };
