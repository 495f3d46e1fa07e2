/** The table that `summary` prints. */
import type { AnyLayer } from '../layer/layer';
import { formatLayerShape, isShape, type LayerShape } from '../layer/shape';
import { ownerOf } from '../layer/way';
import type { AnyNetwork } from './network';
import type { LayerUse } from './structure';

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

/** The uses of a model's layers, in the order in which they are computed. */
export const usesOf = ({ structure, inputShapes, layers }: AnyNetwork): readonly LayerUse[] =>
  structure.uses?.(inputShapes) ?? chainUses(layers, inputShapes?.[0]);

/** The lines of the table. */
export function formatSummary(network: AnyNetwork): string[] {
  const uses = usesOf(network);
  const isChain = uses.every(({ from }, index) =>
    index === 0 ? from.length === 0 : from.length === 1 && from[0] === index - 1,
  );
  const seen = new Set<AnyLayer>();
  const rows: string[][] = [['Layer (class)', 'Output shape', 'Parameters', ...(isChain ? [] : ['From'])]];
  for (const { layer, outputShapes, from } of uses) {
    const owner = ownerOf(layer);
    const parameters = owner.built ? count(owner.countParameters()) : '? (not built)';
    rows.push([
      `${layer.name} (${layer.className})${layer.trainable ? '' : ', frozen'}`,
      outputShapes?.map(formatLayerShape).join(', ') ?? '?',
      seen.has(owner) ? 'shared' : parameters,
      ...(isChain ? [] : [from.map((use) => uses[use]!.layer.name).join(', ')]),
    ]);
    seen.add(owner);
  }
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]): string =>
    `│ ${cells.map((cell, column) => (column === 2 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!))).join(' │ ')} │`;
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

/** The uses of layers that follow one another. */
function chainUses(layers: readonly AnyLayer[], inputShape: LayerShape | undefined): readonly LayerUse[] {
  let shape = inputShape;
  return layers.map((layer, index) => {
    const result = shape === undefined ? undefined : layer.computeOutputShape(shape);
    shape = isShape(result) ? result : undefined;
    return {
      layer,
      outputShapes: shape === undefined ? undefined : [shape],
      from: index === 0 ? [] : [index - 1],
    };
  });
}
