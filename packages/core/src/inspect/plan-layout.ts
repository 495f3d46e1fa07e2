/**
 * Where the rows of a plan go in a picture: one column of boxes in the order of execution, inputs and outputs as tags at
 * their left, and at their right a lane for every value that passes from one to another. Nothing can overlap: ports have
 * heights of their own, and only lines cross.
 */
import { shortened } from './format';
import { assignLanes, type Lane } from './lanes';
import type { Block, Port, Row, RowKind } from './plan-rows';
import { box, line, STYLE, text, textWidth } from './svg';

export const KIND_COLORS: Readonly<Record<RowKind, { readonly fill: string; readonly stroke: string }>> = {
  kernel: { fill: '#e6f2ff', stroke: '#4a90d9' },
  library: { fill: '#e7f6ea', stroke: '#3c9a52' },
  copy: { fill: '#f1f1f1', stroke: '#8c8c8c' },
  control: { fill: '#fff7e0', stroke: '#c99700' },
  part: { fill: '#ffffff', stroke: '#b5bcc4' },
  operation: { fill: '#f3ecff', stroke: '#8a63d2' },
};

export const TAG_COLORS = {
  input: { fill: '#ffffff', stroke: '#6a737d' },
  output: { fill: '#ffe3ec', stroke: '#d6336c' },
} as const;

const LANE_COLORS = ['#4a90d9', '#3c9a52', '#d6336c', '#c99700', '#8a63d2', '#0d8a8a', '#a05a2c', '#5b6670'];

const PORT = 20;
const LINE = 16;
const PAD = 8;
const GAP = 14;
const LANE = 14;
const MOST_TEXT = 58;
const LEAST_BOX = 220;

/** A block with its size, to be drawn anywhere. */
export interface Laid {
  readonly width: number;
  readonly height: number;
  draw(x: number, y: number): string[];
}

interface LaidRow {
  readonly row: Row;
  readonly lines: readonly string[];
  /** How many of the lines are the title. */
  readonly titleLines: number;
  readonly left: readonly Port[];
  readonly right: readonly { readonly port: Port; readonly written: boolean }[];
  readonly bodies: readonly { readonly title: string; readonly laid: Laid }[];
  /** From the top of the block. */
  readonly y: number;
  readonly height: number;
  /** Height of the text and the ports, above the bodies. */
  readonly head: number;
}

const isTag = ({ place }: Port): boolean => place !== 'between';

/** Lays rows out; `first` is the number of the first. */
export function layOutRows(rows: readonly Row[]): Laid {
  const { lanes, columns } = assignLanes(rows);
  let height = 0;
  const laid = rows.map((row, index): LaidRow => {
    const { lines, titleLines } = linesOf(row, index + 1);
    const left = [...row.reads, ...row.writes].filter(isTag);
    const right = [
      ...row.reads.filter((port) => !isTag(port)).map((port) => ({ port, written: false })),
      ...row.writes.filter((port) => !isTag(port)).map((port) => ({ port, written: true })),
    ];
    const bodies = row.bodies.map((block: Block) => ({ title: block.title, laid: layOutRows(block.rows) }));
    const head = Math.max(lines.length * LINE + PAD, Math.max(left.length, right.length) * PORT + PAD);
    const inner = bodies.reduce((total, body) => total + body.laid.height + titleHeight(body.title) + PAD, 0);
    const result = { row, lines, titleLines, left, right, bodies, y: height, height: head + inner, head };
    height += result.height + GAP;
    return result;
  });
  const tagWidth = widest(laid.flatMap(({ left }) => left.map(({ label }) => textWidth(label) + 12)));
  const leftWidth = tagWidth === 0 ? 0 : tagWidth + 28;
  const boxWidth = Math.max(
    LEAST_BOX,
    widest(laid.flatMap(({ lines }) => lines.map((each) => textWidth(each) + 2 * PAD))),
    widest(laid.flatMap(({ bodies }) => bodies.map((body) => body.laid.width + 2 * PAD))),
  );
  const labelWidth = widest(
    laid.flatMap(({ right }) => right.map((each) => textWidth(rightLabel(each)) + 18)),
  );
  const at = { left: leftWidth, box: boxWidth, lanes: leftWidth + boxWidth + labelWidth };
  return {
    width: at.lanes + columns * LANE + (columns > 0 ? PAD : 0),
    height: Math.max(0, height - GAP),
    draw: (x, y) => [
      ...drawLanes(laid, lanes, x + at.lanes, y),
      ...laid.flatMap((each) => drawRow(each, lanes, at, x, y + each.y)),
    ],
  };
}

const widest = (widths: readonly number[]): number =>
  widths.reduce((most, width) => Math.max(most, width), 0);

const titleHeight = (title: string): number => (title === '' ? 0 : LINE);

