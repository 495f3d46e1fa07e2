/** Optimizers against Keras: the same gradients must give the same path, compiled, saved and resumed as well. */
import { readFileSync } from 'node:fs';
import {
  compile,
  createDevice,
  type HostArray,
  interpreter,
  type JsonObject,
  pow,
  setDevice,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@hadal/core';
import { PlainBackend } from '@hadal/testkit';
import { beforeEach, describe, expect, it } from 'vitest';
import * as exported from '../src';
import { Optimizer, optimizerFromConfig } from '../src';

beforeEach(() => setDevice(interpreter()));

/** One row of the table. */
interface Case {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  /** After the steps that are kept, one list of values for each variable. */
  readonly trajectory: readonly (readonly (readonly number[])[])[];
  /** Steps whose gradients are infinite. */
  readonly infinite?: readonly number[];
  /** The variables after `finalize`. */
  readonly finalized?: readonly (readonly number[])[];
  /** What is minimized: the sum of `w · g`, whose gradient is `g`, or of `(w − g)²/2 + w⁴/4`. */
  readonly loss?: string;
}

interface Golden {
  readonly reference: string;
  readonly names: readonly string[];
  readonly shapes: readonly (readonly number[])[];
  readonly initial: readonly (readonly number[])[];
  /** For each step, one list of values for each variable. */
  readonly gradients: readonly (readonly (readonly number[])[])[];
  /** Which steps are kept in trajectories. */
  readonly steps: readonly number[];
  readonly cases: readonly Case[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('./fixtures/optimizers.json', import.meta.url), 'utf8'),
);
const { names, shapes, cases } = golden;
const LAST = golden.gradients.length - 1;

const make = ({ className, config }: Case): Optimizer => optimizerFromConfig({ className, config });

const tensorsOf = (values: readonly ArrayLike<number>[]): Tensor[] =>
  values.map((data, index) => tensor(Float32Array.from(data), { shape: shapes[index] }));

const variablesOf = (values: readonly ArrayLike<number>[]): Variable[] =>
  tensorsOf(values).map((value, index) => variable(value, { name: names[index] }));

const gradientsAt = ({ infinite = [] }: Case, step: number): readonly (readonly number[])[] => {
  const gradients = golden.gradients[step]!;
  return infinite.includes(step)
    ? gradients.map((values) => values.map(() => Number.POSITIVE_INFINITY))
    : gradients;
};

/** Makes updates by differentiating a loss. */
const stepOf =
  (each: Case, optimizer: Optimizer, variables: readonly Variable[]) =>
  (...gradients: Tensor[]): Tensor =>
    optimizer.minimize(() =>
      variables
        .map(({ value }, index) => {
          const g = gradients[index]!;
          if (each.loss !== 'quartic') return sum(value.mul(g));
          return sum(value.sub(g).square().mul(0.5).add(pow(value, 4).mul(0.25)));
        })
        .reduce((total, part) => total.add(part)),
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

const TOLERANCE = 2e-6;

async function expectValues(
  variables: readonly Variable[],
  expected: readonly (readonly number[])[] | undefined,
  when: string,
): Promise<void> {
  for (const [index, { value }] of variables.entries()) {
    const found = difference(await value.data(), expected?.[index] ?? []);
    expect(found, `${when}, variable ${index}`).toBeLessThan(TOLERANCE);
  }
}

const byName = cases.map((each) => [each.name, each] as const);

describe(`optimizers follow ${golden.reference}`, () => {
  it.each(byName)('%s', async (_, each) => {
    const optimizer = make(each);
    const variables = variablesOf(golden.initial);
    optimizer.build(variables);
    const update = stepOf(each, optimizer, variables);
    for (let step = 0; step <= LAST; step++) {
      update(...tensorsOf(gradientsAt(each, step)));
      const at = golden.steps.indexOf(step);
      if (at >= 0) await expectValues(variables, each.trajectory[at], `step ${step}`);
    }
    optimizer.finalize();
    await expectValues(variables, each.finalized ?? each.trajectory.at(-1), 'at the end');
  });

  it.each(byName)('%s, compiled to kernels and made again from its configuration', async (_, each) => {
    setDevice(createDevice(new PlainBackend()));
    const original = make(each);
    const config = JSON.parse(JSON.stringify(original.getConfig()));
    const optimizer = optimizerFromConfig({ className: original.className, config });
    expect(optimizer.getConfig()).toEqual(original.getConfig());
    expect(original.getConfig()).toMatchObject(each.config);
    const variables = variablesOf(golden.initial);
    optimizer.build(variables);
    const step = compile(stepOf(each, optimizer, variables));
    for (let index = 0; index <= LAST; index++) await step(...tensorsOf(gradientsAt(each, index)));
    await expectValues(variables, each.trajectory.at(-1), 'at the end');
  });

  it.each(byName)('%s, stopped in the middle and resumed', async (_, each) => {
    const run = async (optimizer: Optimizer, variables: readonly Variable[], from: number, to: number) => {
      const update = stepOf(each, optimizer, variables);
      for (let step = from; step <= to; step++) await update(...tensorsOf(gradientsAt(each, step))).data();
    };
    const valuesOf = async (variables: readonly Variable[]) =>
      Promise.all(variables.map(({ value }) => value.data()));
    const whole = variablesOf(golden.initial);
    const unbroken = make(each);
    unbroken.build(whole);
    await run(unbroken, whole, 0, LAST);

    const first = variablesOf(golden.initial);
    const stopped = make(each);
    stopped.build(first);
    await run(stopped, first, 0, 4);
    const state: ReadonlyMap<string, HostArray> = await stopped.state();
    const second = variablesOf(await valuesOf(first));
    const resumed = make(each);
    resumed.build(second);
    resumed.setState(state);
    expect(await resumed.state()).toEqual(state);
    await run(resumed, second, 5, LAST);
    expect(await valuesOf(second)).toEqual(await valuesOf(whole));
    expect(await resumed.state()).toEqual(await unbroken.state());
  });
});

it('the table has every optimizer that can be made', () => {
  const abstract = ['Optimizer', 'UpdateRule', 'OptimizerWrapper'];
  const classes = Object.entries(exported)
    .filter(
      ([name, value]) =>
        value instanceof Function && value.prototype instanceof Optimizer && !abstract.includes(name),
    )
    .map(([name]) => name);
  expect(classes.length).toBeGreaterThan(15);
  expect(classes.filter((name) => !cases.some(({ className }) => className === name))).toEqual([]);
});
