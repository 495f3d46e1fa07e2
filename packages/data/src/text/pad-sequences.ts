/** Sequences of different lengths as one array. */
import { ArgumentError, type DType, type HostArray, ShapeError } from '@hadal/core';
import { elementCount, type NestedNumbers, toHostArray } from '../host/array';

const SIDES = ['pre', 'post'] as const;

/** Before a sequence, or after it. */
export type SequenceSide = (typeof SIDES)[number];

export interface PadOptions {
  /** The length of all sequences (default that of the longest). */
  readonly maxlen?: number;
  /** Default int32. */
  readonly dtype?: DType;
  /** Where short sequences are filled up (default pre). */
  readonly padding?: SequenceSide;
  /** Where long sequences are cut (default pre: the end is kept). */
  readonly truncating?: SequenceSide;
  /** What they are filled up with (default 0). */
  readonly value?: number;
}

/**
 * Fills up short sequences and cuts long ones, as Keras' pad_sequences.
 *
 * @param sequences lists of numbers, or of arrays of one shape
 * @returns [sequences, maxlen, …shape of a step]
 * @throws {ShapeError} when steps differ in shape
 * @throws {ArgumentError} when an option is impossible, or the dtype cannot hold a value
 * @example
 * padSequences([[1], [2, 3], [4, 5, 6]], { maxlen: 2 }); // [[0, 1], [2, 3], [5, 6]], int32
 */
export function padSequences(
  sequences: readonly (readonly NestedNumbers[])[],
  options: PadOptions = {},
): HostArray {
  const where = 'padSequences';
  const { dtype = 'int32', value = 0, padding = 'pre', truncating = 'pre' } = options;
  for (const [name, side] of Object.entries({ padding, truncating })) {
    if (SIDES.includes(side)) continue;
    throw new ArgumentError(where, `${name} is '${String(side)}'; expected 'pre' or 'post'.`);
  }
  const longest = sequences.reduce((most, { length }) => Math.max(most, length), 0);
  const length = options.maxlen ?? longest;
  if (!Number.isSafeInteger(length) || length < 0 || options.maxlen === 0) {
    throw new ArgumentError(where, `maxlen is ${length}; expected a positive integer.`);
  }
  const rows = sequences.map((sequence) => {
    const { length: steps } = sequence;
    const kept =
      truncating === 'pre' ? sequence.slice(Math.max(0, steps - length)) : sequence.slice(0, length);
    return toHostArray(kept, { dtype });
  });
  const filled = rows.find(({ data }) => data.length > 0);
  const step = filled?.shape.slice(1) ?? [];
  const width = elementCount(step);
  const size = length * width;
  const array = toHostArray(
    Array.from({ length: sequences.length * size }, () => value),
    { dtype, shape: [sequences.length, length, ...step] },
  );
  rows.forEach(({ data, shape }, index) => {
    if (data.length === 0) return;
    if (shape.length !== step.length + 1 || shape.slice(1).some((extent, axis) => extent !== step[axis])) {
      throw new ShapeError(
        where,
        `sequence ${index} has steps of shape [${shape.slice(1)}], others [${step}].`,
        'All steps have one shape.',
      );
    }
    const start = padding === 'pre' ? size - data.length : 0;
    array.data.set(data, index * size + start);
  });
  return array;
}
