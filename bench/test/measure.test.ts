/** What the rounds that count are taken on. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { measure } from '../src/measure';
import { trainingProblem } from '../src/problems/models';
import { forecaster } from '../src/problems/networks';
import { writeProblem } from '../src/problems/write';

const contestant = {
  name: 'batch size',
  command: process.execPath,
  args: [fileURLToPath(new URL('batch-size.mjs', import.meta.url))],
};

describe('a workload with a scaled-down problem', () => {
  it('times the whole one, after every contestant solved the small one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'hadal-bench-'));
    const prepared: string[] = [];
    try {
      const { measurements } = await measure(
        {
          id: 'D6',
          name: 'LSTM',
          unit: 'steps/s',
          scale: 1,
          repetitions: 2,
          byDefault: false,
          problem: () => trainingProblem(forecaster(5, 2, 3)),
          scaledDown: () => trainingProblem(forecaster(2, 2, 3)),
        },
        [{ ...contestant, group: 'hadal-cpu', isOwn: true }],
        {
          rounds: 3,
          budgetSeconds: 10,
          write(problem, extents) {
            prepared.push(extents);
            return writeProblem(folder, `${extents}.bin`, problem);
          },
          interpreter: () => contestant,
        },
      );
      expect(prepared.toSorted()).toEqual(['small', 'whole']);
      expect(measurements.map(({ losses, reason }) => reason ?? losses?.first)).toEqual([5]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
