/**
 * Programs with control flow: scans, counted loops, loops until something happens, and choices.
 */
import {
  cond,
  eye,
  floorDiv,
  forLoop,
  greater,
  matmul,
  mod,
  scalar,
  scan,
  sin,
  sub,
  sum,
  type Tensor,
  tanh,
  whileLoop,
  zeros,
} from '@hadal/core';

/** Running sums: everything is carry and output at once. */
export const sums = (x: Tensor, reverse = false): readonly Tensor[] => {
  const initial = zeros(x.shape.slice(1), { dtype: x.dtype });
  return scan((total, each) => [total.add(each), total.add(each)], initial, x, { reverse });
};

/** A simple recurrent network over [steps, batch, features]: the last state, and all of them. */
export const recurrent = (x: Tensor, w: Tensor, u: Tensor, b: Tensor): readonly Tensor[] => {
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
export const averages = (x: Tensor, decay: Tensor): Tensor =>
  scan(
    ({ mean }, each) => {
      const next = mean.mul(decay).add(each.mul(sub(1, decay)));
      return [{ mean: next }, next];
    },
    { mean: zeros(x.shape.slice(1), { dtype: x.dtype }) },
    x,
  )[1];

/** Two carries that change places, the first `count` Fibonacci numbers from two beginnings on. */
export const fibonacci = (a: Tensor, b: Tensor, count: number): Tensor =>
  scan(([first, second]) => [[second, first.add(second)], first], [a, b], undefined, { length: count })[1];

/** xⁿ of a matrix. */
export const matrixPower = (x: Tensor, n: number): Tensor =>
  forLoop(0, n, (_, power) => matmul(power, x), eye(x.shape[0] ?? 0, x.shape[0], { dtype: x.dtype }));

/** A polynomial with coefficients 1, 1/2, 1/3, …: the number of the iteration takes part. */
export const series = (x: Tensor): Tensor =>
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
export const newton = (x: Tensor, maxIterations?: number): Tensor =>
  whileLoop(
    (root) => greater(sum(root.square().sub(x).abs()), 1e-4),
    (root) => root.add(x.div(root)).mul(0.5),
    x.mul(0.5).add(1),
    maxIterations === undefined ? {} : { maxIterations },
  );

/** A scan in a scan: every row begins where the one before ended. */
export const nested = (x: Tensor, w: Tensor): readonly Tensor[] =>
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
export const choices = (x: Tensor, w: Tensor): Tensor =>
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
export const collatz = (start: Tensor): Tensor =>
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
