/**
 * Every metric against Keras, or its definition: figures over several batches, weights, masks, merging, configurations. One
 * table, which no metric may be missing from.
 */
import { compile, interpreter, setDevice } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import * as layers from '../src';
import { MeanMetric, Metric } from '../src';
import { FunctionMetric } from '../src/metrics/mean';
import { metricFromConfig, resolveMetric } from '../src/metrics/table';
import { expectGolden } from './golden';
import {
  argumentsOf,
  cases,
  classes,
  type MetricArguments,
  type MetricCase,
  metricOf,
  reference,
  update,
} from './metric-cases';

setDevice(interpreter());

/** A metric that has seen one batch. */
function madeOf(saved: MetricCase, batch: MetricCase['batches'][number]): Metric {
  const metric = metricOf(saved);
  update(metric, ...argumentsOf(batch));
  return metric;
}

const TOLERANCE = 3e-6;

describe(`metrics are those of ${reference}`, () => {
  it.each(cases)('$name', async (saved) => {
    const metric = metricOf(saved);
    for (let pass = 0; pass < 2; pass++) {
      for (const batch of saved.batches) update(metric, ...argumentsOf(batch));
      await expectGolden(metric.result(), saved.value, TOLERANCE);
      metric.resetState();
    }
    expect(metric.direction).toBe(saved.direction ?? undefined);
  });

  it.each(cases)('$name: compiled', async (saved) => {
    const metric = metricOf(saved);
    metric.build(saved.batches[0]?.p.shape ?? []);
    const step = compile((...batch: MetricArguments): undefined => {
      update(metric, ...batch);
    });
    const read = compile(() => metric.result());
    for (const batch of saved.batches) await step(...argumentsOf(batch));
    await expectGolden(await read(), saved.value, TOLERANCE);
  });

  it.each(cases)('$name: merged', async (saved) => {
    const halves = saved.batches.map((batch) => madeOf(saved, batch));
    const whole = metricOf(saved);
    whole.merge(...halves);
    await expectGolden(whole.result(), saved.value, TOLERANCE);
    const elsewhere = metricOf(saved);
    for (const half of halves) elsewhere.mergeState(await half.readState());
    await expectGolden(elsewhere.result(), saved.value, TOLERANCE);
  });

  it.each(cases)('$name: configuration', ({ className, config }) => {
    const metric = metricFromConfig({ className, config });
    const written = metric.getConfig();
    expect(written).toMatchObject(config);
    expect(metric.className).toBe(className);
    expect(metric.name).toBe('it');
    expect(metricFromConfig({ className, config: written }).getConfig()).toEqual(written);
    expect(() => metricFromConfig({ className, config: { ...written, unheard: 1 } })).toThrow(/unheard/);
  });
});

/** Exported classes, with the names that files have. */
const exported = new Map(
  Object.entries(layers).flatMap(([name, value]): [string, string][] =>
    typeof value === 'function' && value.prototype instanceof Metric && (value as unknown) !== MeanMetric
      ? [[name, (value as unknown as { className: string }).className]]
      : [],
  ),
);

describe('the table of metrics', () => {
  const covered = new Set(cases.map(({ className }) => className));

  it('has a case for every metric that is exported, and for every one of Keras', () => {
    expect(exported.size).toBeGreaterThan(30);
    expect([...exported.values()].filter((className) => !covered.has(className))).toEqual([]);
    expect(classes.filter((className) => !covered.has(className))).toEqual([]);
  });

  it('knows every metric of Keras by its name in camelCase and snake_case', () => {
    const needMore = /IoU$|At(Recall|Precision|Specificity|Sensitivity)$/;
    for (const className of classes) {
      if (needMore.test(className) && className !== 'BinaryIoU') {
        expect(() => resolveMetric(className as layers.MetricName)).toThrow(/needs more than its name/);
      } else {
        const metric = resolveMetric(className as layers.MetricName);
        expect(metric.className).toBe(className === 'Accuracy' ? 'InferredAccuracy' : className);
      }
    }
    const names: layers.MetricName[] = [
      'acc',
      'rmse',
      'mse',
      'log_cosh_error',
      'r2_score',
      'f1_score',
      'top_k_categorical_accuracy',
      'bleu',
      'edit_distance',
    ];
    for (const name of names) expect(resolveMetric(name).name).toBe(name);
    expect(resolveMetric((y, p) => y.sub(p))).toBeInstanceOf(FunctionMetric);
    expect(() => resolveMetric('recal' as layers.MetricName)).toThrow(/Did you mean 'recall'/);
    expect(() => metricFromConfig({ className: 'Unheard', config: {} })).toThrow(/Unheard/);
  });

  it('has a factory beside every class but Mean and Sum, which are operations of those names', () => {
    const factories = new Map(
      Object.entries(layers)
        .filter(([name]) => /^[a-z]/.test(name))
        .map(([name, value]) => [name.toLowerCase(), value]),
    );
    for (const name of exported.keys()) {
      expect(factories.has(name.toLowerCase()), name).toBe(name !== 'Mean' && name !== 'Sum');
    }
  });
});
