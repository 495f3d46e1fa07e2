/**
 * What an index expression selects of a shape, by NumPy's rules: a box of each axis, then axes dropped and inserted, then
 * axes that index tensors pick from.
 *
 * Boxes, drops and inserts are views. Index tensors broadcast together; what they pick is where the first of them
 * stands when they stand side by side, and in front otherwise. A position beside index tensors counts as one of them for
 * this, but is a view too.
 */
import { ArgumentError, DTypeError, ShapeError } from '../errors';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { broadcastShapes } from '../shape/broadcast';
import { extentAt, formatShape, type Shape } from '../shape/shape';
import { Tensor } from '../tensor';
import { parseIndexText, type Span } from './index-text';
import { indexNode } from './indexing';

/**
 * One entry of an index expression.
 *
 * - a number drops the axis at that position; negative ones count from the end
 * - a span, or text like '1:3', '::-1', takes a part of the axis
 * - null, or 'newaxis', inserts an axis of extent 1
 * - '...' stands for all axes that no entry names
 * - whole numbers in a list or an integer tensor pick from the axis; booleans in a list keep where they are true
 * - text may hold several entries: '0, ..., ::2'
 */
export type Index = number | null | string | Span | Tensor | readonly number[] | readonly boolean[];

/** Positions lo, lo + step, … of one axis, and whether they are taken in reverse order. */
export interface Box {
  readonly lo: number;
  readonly count: number;
  readonly step: number;
  readonly isReversed: boolean;
}

/** An axis of the view, and the int32 positions that are picked from it. */
export interface IndexedAxis {
  readonly axis: number;
  readonly indices: Node;
}

export interface Selection {
  /** What is taken of each axis of the operand. */
  readonly boxes: readonly Box[];
  /** Shape after dropped axes are gone and new ones are there. */
  readonly viewShape: readonly number[];
  readonly indexed: readonly IndexedAxis[];
  /** The shape in which the index tensors meet. */
  readonly pickedShape: readonly number[];
  /** The axis of the result where the picked axes begin. */
  readonly place: number;
}

type Entry = number | null | '...' | Span | Tensor | readonly (number | boolean)[];

/** Checks an index expression against a shape. */
export function select(where: string, shape: Shape, index: readonly Index[]): Selection {
  const entries = index.flatMap((entry): Entry[] =>
    typeof entry === 'string' ? parseIndexText(where, entry) : [entry],
  );
  const named = entries.filter((entry) => entry !== null && entry !== '...').length;
  if (named > shape.length) {
    throw new ShapeError(
      where,
      `${named} indices were given for ${formatShape(shape)}, which has ${shape.length} axes.`,
    );
  }
  if (entries.filter((entry) => entry === '...').length > 1) {
    throw new ArgumentError(where, "'...' stands twice in the index; once is enough for all other axes.");
  }
  const boxes: Box[] = [];
  const viewShape: number[] = [];
  const indexed: IndexedAxis[] = [];
  const whole = (): void => {
    const extent = extentAt(shape, boxes.length);
    boxes.push({ lo: 0, count: extent, step: 1, isReversed: false });
    viewShape.push(extent);
  };
  for (const entry of entries) {
    if (entry === null) viewShape.push(1);
    else if (entry === '...') for (let n = shape.length - named; n > 0; n--) whole();
    else if (typeof entry === 'number') boxes.push(positionBox(where, entry, shape, boxes.length));
    else if (entry instanceof Tensor || isList(entry)) {
      const axis = boxes.length;
      indexed.push({ axis: viewShape.length, indices: indicesOf(where, entry, shape, axis) });
      whole();
    } else {
      const box = spanBox(where, entry, extentAt(shape, boxes.length));
      boxes.push(box);
      viewShape.push(box.count);
    }
  }
  while (boxes.length < shape.length) whole();
  const pickedShape = broadcastShapes(where, ...indexed.map(({ indices }) => indices.shape));
  const place = areSideBySide(entries) ? (indexed[0]?.axis ?? 0) : 0;
  return { boxes, viewShape, indexed, pickedShape, place };
}

const isList = (entry: Span | readonly (number | boolean)[]): entry is readonly (number | boolean)[] =>
  Array.isArray(entry);

/** Whether index tensors, and positions with them, stand together. */
function areSideBySide(entries: readonly Entry[]): boolean {
  const picks = entries.flatMap((entry, i) =>
    typeof entry === 'number' ||
    entry instanceof Tensor ||
    (typeof entry === 'object' && entry !== null && isList(entry))
      ? [i]
      : [],
  );
  return picks.every((place, i) => place === (picks[0] ?? 0) + i);
}

