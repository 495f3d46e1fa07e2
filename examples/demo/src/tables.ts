/**
 * How well each class is told apart, as numbers and as tables for a terminal.
 */

import { classificationReport } from '@hadal/layers';

/** Counts by [true class][predicted class]. */
export type ConfusionMatrix = readonly (readonly number[])[];

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** One line a class: precision, recall, and how many images there were. */
export function qualityTable(matrix: ConfusionMatrix, names: readonly string[]): string {
  const rows = classificationReport(matrix).classes.map(({ precision, recall, support }, label) => [
    names[label]!,
    percent(precision),
    percent(recall),
    String(support),
  ]);
  return table(['class', 'precision', 'recall', 'images'], rows);
}

/** True classes downwards, predicted ones across; zeros are dots, so that mistakes stand out. */
export function confusionTable(matrix: ConfusionMatrix, names: readonly string[]): string {
  const header = ['true ↓  predicted →', ...names.map((name) => name.slice(0, 7))];
  const rows = matrix.map((row, label) => [
    names[label]!,
    ...row.map((count) => (count === 0 ? '·' : String(count))),
  ]);
  return table(header, rows);
}

/** The first column to the left, the others to the right, a line under the header. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]!.length)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd();
  const rule = '─'.repeat(widths.reduce((total, width) => total + width, 2 * (widths.length - 1)));
  return [line(header), rule, ...rows.map(line)].join('\n');
}
