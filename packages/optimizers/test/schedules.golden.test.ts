/** Learning rate schedules against Keras and PyTorch, step by step. */
import { readFileSync } from 'node:fs';
import { interpreter, type JsonObject, setDevice, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import * as exported from '../src';
import { LearningRateSchedule, scheduleFromConfig } from '../src';

setDevice(interpreter());

interface Case {
  readonly className: string;
  readonly config: JsonObject;
  readonly values: readonly number[];
}

interface Golden {
  readonly reference: string;
  readonly steps: readonly number[];
  readonly cases: readonly Case[];
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('./fixtures/schedules.json', import.meta.url), 'utf8'),
);
const { cases } = golden;

const ratesOf = async (schedule: LearningRateSchedule): Promise<number[]> => {
  const rates: number[] = [];
  for (const step of golden.steps) rates.push(await schedule.valueAt(tensor(step)).item());
  return rates;
};

describe(`schedules follow ${golden.reference}`, () => {
  it.each(cases.map((each) => [each.className, JSON.stringify(each.config), each] as const))(
    '%s %s',
    async (className, _, { config, values }) => {
      const schedule = scheduleFromConfig({ className, config });
      const rates = await ratesOf(schedule);
      for (const [index, rate] of rates.entries()) {
        const difference = Math.abs(rate - values[index]!);
        expect(difference, `step ${golden.steps[index]}`).toBeLessThan(
          1e-7 + 1e-6 * Math.abs(values[index]!),
        );
      }
      expect(schedule.getConfig()).toMatchObject(config);
      const again = scheduleFromConfig({
        className: schedule.className,
        config: JSON.parse(JSON.stringify(schedule.getConfig())),
      });
      expect(again.getConfig()).toEqual(schedule.getConfig());
      expect(await ratesOf(again)).toEqual(rates);
    },
  );
});

it('the table has every schedule that can be made', () => {
  const classes = Object.entries(exported)
    .filter(([, value]) => value instanceof Function && value.prototype instanceof LearningRateSchedule)
    .map(([name]) => name);
  expect(classes.length).toBeGreaterThan(9);
  expect(classes.filter((name) => !cases.some(({ className }) => className === name))).toEqual([]);
});
