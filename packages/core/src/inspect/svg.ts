/** Pieces of SVG pictures: text that is safe to put in, boxes, lines and the picture around them. */

/** Colours and sizes of all pictures. */
export const STYLE = {
  font: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  fontSize: 12,
  /** Width of a character, for monospaced fonts of this size. */
  characterWidth: 7.3,
  ink: '#1b1f24',
  faint: '#6a737d',
  paper: '#ffffff',
} as const;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for the inside of an element or an attribute; characters that XML has no place for become U+FFFD. */
export const escapeXml = (text: string): string =>
  [...text].map((each) => ENTITIES[each] ?? (isXml(each.codePointAt(0) ?? 0) ? each : '\ufffd')).join('');

const isXml = (code: number): boolean =>
  code === 0x9 ||
  code === 0xa ||
  code === 0xd ||
  (code >= 0x20 && code <= 0xd7ff) ||
  (code >= 0xe000 && code <= 0xfffd) ||
  code >= 0x10000;

export interface TextOptions {
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly fill?: string;
  readonly bold?: boolean;
  /** Paper around the letters, where lines pass below. */
  readonly halo?: boolean;
}

export function text(x: number, y: number, content: string, options: TextOptions = {}): string {
  const { anchor = 'start', fill = STYLE.ink, bold = false, halo = false } = options;
  const around = halo ? ` paint-order="stroke" stroke="${STYLE.paper}" stroke-width="4"` : '';
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}"${weight}${around}>${escapeXml(content)}</text>`;
}

export interface BoxOptions {
  readonly fill: string;
  readonly stroke: string;
  readonly radius?: number;
  readonly dashed?: boolean;
  /** What a viewer shows when pointing at the box. */
  readonly title?: string;
}

export function box(
  x: number,
  y: number,
  width: number,
  height: number,
  { fill, stroke, radius = 4, dashed = false, title }: BoxOptions,
): string {
  const dash = dashed ? ' stroke-dasharray="5 3"' : '';
  const inner = title === undefined ? '' : `<title>${escapeXml(title)}</title>`;
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" fill="${fill}" stroke="${stroke}"${dash}>${inner}</rect>`;
}

/** A line through points, with an arrow head at its end where `arrow` is true. */
export function line(points: readonly Point[], stroke: string, arrow = false): string {
  const path = points.map((point) => point.join(',')).join(' ');
  const drawn = `<polyline points="${path}" fill="none" stroke="${stroke}" stroke-width="1.4"/>`;
  const [from, to] = points.slice(-2);
  return arrow && from !== undefined && to !== undefined ? drawn + arrowHead(from, to, stroke) : drawn;
}

type Point = readonly [x: number, y: number];

/** A triangle with its tip at `to`; lines run along the axes. */
function arrowHead([fromX, fromY]: Point, [x, y]: Point, fill: string): string {
  const dx = Math.sign(x - fromX);
  const dy = Math.sign(y - fromY);
  const corner = (side: number): string => `${x - 7 * dx + 4 * side * dy},${y - 7 * dy + 4 * side * dx}`;
  return `<polygon points="${x},${y} ${corner(1)} ${corner(-1)}" fill="${fill}"/>`;
}

/** The whole picture. */
export function picture(width: number, height: number, title: string, content: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${STYLE.font}" font-size="${STYLE.fontSize}" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${STYLE.paper}"/>`,
    ...content,
    '</svg>',
    '',
  ].join('\n');
}

export const textWidth = (content: string): number => Math.ceil(content.length * STYLE.characterWidth);
