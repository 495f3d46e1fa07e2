/**
 * A memory timeline as a picture: one bar per step, in order from top to bottom, with lines at the peak and at the size
 * of the arena. The bodies of loops and branches follow indented.
 */
import type { Program } from '../device/program';
import { formatBytes, shortened } from './format';
import { type MemoryTimeline, memoryTimeline } from './memory-timeline';
import { box, line, picture, STYLE, text, textWidth } from './svg';

const ROW = 22;
const MARGIN = 16;
const MOST_NAME = 56;
const CHART = 420;
const COLORS = { bar: '#79b8ff', peak: '#f97583', arena: '#6f42c1' } as const;

interface Row {
  readonly label: string;
  readonly title: string;
  readonly bytes: number | undefined;
  readonly isPeak: boolean;
}

/**
 * The bytes live at each step of a program as an SVG picture.
 *
 * @param program of `compiled.program(...)`
 * @returns the text of an SVG file that needs nothing else
 * @throws {ArgumentError} for a program of the interpreter, which plans no memory
 * @example
 * const step = compile((x: Tensor) => softmax(x.matmul(x)));
 * const svg = drawMemoryTimeline(await step.program(ones([64, 64])));
 */
export function drawMemoryTimeline(program: Program): string {
  const timeline = memoryTimeline(program);
  const { peakBytes, arenaBytes, outputs } = timeline;
  const rows = rowsOf(timeline, 0);
  const left = MARGIN + Math.max(...rows.map(({ label }) => textWidth(label)), 80) + 12;
  const right = left + CHART;
  const top = MARGIN + 2 * ROW;
  const bottom = top + Math.max(rows.length, 1) * ROW;
  const most = Math.max(arenaBytes, peakBytes, ...rows.map(({ bytes }) => bytes ?? 0), 1);
  const at = (bytes: number): number => Math.round(left + (bytes / most) * CHART);
  const outputBytes = outputs.reduce((total, { bytes }) => total + bytes, 0);
  const heading = `peak ${formatBytes(peakBytes)}, arena ${formatBytes(arenaBytes)}, ${outputs.length} outputs of ${formatBytes(outputBytes)}`;
  const width = Math.max(right + 96, MARGIN * 2 + textWidth(heading));
  const bars = rows.flatMap(({ label, title, bytes, isPeak }, index) => {
    const y = top + index * ROW;
    const name = text(MARGIN, y + 15, label, { bold: bytes === undefined });
    if (bytes === undefined) return [name];
    const fill = isPeak ? COLORS.peak : COLORS.bar;
    return [
      name,
      box(left, y + 3, at(bytes) - left, ROW - 6, {
        fill,
        stroke: fill,
        radius: 1,
        title: `${title}: ${bytes} bytes`,
      }),
      text(at(bytes) + 6, y + 15, formatBytes(bytes), { fill: STYLE.faint, halo: true }),
    ];
  });
  const mark = (bytes: number, color: string): string =>
    line(
      [
        [at(bytes), top - 4],
        [at(bytes), bottom + 4],
      ],
      color,
    );
  return picture(width, bottom + MARGIN, 'temporary memory of a program, step by step', [
    text(MARGIN, MARGIN + 12, heading, { bold: true }),
    line(
      [
        [left, top - 4],
        [left, bottom + 4],
      ],
      STYLE.faint,
    ),
    mark(peakBytes, COLORS.peak),
    mark(arenaBytes, COLORS.arena),
    ...bars,
  ]);
}

function rowsOf({ steps, peakStep }: MemoryTimeline, depth: number): Row[] {
  const indent = '\u00a0'.repeat(3 * depth);
  return steps.flatMap(({ name, liveBytes, bodies }, index) => [
    {
      label: `${indent}${index + 1} ${shortened(name, MOST_NAME)}`,
      title: name,
      bytes: liveBytes,
      isPeak: depth === 0 && index === peakStep,
    },
    ...bodies.flatMap(({ title, timeline }) => [
      { label: `${indent}   ${title}`, title, bytes: undefined, isPeak: false },
      ...rowsOf(timeline, depth + 1),
    ]),
  ]);
}
