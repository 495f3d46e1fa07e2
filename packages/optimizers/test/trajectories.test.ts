/** Optimizers and schedules against Keras: the same gradients must give the same path. */
import { compile, interpreter, setDevice, type Tensor, tensor, variable } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  adam,
  adamW,
  ConstantSchedule,
  cosineDecay,
  exponentialDecay,
  type LearningRateSchedule,
  type Optimizer,
  optimizerFromConfig,
  piecewiseConstantDecay,
  rmsprop,
  scheduleFromConfig,
  sgd,
  warmup,
} from '../src';
import golden from './fixtures/trajectories.json';

setDevice(interpreter());

type Case = keyof typeof golden.trajectories;

const makers: Record<Case, () => Optimizer> = {
  sgd: () => sgd(0.1),
  'sgd momentum': () => sgd(0.1, { momentum: 0.9 }),
  'sgd nesterov': () => sgd(0.1, { momentum: 0.9, nesterov: true }),
  'sgd weight decay': () => sgd(0.1, { weightDecay: 0.01 }),
  adam: () => adam(0.01),
  'adam options': () => adam(0.05, { beta1: 0.8, beta2: 0.95, epsilon: 1e-3 }),
  'adam amsgrad': () => adam(0.01, { beta2: 0.5, amsgrad: true }),
  adamw: () => adamW(0.01),
  'adamw excluded': () => adamW(0.01, { weightDecay: 0.1, excludeFromWeightDecay: ['bias'] }),
  rmsprop: () => rmsprop(0.01),
  'rmsprop momentum': () => rmsprop(0.01, { momentum: 0.8 }),
  'rmsprop centered': () => rmsprop(0.01, { rho: 0.8, centered: true }),
  'rmsprop centered momentum': () => rmsprop(0.01, { momentum: 0.5, centered: true }),
  'clip norm': () => sgd(0.1, { clipnorm: 1.5 }),
  'clip global norm': () => sgd(0.1, { globalClipnorm: 1.5 }),
  'clip value': () => sgd(0.1, { clipvalue: 0.5 }),
  'cosine schedule': () => sgd(cosineDecay(0.2, 8, { alpha: 0.1 })),
};

const { shapes } = golden;
const tensorsOf = (values: readonly (readonly number[])[]): Tensor[] =>
  values.map((data, index) => tensor(Float32Array.from(data), { shape: shapes[index] }));

const variablesOf = () =>
  tensorsOf(golden.initial).map((value, index) =>
    variable(value, { name: `${index === 2 ? 'bias' : 'kernel'}_${index}` }),
  );

/** Largest difference, relative to the size of the values. */
function difference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return Math.max(
    ...expected.map(
      (value, index) => Math.abs(value - (actual[index] ?? Number.NaN)) / (1 + Math.abs(value)),
    ),
  );
}

const cases = Object.entries(golden.trajectories);

describe(`optimizers follow ${golden.reference}`, () => {
  it.each(cases)('%s', async (name, trajectory) => {
    const optimizer = makers[name as Case]();
    const variables = variablesOf();
    for (const [step, gradients] of golden.gradients.entries()) {
      optimizer.apply(tensorsOf(gradients), variables);
      for (const [index, { value }] of variables.entries()) {
        const expected = trajectory[step]?.[index] ?? [];
        expect(difference(await value.data(), expected), `step ${step}, variable ${index}`).toBeLessThan(
          2e-6,
        );
      }
    }
  });

  it.each(cases)('%s, compiled and made again from its configuration', async (name, trajectory) => {
    const original = makers[name as Case]();
    const config = JSON.parse(JSON.stringify(original.getConfig()));
    const optimizer = optimizerFromConfig({ className: original.className, config });
    const variables = variablesOf();
    optimizer.build(variables);
    const step = compile((...gradients: Tensor[]): void => optimizer.apply(gradients));
    for (const gradients of golden.gradients) await step(...tensorsOf(gradients));
    for (const [index, { value }] of variables.entries()) {
      expect(difference(await value.data(), trajectory.at(-1)?.[index] ?? [])).toBeLessThan(2e-6);
    }
  });
});

const schedules: Record<keyof typeof golden.schedules, () => LearningRateSchedule> = {
  exponential: () => exponentialDecay(0.1, 5, 0.9),
  'exponential staircase': () => exponentialDecay(0.1, 5, 0.9, { staircase: true }),
  piecewise: () => piecewiseConstantDecay([2, 8], [1, 0.5, 0.1]),
  cosine: () => cosineDecay(0.1, 13, { alpha: 0.2 }),
  'cosine warm-up': () => cosineDecay(0.01, 10, { alpha: 0.1, warmupTarget: 0.1, warmupSteps: 4 }),
};

const ratesOf = async (schedule: LearningRateSchedule, steps: readonly number[]): Promise<number[]> => {
  const rates: number[] = [];
  for (const step of steps) rates.push(await schedule.valueAt(tensor(step)).item());
  return rates;
};

describe(`schedules follow ${golden.reference}`, () => {
  it.each(Object.entries(golden.schedules))('%s', async (name, expected) => {
    const schedule = schedules[name as keyof typeof schedules]();
    expect(difference(await ratesOf(schedule, golden.steps), expected)).toBeLessThan(1e-6);
    const config = JSON.parse(JSON.stringify(schedule.getConfig()));
    const again = scheduleFromConfig({ className: schedule.className, config });
    expect(await ratesOf(again, golden.steps)).toEqual(await ratesOf(schedule, golden.steps));
  });

  it('a warm-up rises linearly to the schedule behind it and then follows it from its beginning', async () => {
    const schedule = warmup(4, exponentialDecay(0.1, 5, 0.9), { from: 0.02 });
    const rates = await ratesOf(schedule, [0, 2, 4, 9]);
    expect(difference(rates, [0.02, 0.06, 0.1, 0.09])).toBeLessThan(1e-6);
    const again = scheduleFromConfig({
      className: 'Warmup',
      config: JSON.parse(JSON.stringify(schedule.getConfig())),
    });
    expect(await ratesOf(again, [0, 2, 4, 9])).toEqual(rates);
  });

  it('a constant schedule gives its rate at every step', async () => {
    expect(difference(await ratesOf(new ConstantSchedule(0.3), [0, 100]), [0.3, 0.3])).toBeLessThan(1e-7);
  });
});
