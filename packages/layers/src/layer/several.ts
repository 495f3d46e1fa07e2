/** Arrangements of several values: by position and by name. */
import { ArgumentError } from '@hadal/core';
import { type Arrangement, ONE } from './arrangement';

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const listOf = (count: number): Arrangement => ({
  kind: 'list',
  count,
  arrange: (leaves) => leaves,
  leavesIn: (where, subject, value) => {
    if (isList(value) && value.length === count) return value;
    const found = isList(value) ? `a list of ${value.length}` : describe(value);
    throw new ArgumentError(where, `${subject} is ${found}, expected a list of ${count}.`);
  },
  nameOf: (subject, index) => `${subject}[${index}]`,
});

const namedAs = (names: readonly string[]): Arrangement => ({
  kind: 'named',
  count: names.length,
  names,
  arrange: (leaves) =>
    Object.fromEntries(
      leaves.slice(0, names.length).map((leaf, index) => [names[index] ?? `${index}`, leaf]),
    ),
  leavesIn: (where, subject, value) => {
    const given = isRecord(value) && !isList(value) ? value : {};
    const missing = names.filter((name) => given[name] === undefined);
    const extra = Object.keys(given).filter((name) => !names.includes(name));
    if (missing.length === 0 && extra.length === 0) return names.map((name) => given[name]);
    throw new ArgumentError(
      where,
      `${subject} has ${listed(Object.keys(given))}, expected ${listed(names)} by name.`,
      missing.length > 0 ? `Missing: ${missing.join(', ')}.` : `Not known: ${extra.join(', ')}.`,
    );
  },
  nameOf: (subject, index) => `${subject}.${names[index]}`,
});

/**
 * The arrangement of a value and its leaves in order.
 *
 * @param isLeaf whether something is one leaf: leaves may be objects or arrays themselves
 * @param expected what a leaf is, for errors
 * @throws {ArgumentError} when something in it is no leaf
 */
export function takeApart<T>(
  where: string,
  value: unknown,
  isLeaf: (value: unknown) => value is T,
  expected: string,
): { readonly arrangement: Arrangement; readonly leaves: readonly T[] } {
  if (isLeaf(value)) return { arrangement: ONE, leaves: [value] };
  const entries: readonly unknown[] = isList(value)
    ? value
    : isRecord(value)
      ? Object.values(value)
      : [value];
  const leaves = entries.filter(isLeaf);
  if (leaves.length !== entries.length || leaves.length === 0) {
    throw new ArgumentError(
      where,
      `got ${describe(value)}.`,
      `Expected ${expected}, a list of them, or an object of them by name.`,
    );
  }
  const arrangement = isList(value) || !isRecord(value) ? listOf(leaves.length) : namedAs(Object.keys(value));
  return { arrangement, leaves };
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));

function describe(value: unknown): string {
  if (isList(value)) return value.length === 0 ? 'an empty list' : 'a list with other things in it';
  if (isRecord(value)) return `an object with ${listed(Object.keys(value))}`;
  return value === null ? 'null' : typeof value;
}