/** Readers only name the value: what it is stands where it is written. */
const rightLabel = ({ port, written }: LaidRow['right'][number]): string =>
  written ? port.label : port.value;

function linesOf(
  { kind, name, scope, detail }: Row,
  number: number,
): { readonly lines: readonly string[]; readonly titleLines: number } {
  const title = wrapped(`${number} ${kind === 'control' || kind === 'part' ? '' : `${kind} `}${name}`);
  const below = [scope, detail].filter((each) => each !== '').flatMap((each) => wrapped(each));
  return { lines: [...title, ...below], titleLines: title.length };
}

/** At most two lines; what is left over is in the box's title. */
function wrapped(content: string): string[] {
  if (content.length <= MOST_TEXT) return [content];
  const space = content.lastIndexOf(' ', MOST_TEXT);
  const cut = space <= 0 ? MOST_TEXT : space;
  return [content.slice(0, cut), shortened(content.slice(cut).trimStart(), MOST_TEXT)];
}

const laneX = (lane: Lane, lanesX: number): number => lanesX + lane.column * LANE;

const laneColor = ({ column }: Lane): string => LANE_COLORS[column % LANE_COLORS.length] ?? STYLE.ink;

/** Height of the line of a port, from the top of its row. */
const portY = (index: number): number => PAD / 2 + PORT * index + PORT / 2 + 2;

function drawLanes(
  rows: readonly LaidRow[],
  lanes: ReadonlyMap<string, Lane>,
  lanesX: number,
  y: number,
): string[] {
  return [...lanes.values()].flatMap((lane) => {
    const ys = rows.flatMap(({ right, y: rowY }) =>
      right.flatMap(({ port }, index) => (port.value === lane.value ? [y + rowY + portY(index)] : [])),
    );
    const x = laneX(lane, lanesX);
    return [
      line(
        [
          [x, Math.min(...ys)],
          [x, Math.max(...ys)],
        ],
        laneColor(lane),
      ),
    ];
  });
}

function drawRow(
  { row, lines, titleLines, left, right, bodies, height, head }: LaidRow,
  lanes: ReadonlyMap<string, Lane>,
  at: { readonly left: number; readonly box: number; readonly lanes: number },
  x: number,
  y: number,
): string[] {
  const boxX = x + at.left;
  const boxEnd = boxX + at.box;
  const title = [row.name, row.scope, row.detail].filter((each) => each !== '').join('\n');
  const drawn = [
    box(boxX, y, at.box, height, { ...KIND_COLORS[row.kind], title, dashed: row.kind === 'part' }),
    ...lines.map((each, index) =>
      text(boxX + PAD, y + PAD / 2 + LINE * (index + 1) - 4, each, {
        bold: index < titleLines,
        ...(index < titleLines ? {} : { fill: STYLE.faint }),
      }),
    ),
    ...left.flatMap((port, index) => drawTag(port, boxX, y + portY(index))),
    ...right.flatMap(({ port, written }, index) => {
      const lane = lanes.get(port.value);
      if (lane === undefined) return [];
      const laneAt = laneX(lane, x + at.lanes);
      const portAt = y + portY(index);
      const points: [number, number][] = [
        [boxEnd, portAt],
        [laneAt, portAt],
      ];
      return [
        // A gap in the lanes that it crosses.
        `<line x1="${boxEnd + 1}" y1="${portAt}" x2="${laneAt - 2}" y2="${portAt}" stroke="${STYLE.paper}" stroke-width="5"/>`,
        line(written ? points : points.reverse(), laneColor(lane), !written),
        text(boxEnd + 10, portAt - 4, rightLabel({ port, written }), { fill: laneColor(lane), halo: true }),
      ];
    }),
  ];
  let bodyY = y + head;
  for (const { title: bodyTitle, laid } of bodies) {
    if (bodyTitle !== '') drawn.push(text(boxX + PAD, bodyY + LINE - 4, bodyTitle, { bold: true }));
    drawn.push(...laid.draw(boxX + PAD, bodyY + titleHeight(bodyTitle)));
    bodyY += laid.height + titleHeight(bodyTitle) + PAD;
  }
  return drawn;
}

function drawTag({ label, place }: Port, boxX: number, y: number): string[] {
  const width = textWidth(label) + 12;
  const end = boxX - 24;
  const colors = place === 'output' ? TAG_COLORS.output : TAG_COLORS.input;
  const points: [number, number][] = [
    [end, y],
    [boxX, y],
  ];
  return [
    box(end - width, y - 8, width, 16, { ...colors, radius: 8 }),
    text(end - width / 2, y + 4, label, { anchor: 'middle' }),
    line(place === 'output' ? points.reverse() : points, colors.stroke, true),
  ];
}
