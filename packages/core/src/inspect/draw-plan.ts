/**
 * Plans as pictures: what runs, in which order, and which values pass between.
 *
 * One column of boxes rather than a graph laid out in two dimensions: order is what a plan is about, and the lanes at the
 * side show at a glance how long a value has to be kept.
 */
import type { Program } from '../device/program';
import type { Tensor } from '../tensor';
import { formatBytes } from './format';
import { KIND_COLORS, layOutRows, TAG_COLORS } from './plan-layout';
import { type RowKind, rowsOfProgram } from './plan-rows';
import { planTensors } from './program-for';
import { box, picture, STYLE, text, textWidth } from './svg';

const MARGIN = 20;
const LEGEND: readonly RowKind[] = ['kernel', 'library', 'copy', 'control'];

/**
 * What a program runs, as an SVG picture: kernels, library calls, copies and control flow as boxes in the order of
 * execution, with the layer they belong to; inputs and outputs at the left, and at the right the values that pass from
 * one to another, with shape and bytes.
 *
 * @param program of `compiled.program(...)`
 * @returns the text of an SVG file that needs nothing else
 * @example
 * const step = compile((x: Tensor) => softmax(x.matmul(x)));
 * const svg = drawProgram(await step.program(ones([64, 64])));
 */
export function drawProgram(program: Program): string {
  const rows = rowsOfProgram(program);
  const laid = layOutRows(rows);
  const { plan } = program;
  const heading =
    plan === undefined
      ? `interpreter: ${rows.length} operations, one by one`
      : `${program.dispatches.length} steps, temporary memory ${formatBytes(plan.arenaBytes)}`;
  const top = MARGIN + 48;
  const { content, width } = legend(MARGIN, MARGIN + 22);
  return picture(
    Math.max(laid.width, width, textWidth(heading)) + 2 * MARGIN,
    top + laid.height + MARGIN,
    heading,
    [
      text(MARGIN, MARGIN + 10, heading, { bold: true }),
      ...(plan === undefined ? [] : content),
      ...laid.draw(MARGIN, top),
    ],
  );
}

/**
 * What computing these tensors would run, as an SVG picture. Nothing is computed.
 *
 * @returns the text of an SVG file; one that says so where the values are there already
 * @example
 * const svg = await drawPlan(softmax(tensor([1, 2, 3])));
 */
export async function drawPlan(...tensors: readonly Tensor[]): Promise<string> {
  const planned = await planTensors('drawPlan', tensors);
  if (planned !== undefined) return drawProgram(planned.program);
  const nothing = 'nothing: the values are there already';
  return picture(textWidth(nothing) + 2 * MARGIN, 3 * MARGIN, nothing, [
    text(MARGIN, 2 * MARGIN, nothing, { fill: STYLE.faint }),
  ]);
}

function legend(x: number, y: number): { content: string[]; width: number } {
  const entries = [
    ...LEGEND.map((kind) => ({ label: kind, colors: KIND_COLORS[kind], radius: 3 })),
    { label: 'input', colors: TAG_COLORS.input, radius: 7 },
    { label: 'output', colors: TAG_COLORS.output, radius: 7 },
  ];
  let at = x;
  const content = entries.flatMap(({ label, colors, radius }) => {
    const drawn = [
      box(at, y, 18, 14, { ...colors, radius }),
      text(at + 24, y + 11, label, { fill: STYLE.faint }),
    ];
    at += 24 + textWidth(label) + 18;
    return drawn;
  });
  return { content, width: at - x };
}
