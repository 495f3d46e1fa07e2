/**
 * How the tensors that go into a layer or come out of it are arranged: one alone, several by position, or several by
 * name. Inside models everything is a list of leaves; the arrangement is put on at the edges, where users see it.
 */
import { ArgumentError, type Tensor } from '@hadal/core';

/** One value, several by position, or several by name. */
export type Arranged<T> = T | readonly T[] | { readonly [name: string]: T };

/** What layers take and give. */
export type Tensors = Arranged<Tensor>;

/** The same arrangement of something else: `Replaced<[Tensor, Tensor], LayerShape>` is `[LayerShape, LayerShape]`. */
export type Replaced<Arrangement, T> = Arrangement extends Tensor
  ? T
  : { readonly [Key in keyof Arrangement]: T };

/** An arrangement without its leaves. */
export type Arrangement =
  | { readonly kind: 'one' }
  | { readonly kind: 'list'; readonly count: number }
  | { readonly kind: 'named'; readonly names: readonly string[] };

export const ONE: Arrangement = { kind: 'one' };

/** What makes leaves of an arrangement, which are objects or arrays themselves, known. */
export type IsLeaf<T> = (value: unknown) => value is T;

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * The arrangement of a value and its leaves in order.
 *
 * @throws {ArgumentError} when something in it is no leaf
 */
export function takeApart<T>(
  where: string,
  value: unknown,
  isLeaf: IsLeaf<T>,
  expected: string,
): { readonly arrangement: Arrangement; readonly leaves: readonly T[] } {
  if (isLeaf(value)) return { arrangement: ONE, leaves: [value] };
  const names = isList(value) || !isRecord(value) ? undefined : Object.keys(value);
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
  const arrangement: Arrangement =
    names === undefined ? { kind: 'list', count: leaves.length } : { kind: 'named', names };
  return { arrangement, leaves };
}

/** Leaves put into an arrangement. The type is that of whoever declared the arrangement. */
export function arrange<T>(arrangement: Arrangement, leaves: readonly T[]): Arranged<T> {
  if (arrangement.kind === 'list') return leaves;
  if (arrangement.kind === 'named') {
    return Object.fromEntries(arrangement.names.map((name, index) => [name, leafAt(leaves, index)]));
  }
  return leafAt(leaves, 0);
}

/**
 * The leaves of a value that has to have a known arrangement, whatever its leaves are.
 *
 * @param subject what the value is, for errors: `the input`
 * @throws {ArgumentError} when there are fewer or more, or other names
 */
export function leavesIn(
  where: string,
  subject: string,
  arrangement: Arrangement,
  value: unknown,
): readonly unknown[] {
  if (arrangement.kind === 'one') return [value];
  if (arrangement.kind === 'list') {
    if (isList(value) && value.length === arrangement.count) return value;
    const found = isList(value) ? `a list of ${value.length}` : describe(value);
    throw new ArgumentError(where, `${subject} is ${found}, expected a list of ${arrangement.count}.`);
  }
  const { names } = arrangement;
  const given = isRecord(value) && !isList(value) ? value : {};
  const missing = names.filter((name) => given[name] === undefined);
  const extra = Object.keys(given).filter((name) => !names.includes(name));
  if (missing.length === 0 && extra.length === 0) return names.map((name) => given[name]);
  throw new ArgumentError(
    where,
    `${subject} has ${listed(Object.keys(given))}, expected ${listed(names)} by name.`,
    missing.length > 0 ? `Missing: ${missing.join(', ')}.` : `Not known: ${extra.join(', ')}.`,
  );
}

/** A name for each leaf: its own, or the one in a list of defaults. */
export const leafNames = (arrangement: Arrangement, defaults: readonly string[]): readonly string[] =>
  arrangement.kind === 'named' ? arrangement.names : defaults;

/** How many leaves there are. */
export function leafCount(arrangement: Arrangement): number {
  if (arrangement.kind === 'one') return 1;
  return arrangement.kind === 'list' ? arrangement.count : arrangement.names.length;
}

function leafAt<T>(leaves: readonly T[], index: number): T {
  const leaf = leaves[index];
  if (leaf === undefined) throw new RangeError(`there are ${leaves.length} leaves, ${index + 1} are needed`);
  return leaf;
}

const listed = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));

function describe(value: unknown): string {
  if (isList(value)) return value.length === 0 ? 'an empty list' : 'a list with other things in it';
  if (isRecord(value)) return `an object with ${listed(Object.keys(value))}`;
  return value === null ? 'null' : typeof value;
}
