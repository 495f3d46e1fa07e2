/** What the letters of an einsum say about the shapes of a kernel, a bias and an output. */
import { ArgumentError, ShapeError } from '@hadal/core';
import { formatLayerShape, type LayerShape } from '../../layer/shape';

/** A term: its letters, and where '...' stands among them. */
interface Term {
  readonly letters: readonly string[];
  readonly rest: 'front' | 'back' | undefined;
}

interface Equation {
  readonly input: Term;
  readonly kernel: Term;
  readonly output: Term;
}

/** Shapes that follow from an equation and the shape of an input. */
export interface EinsumShapes {
  readonly kernel: LayerShape;
  readonly bias: LayerShape | undefined;
  readonly output: LayerShape;
}

/**
 * Takes an equation of an input and a kernel apart: 'ab,bc->ac', '...b,bc->...c' or 'ab...,bc->ac...'.
 *
 * @throws {ArgumentError} when it is something else
 */
export function parseEinsum(equation: string): Equation {
  const found = /^(\.\.\.)?([a-zA-Z]+)(\.\.\.)?,([a-zA-Z]+)->(\.\.\.)?([a-zA-Z]+)(\.\.\.)?$/.exec(
    equation.replaceAll(' ', ''),
  );
  const [, inFront, input = '', inBack, kernel = '', outFront, output = '', outBack] = found ?? [];
  const agrees = (inFront === undefined) === (outFront === undefined);
  const both = inFront !== undefined && inBack !== undefined;
  if (found === null || !agrees || (inBack === undefined) !== (outBack === undefined) || both) {
    throw new ArgumentError(
      'EinsumDense',
      `the equation '${equation}' is not one of an input and a kernel.`,
      "Write 'ab,bc->ac', with '...' at the same end of the input and the output where axes are left open.",
    );
  }
  const rest = inFront === undefined ? (inBack === undefined ? undefined : 'back') : 'front';
  return {
    input: { letters: [...input], rest },
    kernel: { letters: [...kernel], rest: undefined },
    output: { letters: [...output], rest },
  };
}

/**
 * The shapes of an equation.
 *
 * @param partial the output after the batch without the axes of '...'; null where the extent is that of the input
 * @throws {ShapeError} when the shapes do not fit the equation
 */
export function einsumShapes(
  equation: string,
  inputShape: LayerShape,
  partial: LayerShape,
  biasAxes: string | undefined,
): EinsumShapes {
  const { input, kernel, output } = parseEinsum(equation);
  const open = inputShape.length - input.letters.length;
  if (input.rest === undefined ? open !== 0 : open < 0) {
    throw new ShapeError(
      'EinsumDense',
      `the input has shape ${formatLayerShape(inputShape)}, the equation '${equation}' is for ${input.letters.length} axes.`,
    );
  }
  const start = input.rest === 'front' ? open : 0;
  const extents = new Map(input.letters.map((letter, index) => [letter, inputShape[start + index] ?? null]));
  const rest = input.rest === 'back' ? inputShape.slice(input.letters.length) : inputShape.slice(0, start);
  // With '...' in front the batch is one of its axes, else the first letter.
  const named = input.rest === 'front' && open > 0 ? output.letters : output.letters.slice(1);
  if (named.length !== partial.length) {
    throw new ShapeError(
      'EinsumDense',
      `the output shape [${partial.map((extent) => extent ?? 'null')}] does not fit '${equation}'.`,
      `Give ${named.length} extents, for ${named.join(', ')}.`,
    );
  }
  for (const [index, letter] of named.entries()) {
    const given = partial[index] ?? null;
    const known = extents.get(letter) ?? null;
    if (given !== null && known !== null && given !== known) {
      throw new ShapeError(
        'EinsumDense',
        `'${letter}' of '${equation}' is ${known} in the input and ${given} in the output.`,
      );
    }
    extents.set(letter, given ?? known);
  }
  const extentsOf = (letters: readonly string[]): LayerShape =>
    letters.map((letter) => extents.get(letter) ?? null);
  const result = extentsOf(output.letters);
  return {
    kernel: extentsOf(kernel.letters),
    bias: biasAxes === undefined ? undefined : biasShape(biasAxes, output, result, rest.length),
    output: output.rest === 'back' ? [...result, ...rest] : [...rest, ...result],
  };
}

/** From the first axis with a bias on, 1 where there is none. */
function biasShape(biasAxes: string, output: Term, extents: LayerShape, open: number): LayerShape {
  const first = output.letters.findIndex((letter) => biasAxes.includes(letter));
  const shape = output.letters
    .slice(first)
    .map((letter, index) => (biasAxes.includes(letter) ? (extents[first + index] ?? null) : 1));
  return output.rest === 'back' ? [...shape, ...Array.from({ length: open }, () => 1)] : shape;
}
