/**
 * The notation of `einsum`: which letter names which axis of which operand, and what extent each letter has.
 *
 * Axes under an ellipsis become labels of their own, counted from the end (`…0` is the last of them), so that operands
 * of different rank meet as in broadcasting and everything after this file knows labels only.
 */
import { ArgumentError, ShapeError } from '../errors';
import { extentAt, formatShape, range, type Shape } from '../shape/shape';

/** A label per axis: a letter, or `…n` for the n-th axis from the end of an ellipsis. */
export type Labels = readonly string[];

export interface Notation {
  /** Labels of each operand's axes. */
  readonly inputs: readonly Labels[];
  readonly output: Labels;
  /** The extent in which all axes of a label meet; 1 repeats. */
  readonly extents: ReadonlyMap<string, number>;
}

const ELLIPSIS = '...';

/** Reads an equation for operands of the given shapes. */
export function readNotation(where: string, equation: string, shapes: readonly Shape[]): Notation {
  const [left = '', right, ...more] = equation.replaceAll(/\s/g, '').split('->');
  if (more.length > 0) throw new ArgumentError(where, `"${equation}" has more than one arrow.`);
  const terms = left.split(',');
  if (terms.length !== shapes.length) {
    throw new ArgumentError(
      where,
      `"${equation}" describes ${terms.length} operands, ${shapes.length} were given.`,
      'Commas separate the operands: einsum("ij,jk->ik", a, b).',
    );
  }
  const inputs = terms.map((term, i) => labelsOf(where, equation, term, shapes[i] ?? [], i));
  const extents = meetingExtents(where, equation, inputs, shapes);
  const output = right === undefined ? impliedOutput(inputs) : statedOutput(where, equation, right, inputs);
  return { inputs, output, extents };
}

/** The letters before and after an ellipsis; `after` is undefined where there is none. */
function lettersOf(where: string, equation: string, term: string): { before: Labels; after?: Labels } {
  const [before = '', after, ...more] = term.split(ELLIPSIS);
  const letters = [...before, ...(after ?? '')];
  const strange = letters.find((letter) => !/[a-zA-Z]/.test(letter));
  if (strange !== undefined || more.length > 0) {
    throw new ArgumentError(
      where,
      strange === undefined
        ? `"${term}" in "${equation}" has more than one ellipsis.`
        : `"${strange}" in "${equation}" names no axis.`,
      'Axes are single letters a-z and A-Z; "..." stands for the axes that are not named, once per operand.',
    );
  }
  return after === undefined ? { before: [...before] } : { before: [...before], after: [...after] };
}

/** `…n-1, …, …0`: the last axis under an ellipsis is the same label in every operand. */
const unnamed = (count: number): string[] => range(count).map((i) => `…${count - 1 - i}`);

function labelsOf(where: string, equation: string, term: string, shape: Shape, index: number): Labels {
  const { before, after } = lettersOf(where, equation, term);
  const named = before.length + (after?.length ?? 0);
  if (after === undefined ? named !== shape.length : named > shape.length) {
    throw new ShapeError(
      where,
      `"${term}" names ${named} axes, operand ${index} of shape ${formatShape(shape)} has ${shape.length}.`,
      ...(named < shape.length ? [`"...${term}" would leave the leading axes unnamed.`] : []),
    );
  }
  return [...before, ...unnamed(shape.length - named), ...(after ?? [])];
}

/** Finds the extent of every label, and refuses those whose extents differ. */
function meetingExtents(
  where: string,
  equation: string,
  inputs: readonly Labels[],
  shapes: readonly Shape[],
): Map<string, number> {
  const extents = new Map<string, number>();
  const places = new Map<string, number>();
  inputs.forEach((labels, operand) => {
    const shape = shapes[operand] ?? [];
    labels.forEach((label, axis) => {
      const extent = extentAt(shape, axis);
      const known = extents.get(label) ?? 1;
      const first = labels.indexOf(label);
      const differs = extentAt(shape, first) !== extent || (extent !== 1 && known !== 1 && extent !== known);
      if (differs) {
        const other = first === axis ? (places.get(label) ?? 0) : operand;
        const before = first === axis ? known : extentAt(shape, first);
        throw new ShapeError(
          where,
          `${label.startsWith('…') ? 'an axis under "..."' : `letter ${label}`} of "${equation}" has extent ${before} ` +
            `in operand ${other} of shape ${formatShape(shapes[other] ?? [])} and ${extent} ` +
            `in operand ${operand} of shape ${formatShape(shape)}.`,
          'Axes of one letter have one extent; between operands, an extent of 1 repeats.',
        );
      }
      if (known === 1) {
        extents.set(label, extent);
        places.set(label, operand);
      }
    });
  });
  return extents;
}

/** Without an arrow: the axes under an ellipsis, then every letter that appears once, in alphabetical order. */
function impliedOutput(inputs: readonly Labels[]): Labels {
  const all = inputs.flat();
  const letters = all.filter((label) => !label.startsWith('…'));
  const once = letters.filter((letter) => letters.indexOf(letter) === letters.lastIndexOf(letter));
  return [...unnamed(longestEllipsis(inputs)), ...once.sort()];
}

const longestEllipsis = (inputs: readonly Labels[]): number =>
  new Set(inputs.flat().filter((label) => label.startsWith('…'))).size;

function statedOutput(where: string, equation: string, term: string, inputs: readonly Labels[]): Labels {
  const { before, after } = lettersOf(where, equation, term);
  const letters = [...before, ...(after ?? [])];
  const known = new Set(inputs.flat());
  const unknown = letters.find((letter) => !known.has(letter));
  if (unknown !== undefined) {
    throw new ArgumentError(
      where,
      `letter ${unknown} of the result of "${equation}" names no axis of an operand.`,
      `The operands have ${[...known].filter((label) => !label.startsWith('…')).join(', ') || 'no letters'}.`,
    );
  }
  const twice = letters.find((letter, i) => letters.indexOf(letter) !== i);
  if (twice !== undefined) {
    throw new ArgumentError(
      where,
      `letter ${twice} appears twice in the result of "${equation}".`,
      'A result has one axis for each letter.',
    );
  }
  return [...before, ...(after === undefined ? [] : unnamed(longestEllipsis(inputs))), ...(after ?? [])];
}
