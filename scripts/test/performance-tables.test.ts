import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { performanceTables, withTables } from '../lib/performance-tables.mjs';

const run = {
  date: '2026-02-03T04:05:06.000Z',
  machine: { cpu: 'a processor', cores: 2, node: 'v20' },
  threads: 1,
  results: [
    {
      id: 'D1',
      workload: 'a | step',
      unit: 'steps/s',
      disturbedRounds: 1,
      measurements: [
        { contestant: 'hadal-native', group: 'hadal-native', isOwn: true, median: 1234.5 },
        { contestant: 'PyTorch (eager)', group: 'torch', isOwn: false, median: 617 },
        { contestant: 'tfjs (wasm)', group: 'tfjs', isOwn: false, reason: 'cannot' },
      ],
    },
  ],
  ratios: [
    {
      id: 'D1',
      workload: 'a | step',
      ratios: [{ own: 'hadal-native', peer: 'PyTorch (eager)', value: 2, low: 1.98, high: 2.024 }],
    },
  ],
};

describe('the figures of the performance page', () => {
  it('give the rate of each device and its ratio to the best setting of each peer', () => {
    expect(performanceTables([run])).toBe(
      [
        '### 1 thread',
        '',
        '2026-02-03, a processor, 2 cores, Node v20.',
        '',
        '|  | workload | hadal-native | × torch | × tfjs |',
        '| --- | --- | --- | --- | --- |',
        '| D1 | a \\| step * | 1235 steps/s | 2.00 [1.98 … 2.02] | – |',
        '',
        '\\* The machine was not calm in some of the rounds.',
      ].join('\n'),
    );
  });

  it('replace those before, wherever the page has them', () => {
    const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8');
    const once = withTables(page, performanceTables([run]));
    expect(once).toContain('| D1 | a \\| step * |');
    expect(withTables(once, performanceTables([run]))).toBe(once);
    expect(withTables(once, 'nothing')).not.toContain('D1 | a');
  });

  it('need a place', () => {
    expect(() => withTables('# A page', '')).toThrow(/has no line/);
  });
});