function position(where: string, given: number, shape: Shape, axis: number): number {
  const extent = extentAt(shape, axis);
  if (!Number.isSafeInteger(given)) throw new ArgumentError(where, `index ${given} is not a whole number.`);
  if (given < -extent || given >= extent) {
    throw new ArgumentError(
      where,
      `index ${given} is outside of axis ${axis} of ${formatShape(shape)}.`,
      extent === 0 ? 'The axis is empty.' : `Indices run from ${-extent} to ${extent - 1}.`,
    );
  }
  return given < 0 ? given + extent : given;
}

const positionBox = (where: string, given: number, shape: Shape, axis: number): Box => ({
  lo: position(where, given, shape, axis),
  count: 1,
  step: 1,
  isReversed: false,
});

/** Clamps as Python's slices do. */
function spanBox(where: string, span: Span, extent: number): Box {
  const step = span.step ?? 1;
  const bad = [span.start ?? 0, span.stop ?? 0, step].find((n) => !Number.isSafeInteger(n));
  if (bad !== undefined) throw new ArgumentError(where, `${bad} in a span is not a whole number.`);
  if (step === 0) {
    throw new ArgumentError(
      where,
      'the step of a span is 0.',
      'Give a positive step, or a negative one to go back.',
    );
  }
  const [low, high] = step > 0 ? [0, extent] : [-1, extent - 1];
  const clamped = (n: number): number => Math.min(high, Math.max(low, n < 0 ? n + extent : n));
  const start = span.start == null ? (step > 0 ? low : high) : clamped(span.start);
  const stop = span.stop == null ? (step > 0 ? high : low) : clamped(span.stop);
  const count = Math.max(0, Math.ceil((stop - start) / step));
  if (count === 0) return { lo: 0, count, step: 1, isReversed: false };
  return {
    lo: step > 0 ? start : start + (count - 1) * step,
    count,
    step: count === 1 ? 1 : Math.abs(step),
    isReversed: step < 0,
  };
}

function indicesOf(
  where: string,
  entry: Tensor | readonly (number | boolean)[],
  shape: Shape,
  axis: number,
): Node {
  const extent = extentAt(shape, axis);
  if (entry instanceof Tensor) {
    if (entry.dtype === 'bool') {
      throw new DTypeError(
        where,
        'a bool tensor cannot be an index: how much it selects is not known before it is computed.',
        'Use where(mask, x, other), or booleans in a plain array.',
      );
    }
    const node = indexNode(where, entry);
    return build.where(build.lessThan(node, 0), build.add(node, extent), node);
  }
  const positions = Int32Array.from(listedPositions(where, entry, shape, axis));
  return build.data(positions, [positions.length], 'int32');
}

function listedPositions(
  where: string,
  list: readonly (number | boolean)[],
  shape: Shape,
  axis: number,
): number[] {
  const flags = list.filter((value) => typeof value === 'boolean').length;
  if (flags === 0) return list.map((value) => position(where, Number(value), shape, axis));
  if (flags !== list.length || flags !== extentAt(shape, axis)) {
    throw new ShapeError(
      where,
      `${flags} booleans among ${list.length} entries do not mask axis ${axis} of ${formatShape(shape)}.`,
      'A mask has one boolean for every position.',
    );
  }
  return list.flatMap((isTaken, i) => (isTaken === true ? [i] : []));
}

/** Shape of what is selected. */
export function selectedShape({ viewShape, indexed, pickedShape, place }: Selection): number[] {
  if (indexed.length === 0) return [...viewShape];
  const rest = viewShape.filter((_, axis) => indexed.every((each) => each.axis !== axis));
  return [...rest.slice(0, place), ...pickedShape, ...rest.slice(place)];
}

/** The boxes of `x`, with axes dropped and inserted. */
export function viewOf(x: Node, { boxes, viewShape }: Selection): Node {
  const box = build.slice(x, {
    start: boxes.map(({ lo }) => lo),
    limit: boxes.map(({ lo, count, step }) => (count === 0 ? lo : lo + (count - 1) * step + 1)),
    step: boxes.map(({ step }) => step),
  });
  return build.reshape(build.flip(box, reversedAxes(boxes)), viewShape);
}

/** Axes that are taken backwards. */
export const reversedAxes = (boxes: readonly Box[]): number[] =>
  boxes.flatMap(({ isReversed, count }, axis) => (isReversed && count > 1 ? [axis] : []));
