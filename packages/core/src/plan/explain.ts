/** Plans as text: what runs, in order, on what. */
import type { Program } from '../device/program';
import type { Extent } from '../kernel/form';
import type { Step } from '../schedule/schedule';
import type { Section } from './executable';

/**
 * What a program runs, as text: one line per kernel, library call or copy (those of loops and branches
 * indented below them), and the memory it needs beside its inputs and
 * outputs.
 *
 * @example
 * console.log(explainProgram(await step.program(x)));
 */
export function explainProgram({ plan, dispatches }: Program): string {
  if (plan === undefined) return `interpreter: ${dispatches.length} operations, one by one\n`;
  const lines = linesOf(plan.sections, '');
  return [...lines, `     temporary memory: ${plan.arenaBytes.toLocaleString('en-US')} bytes`, ''].join('\n');
}

/** The lines of sections, bodies of control flow indented below it. */
function linesOf(sections: readonly Section[], indent: string): string[] {
  let count = 0;
  const number = (): string => `${indent}${String(++count).padStart(3)}  `;
  return sections.flatMap((section) => {
    if ('steps' in section) return section.steps.map((step) => `${number()}${describe(step)}`);
    const inner = `${indent}     `;
    return [
      `${number()}${section.title}`,
      ...section.bodies.flatMap((body) => [
        `${inner}${body.title}`,
        ...linesOf(body.executable.sections, inner),
      ]),
    ];
  });
}

function describe(step: Step): string {
  const detail = detailOf(step);
  const shown = step.kind !== 'library' ? `  (${detail})` : detail === '' ? '' : `, ${detail}`;
  return `${step.kind.padEnd(8)} ${step.name}${shown}`;
}

/** What a step does, beside its name: over how many points, with what fused into it, on how many bytes. */
export function detailOf(step: Step): string {
  switch (step.kind) {
    case 'kernel': {
      const { kernel, integers, bases } = step.lowered;
      const extents = (axes: readonly Extent[]): string =>
        axes
          .map((extent) => (typeof extent === 'number' ? extent : (integers[extent.argument] ?? '?')))
          .join('×');
      const loops = kernel.stages.filter(({ loop }) => loop.length > 0).map(({ loop }) => extents(loop));
      const inner = loops.length === 0 ? '' : `, loops ${loops.join(', ')}`;
      const grid = kernel.grid.length === 0 ? 'one point' : `grid ${extents(kernel.grid)}`;
      return `${grid}${inner}; ${bases.length} buffers`;
    }
    case 'library': {
      const { epilogue, workspaceBytes } = step.call;
      const after = epilogue.body.flatMap(({ op }) => (op === 'constant' ? [] : [op])).join(' ');
      return [
        ...(after === '' ? [] : [`then ${after}`]),
        ...(workspaceBytes === 0 ? [] : [`packing ${workspaceBytes.toLocaleString('en-US')} bytes`]),
      ].join(', ');
    }
    case 'copy':
      return `${step.from.bytes.toLocaleString('en-US')} bytes`;
  }
}
