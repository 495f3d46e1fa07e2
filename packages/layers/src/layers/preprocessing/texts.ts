/** Text as layers take it. Text is no tensor: it is turned into numbers on the host, before a model or at its front. */
import type { JsonValue } from '@hadal/core';
import { ArgumentError, DataError, describeJson } from '@hadal/core';
import { holdsTexts, type Texts } from './holds-texts';

/** The same of texts and numbers. */
export type Values = string | number | readonly Values[];

/** Text to adapt to: a list, or something that yields texts or lists of them, such as a dataset. */
export type TextData = readonly Texts[] | AsyncIterable<Texts>;

/** The elements of nested lists in order, and how these are arranged. */
export interface Flat<T> {
  readonly shape: readonly number[];
  readonly values: readonly T[];
}

const isList = <T>(value: T | readonly T[]): value is readonly T[] => Array.isArray(value);

/**
 * Takes nested lists apart.
 *
 * @throws {ArgumentError} when lists beside each other have different lengths, or something is of another kind
 */
export function flatten<T extends string | number>(
  where: string,
  nested: Values,
  isLeaf: (value: string | number) => value is T,
  expected: string,
): Flat<T> {
  if (!isList(nested)) {
    if (isLeaf(nested)) return { shape: [], values: [nested] };
    throw new ArgumentError(where, `got ${describeJson(nested)}; expected ${expected}.`);
  }
  const parts = nested.map((part) => flatten(where, part, isLeaf, expected));
  const shape = parts[0]?.shape ?? [];
  const other = parts.find((part) => part.shape.join() !== shape.join());
  if (other !== undefined) {
    throw new ArgumentError(
      where,
      `lists beside each other have shapes [${shape}] and [${other.shape}].`,
      'Fill the shorter ones up, with the mask token where there is one.',
    );
  }
  return { shape: [nested.length, ...shape], values: parts.flatMap(({ values }) => values) };
}

export const isText = (value: string | number): value is string => typeof value === 'string';

export const isWhole = (value: string | number): value is number => Number.isSafeInteger(value);

/** Each of the texts that layers adapt to, with those that lie in one list together. */
export async function* documentsOf(where: string, data: TextData): AsyncGenerator<Texts, void, undefined> {
  if (!holdsTexts(data) && !(typeof data === 'object' && Symbol.asyncIterator in data)) {
    throw new ArgumentError(where, `got ${describeKind(data)}.`, 'Expected texts, or a dataset of texts.');
  }
  if (Array.isArray(data)) yield* data;
  else for await (const part of data) yield* typeof part === 'string' ? [part] : part;
}

const describeKind = (data: unknown): string =>
  Array.isArray(data) ? `a list whose first element is ${typeof data[0]}` : typeof data;

/** A saved list of texts. */
export function readTexts(where: string, value: JsonValue | undefined): readonly string[] {
  const isTexts = (list: JsonValue | undefined): list is string[] =>
    Array.isArray(list) && list.every((each) => typeof each === 'string');
  if (isTexts(value)) return value;
  throw new DataError(where, `expected a list of texts, found ${describeJson(value)}.`);
}

/** Text in the order of its code points, as UTF-8 sorts; JavaScript puts those beyond U+FFFF before some others. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const [first, second] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (first === second) continue;
    const [isFirstLong, isSecondLong] = [isSurrogate(first), isSurrogate(second)];
    return isFirstLong === isSecondLong ? first - second : isFirstLong ? 1 : -1;
  }
  return a.length - b.length;
}

const isSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdfff;
