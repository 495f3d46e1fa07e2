/** Line charts as SVG: what a run measured, epoch by epoch, beside what it is measured against. */

export interface Line {
  readonly name: string;
  readonly values: readonly number[];
  /** Where the values lie (default 1, 2, 3 …). */
  readonly at?: readonly number[];
  /** For baselines. */
  readonly dashed?: boolean;
}

export interface ChartOptions {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly lines: readonly Line[];
}

const WIDTH = 640;
const HEIGHT = 340;
const MARGIN = { top: 40, right: 170, bottom: 46, left: 60 };
/** Colours that are told apart with any eyes (Okabe and Ito), dark enough for white paper. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#666666', '#b8860b'];
const GRID = '#e4e4e4';
const INK = '#333333';
/** About how many ticks an axis has. */
const TICKS = 5;

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/** Round numbers that cover a range. */
function ticksOf(low: number, high: number): number[] {
  const rough = (high - low || 1) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((each) => each * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const extent = (values: readonly number[]): [number, number] => [Math.min(...values), Math.max(...values)];

/** The text of an SVG file. */
export function lineChart({ title, x, y, lines }: ChartOptions): string {
  const points = lines.map(({ values, at }) => values.map((value, i) => [at?.[i] ?? i + 1, value] as const));
  const all = points.flat();
  const [left, right] = extent(all.map(([place]) => place));
  const yTicks = ticksOf(...extent(all.map(([, value]) => value)));
  const [bottom, top] = extent(yTicks);
  const innerWidth = WIDTH - MARGIN.left - MARGIN.right;
  const innerHeight = HEIGHT - MARGIN.top - MARGIN.bottom;
  const toX = (place: number): string =>
    (MARGIN.left + ((place - left) / (right - left || 1)) * innerWidth).toFixed(1);
  const toY = (value: number): string =>
    (MARGIN.top + (1 - (value - bottom) / (top - bottom || 1)) * innerHeight).toFixed(1);
  const xTicks = ticksOf(left, right).filter(
    (tick) => tick >= left && tick <= right && Number.isInteger(tick),
  );
  const grid = yTicks.flatMap((tick) => [
    `<path d="M${MARGIN.left} ${toY(tick)}h${innerWidth}" stroke="${GRID}"/>`,
    `<text x="${MARGIN.left - 8}" y="${toY(tick)}" text-anchor="end" dominant-baseline="middle">${tick}</text>`,
  ]);
  const below = xTicks.map(
    (tick) => `<text x="${toX(tick)}" y="${HEIGHT - MARGIN.bottom + 18}" text-anchor="middle">${tick}</text>`,
  );
  const curves = lines.flatMap(({ name, dashed }, i) => {
    const color = COLORS[i % COLORS.length];
    const path = (points[i] ?? []).map(([place, value]) => `${toX(place)} ${toY(value)}`).join('L');
    const style = `stroke="${color}" stroke-width="2"${dashed ? ' stroke-dasharray="6 4"' : ''} fill="none"`;
    const row = MARGIN.top + 10 + i * 20;
    const key = WIDTH - MARGIN.right + 14;
    return [
      `<path d="M${path}" ${style}/>`,
      `<path d="M${key} ${row}h22" ${style}/>`,
      `<text x="${key + 28}" y="${row}" dominant-baseline="middle">${escaped(name)}</text>`,
    ];
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12" fill="${INK}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="22" font-size="15">${escaped(title)}</text>`,
    ...grid,
    ...below,
    `<text x="${MARGIN.left + innerWidth / 2}" y="${HEIGHT - 8}" text-anchor="middle">${escaped(x)}</text>`,
    `<text transform="translate(16 ${MARGIN.top + innerHeight / 2}) rotate(-90)" text-anchor="middle">${escaped(y)}</text>`,
    ...curves,
    '</svg>',
    '',
  ].join('\n');
}

/** A value that stays, as a line across a chart of `length` points. */
export const level = (name: string, value: number, length: number): Line => ({
  name,
  values: Array.from({ length }, () => value),
  dashed: true,
});
