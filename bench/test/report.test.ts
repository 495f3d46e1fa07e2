import { describe, expect, it } from 'vitest';
import type { Measurement } from '../src/measure';
import { bestSettings, markdownTable, ratiosOf, section } from '../src/report';

const measured = (contestant: string, group: string, rounds: (number | undefined)[]): Measurement => ({
  contestant,
  group,
  isOwn: group.startsWith('hadal'),
  rounds,
  median: rounds.find((rate) => rate !== undefined) ?? 0,
});

const eager = measured('PyTorch (eager)', 'torch', [10, 10, 10]);
const compiled = measured('PyTorch (compile)', 'torch', [20, 20, 20]);
const own = measured('hadal-cpu', 'hadal-cpu', [40, undefined, 40]);
const failed: Measurement = { contestant: 'other', group: 'tfjs', isOwn: false, rounds: [], reason: 'a | b' };

describe('the report', () => {
  it('compares with the best setting of a peer, in the rounds that both took part in', () => {
    expect([...bestSettings([own, eager, compiled, failed])]).toEqual(['hadal-cpu', 'PyTorch (compile)']);
    expect(ratiosOf([own, eager, compiled, failed])).toEqual([
      { own: 'hadal-cpu', peer: 'PyTorch (compile)', value: 2, low: 2, high: 2 },
    ]);
  });

  it('marks the best setting, prints losses and says why somebody did not take part', () => {
    const text = section({
      id: 'D1',
      workload: 'training step',
      unit: 'steps/s',
      discardedRounds: 1,
      disturbedRounds: 0,
      measurements: [{ ...own, losses: { first: 2.5, last: 1.25, steps: 8 } }, eager, compiled, failed],
    });
    expect(text).toContain('| **PyTorch (compile)** ');
    expect(text).toContain('2.50000 → 1.25000 (8 steps)');
    expect(text).toMatch(/\| other +\| – +\| a \\\| b/);
    expect(text).toContain('1 rounds thrown away');
  });

  it('writes tables whose rows have all columns', () => {
    const lines = markdownTable(['a', 'b'], [['1'], ['2', 'long']]).split('\n');
    expect(lines).toEqual(['| a   | b    |', '| --- | ---- |', '| 1   |      |', '| 2   | long |']);
  });
});
