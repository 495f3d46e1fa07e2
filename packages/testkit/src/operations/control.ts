/**
 * Control flow: scans, counted loops, loops until something happens, and choices.
 */
import {
  concat,
  cond,
  forLoop,
  gradients,
  greater,
  scalar,
  scan,
  sin,
  sum,
  type Tensor,
  variable,
  whileLoop,
  zeros,
} from '@hadal/core';
import {
  averages,
  collatz,
  fibonacci,
  matrixPower,
  newton,
  recurrent,
  series,
  sums,
} from './control-programs';
import { controlSamples } from './control-samples';
import { type ErrorCase, type GoldenUse, type OperationFamily, refuses } from './family';
import { one } from './golden-use';
import { untyped } from './wrong-operands';

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

export const control: OperationFamily = { name: 'control', samples: controlSamples, goldens, errors };
