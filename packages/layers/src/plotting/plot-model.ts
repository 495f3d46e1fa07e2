/** A picture of a model: its layers as boxes, one below the other, and what flows between them as lines. */
import type { AnyLayer } from '../layer/layer';
import { formatLayerShape } from '../layer/shape';
import type { AnyNetwork } from '../model/network';
import { usesOf } from '../model/summary';
import { layOut, type Point } from './layout';

export interface PlotModelOptions {
  /** Shows the shape of what every layer gives (default true). */
  readonly showShapes?: boolean;
  /** Shows how many parameters every layer has (default true). */
  readonly showParameters?: boolean;
}

const FONT_SIZE = 12;
/** Width of a character of the monospaced font, in parts of its size. */
const CHARACTER = 0.62;
const LINE = 17;
const PADDING = 9;
const MARGIN = 16;
/** Between rows, where lines bend. */
const BETWEEN = 34;

const escaped = (text: string): string =>
  text.replace(
    /[&<>"]/g,
    (found) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[found] ?? found,
  );

const rounded = (value: number): number => Math.round(value * 10) / 10;

/**
 * Draws a model as SVG: a box for every use of a layer with its name, class, output shapes and parameters. A layer that is
 * used again says so; a model within the model is one box.
 *
 * @returns the text of an SVG picture, for a file or a page
 * @example
 * await writeFile('model.svg', plotModel(model));
 */
export function plotModel(
  network: AnyNetwork,
  { showShapes = true, showParameters = true }: PlotModelOptions = {},
): string {
  const uses = usesOf(network);
  const seen = new Set<AnyLayer>();
  const texts = uses.map(({ layer, outputShapes }) => {
    const again = seen.has(layer);
    seen.add(layer);
    const parameters = layer.built ? layer.countParameters() : undefined;
    return [
      layer.name,
      `${layer.className}${layer.trainable ? '' : ', frozen'}`,
      ...(showShapes ? [outputShapes?.map(formatLayerShape).join(', ') ?? 'shape not known'] : []),
      ...(again ? ['shared'] : []),
      ...(showParameters && !again && parameters !== 0
        ? [parameters === undefined ? 'not built' : `${parameters.toLocaleString('en-US')} parameters`]
        : []),
    ];
  });
  const lineCount = Math.max(0, ...texts.map(({ length }) => length));
  const height = lineCount * LINE + 2 * PADDING;
  const widths = texts.map(
    (lines) => Math.max(...lines.map(({ length }) => length)) * FONT_SIZE * CHARACTER + 2 * PADDING,
  );
  const layout = layOut(uses.map(({ from }, index) => ({ width: widths[index]!, from })));
  const top = (row: number): number => MARGIN + row * (height + BETWEEN);
  const boxes = layout.boxes.map(({ x, row }, index) =>
    drawBox(x + MARGIN, top(row), widths[index]!, height, texts[index]!),
  );
  const lines = layout.lines.map((points) => drawLine(points, height, top));
  const size = [layout.width + 2 * MARGIN, top(layout.rows - 1) + height + MARGIN].map(Math.ceil);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" viewBox="0 0 ${size[0]} ${size[1]}" role="img" aria-label="${escaped(`Layers of ${network.name}`)}">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="#64748b"/></marker></defs>',
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    '<g fill="none" stroke="#64748b" stroke-width="1.3">',
    ...lines,
    '</g>',
    `<g font-family="ui-monospace, Menlo, Consolas, monospace" font-size="${FONT_SIZE}" text-anchor="middle">`,
    ...boxes,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** @param x centre @param y top edge */
function drawBox(x: number, y: number, width: number, height: number, lines: readonly string[]): string {
  const first = y + (height - lines.length * LINE) / 2 + FONT_SIZE;
  const rect = `<rect x="${rounded(x - width / 2)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" rx="6" fill="#eff6ff" stroke="#3b82f6"/>`;
  const texts = lines.map(
    (line, index) =>
      `<text x="${rounded(x)}" y="${rounded(first + index * LINE)}" ${index === 0 ? 'font-weight="bold" fill="#0f172a"' : 'fill="#475569"'}>${escaped(line)}</text>`,
  );
  return [rect, ...texts].join('');
}

/** A line that leaves and enters boxes, and passes rows, straight down. */
function drawLine(points: readonly Point[], height: number, top: (row: number) => number): string {
  let path = '';
  for (const [index, { x, row }] of points.entries()) {
    const [left, upper] = [rounded(x + MARGIN), rounded(top(row))];
    const lower = rounded(top(row) + height);
    if (index === 0) {
      path += `M${left} ${lower}`;
      continue;
    }
    const before = points[index - 1]!;
    const middle = rounded(top(row) - BETWEEN / 2);
    path += `C${rounded(before.x + MARGIN)} ${middle} ${left} ${middle} ${left} ${upper}`;
    if (index < points.length - 1) path += `L${left} ${lower}`;
  }
  return `<path d="${path}" marker-end="url(#arrow)"/>`;
}
