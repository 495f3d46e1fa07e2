/**
 * Whether memory grows: what a process holds after 100 and after 1,000 training steps of a perceptron.
 */
import { ContestantError, ContestantProcess } from './contestant';
import type { Entrant } from './contestants';
import { markdownTable } from './report';

export const memoryTitle = 'memory after 1,000 training steps of an MLP 784-64-64-10, batch 32';

const earlySteps = 100;
const allSteps = 1000;

export interface MemoryUse {
  readonly contestant: string;
  /** Resident bytes of the process after 100 steps and after 1,000. */
  readonly earlyBytes?: number;
  readonly lateBytes?: number;
  readonly reason?: string;
}

/** @param problemFile a training problem */
export async function measureMemory(entrants: readonly Entrant[], problemFile: string): Promise<MemoryUse[]> {
  const results: MemoryUse[] = [];
  for (const entrant of entrants) {
    const contestant = entrant.name;
    const process = new ContestantProcess(entrant);
    try {
      await process.prepare(problemFile);
      const { residentBytes: earlyBytes } = await process.round(earlySteps);
      const { residentBytes: lateBytes } = await process.round(allSteps - earlySteps);
      results.push({ contestant, earlyBytes, lateBytes });
    } catch (error) {
      if (!(error instanceof ContestantError)) throw error;
      results.push({ contestant, reason: error.message });
    } finally {
      process.close();
    }
  }
  return results;
}

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

/** @returns the heading and a markdown table */
export function memorySection(uses: readonly MemoryUse[]): string {
  const rows = uses.map(({ contestant, earlyBytes, lateBytes, reason }) =>
    earlyBytes === undefined || lateBytes === undefined
      ? [contestant, '–', '', reason ?? '']
      : [contestant, megabytes(earlyBytes), megabytes(lateBytes), megabytes(lateBytes - earlyBytes)],
  );
  const header = ['contestant', 'MB after 100 steps', 'MB after 1,000', 'growth in MB'];
  return `## F: ${memoryTitle}\n\n${markdownTable(header, rows)}`;
}
