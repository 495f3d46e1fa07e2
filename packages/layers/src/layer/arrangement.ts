/**
 * How the tensors that go into a layer or come out of it are arranged: one alone, several by position, or several by
 * name. Inside models everything is a list of leaves; the arrangement is put on at the edges, where users see it.
 * Arrangements of several are in a file of their own, so that programs whose models have one input do not carry them.
 */
import { Tensor } from '@hadal/core';

/** One value, several by position, or several by name. */
export type Arranged<T> = T | readonly T[] | { readonly [name: string]: T };

/** What layers take and give. */
export type Tensors = Arranged<Tensor>;

export const isTensor = (value: unknown): value is Tensor => value instanceof Tensor;

/** The same arrangement of something else: `Replaced<[Tensor, Tensor], LayerShape>` is `[LayerShape, LayerShape]`. */
export type Replaced<Arrangement, T> = Arrangement extends Tensor
  ? T
  : { readonly [Key in keyof Arrangement]: T };

/** An arrangement without its leaves. */
export interface Arrangement {
  readonly kind: 'one' | 'list' | 'named';
  /** How many leaves there are. */
  readonly count: number;
  /** The names of leaves that have them. */
  readonly names?: readonly string[];
  /** Leaves as they are arranged. The type is that of whoever declared the arrangement. */
  arrange<T>(leaves: readonly T[]): Arranged<T>;
  /**
   * The leaves of a value that has to be arranged like this, whatever they are.
   *
   * @param subject what the value is, for errors: `the input`
   * @throws {ArgumentError} when there are fewer or more, or other names
   */
  leavesIn(where: string, subject: string, value: unknown): readonly unknown[];
  /** What one leaf of a subject is called in errors. */
  nameOf(subject: string, index: number): string;
}

export const ONE: Arrangement = {
  kind: 'one',
  count: 1,
  arrange: <T>(leaves: readonly T[]): T => {
    const [leaf] = leaves;
    if (leaf === undefined) throw new RangeError('there is no leaf');
    return leaf;
  },
  leavesIn: (_where, _subject, value) => [value],
  nameOf: (subject) => subject,
};
