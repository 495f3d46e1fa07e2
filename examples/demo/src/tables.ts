/**
 * How well each class is told apart, as numbers and as tables for a terminal.
 */

/** Counts by [true class][predicted class]. */
export type ConfusionMatrix = readonly (readonly number[])[];

export interface ClassQuality {
  /** Of the images called this class, the share that is. */
  readonly precision: number;
  /** Of the images of this class, the share that was found. */
  readonly recall: number;
  /** Images of this class. */
  readonly support: number;
}

/** Precision and recall of every class; 0 where nothing can be divided. */
export function classQualities(matrix: ConfusionMatrix): readonly ClassQuality[] {
  return matrix.map((row, label) => {
    const hits = row[label]!;
    const support = row.reduce((total, count) => total + count, 0);
    const called = matrix.reduce((total, other) => total + other[label]!, 0);
    return {
      precision: called === 0 ? 0 : hits / called,
      recall: support === 0 ? 0 : hits / support,
      support,
    };
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** One line a class: precision, recall, and how many images there were. */
export function qualityTable(matrix: ConfusionMatrix, names: readonly string[]): string {
  const rows = classQualities(matrix).map(({ precision, recall, support }, label) => [
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
