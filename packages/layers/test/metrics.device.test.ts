/** Metrics within compiled steps on the CPU backend: one case of every class. */
import { cpu } from '@hadal/backend-cpu';
import { compile, setDevice } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { expectGolden } from './golden';
import { argumentsOf, cases, type MetricArguments, metricOf, update } from './metric-cases';

const firsts = [...new Map(cases.toReversed().map((saved) => [saved.className, saved])).values()];

describe('metrics on the CPU', () => {
  it.each(firsts)('$name', async (saved) => {
    setDevice(await cpu());
    const metric = metricOf(saved);
    metric.build(saved.batches[0]?.p.shape ?? []);
    const step = compile((...batch: MetricArguments): undefined => {
      update(metric, ...batch);
    });
    for (const batch of saved.batches) await step(...argumentsOf(batch));
    await expectGolden(metric.result(), saved.value, 3e-6);
    expect(firsts.length).toBeGreaterThan(40);
  });
});
