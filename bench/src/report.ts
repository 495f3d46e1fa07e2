/**
 * The result as people read it: one table for each workload, with ratios.
 */
import { hadal } from './contestants';
import type { Measurement } from './measure';
import { digits } from './statistics';

/** @returns lines of a table: contestant, median, spread of the rounds, how many times as fast Hadal is */
export function table(workload: string, measurements: readonly Measurement[]): string {
  const own = measurements.find(({ contestant }) => contestant === hadal.name)?.median;
  const rows = measurements.map(({ contestant, unit, median, rounds, reason }) => {
    if (median === undefined) return [contestant, '–', reason ?? '', ''];
    const spread = `${digits(Math.min(...rounds))} … ${digits(Math.max(...rounds))} (${rounds.length} rounds)`;
    const ratio = own === undefined || contestant === hadal.name ? '' : `Hadal ×${digits(own / median)}`;
    return [contestant, `${digits(median)} ${unit}`, spread, ratio];
  });
  const measured = rows.filter((_, i) => measurements[i]?.median !== undefined);
  const width = (column: number, among: readonly string[][]): number =>
    Math.max(0, ...among.map((row) => row[column]?.length ?? 0));
  const widths = [width(0, rows), width(1, measured), width(2, measured)];
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [workload, ...lines.map((line) => `  ${line}`)].join('\n');
}
