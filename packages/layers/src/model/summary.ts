/** The table that `summary` prints. */
import { formatLayerShape } from '../layer/shape';
import type { Network } from './network';

export interface SummaryOptions {
  /** Takes one line at a time (default console.log). */
  readonly print?: (line: string) => void;
}

/** Bytes in units that people read. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(2)} KiB`;
  return `${(bytes / 1024 ** 2).toFixed(2)} MiB`;
}

const count = (value: number): string => value.toLocaleString('en-US');

/** The lines of the table. */
export function formatSummary(network: Network): string[] {
  const rows: string[][] = [['Layer (class)', 'Output shape', 'Parameters']];
  let shape = network.builtShape;
  for (const layer of network.layers) {
    shape = shape === undefined ? undefined : layer.computeOutputShape(shape);
    rows.push([
      `${layer.name} (${layer.className})${layer.trainable ? '' : ', frozen'}`,
      shape === undefined ? '?' : formatLayerShape(shape),
      layer.built ? count(layer.countParameters()) : '? (not built)',
    ]);
  }
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `│ ${cells[0]!.padEnd(widths[0]!)} │ ${cells[1]!.padEnd(widths[1]!)} │ ${cells[2]!.padStart(widths[2]!)} │`;
  const rule = (left: string, middle: string, right: string): string =>
    `${left}${widths.map((width) => '─'.repeat(width + 2)).join(middle)}${right}`;
  const [header, ...body] = rows;
  const trainable = network.trainableWeights.reduce((sum, { size }) => sum + size, 0);
  const total = network.countParameters();
  const bytes = network.weights.reduce(
    (sum, { size, dtype }) => sum + size * (dtype === 'float64' ? 8 : 4),
    0,
  );
  return [
    `Model: "${network.name}"`,
    rule('┌', '┬', '┐'),
    line(header!),
    rule('├', '┼', '┤'),
    ...body.map(line),
    rule('└', '┴', '┘'),
    `Parameters: ${count(total)} (${formatBytes(bytes)}), ${count(trainable)} trainable, ${count(total - trainable)} not`,
  ];
}
