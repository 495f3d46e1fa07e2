/**
 * Where elements come from: columns of arrays, lists of anything, generators.
 */
import { type HostArray, ShapeError } from '@hadal/core';
import { type ArrayInput, isHostArray, isTypedArray, toHostArray } from '../host/array';
import { arrayColumn, type Column, stringColumn } from '../host/column';
import { END, element, type IndexedSource, indexedSource, type Source } from './source';
import { positionOf } from './state';

/** What a column of a table can be given as. */
export type ColumnInput = ArrayInput | readonly string[];

/** What one row of a column looks like. */
export type RowOf<C> = C extends readonly string[] ? string : HostArray;

const isStrings = (input: ColumnInput): input is readonly string[] =>
  Array.isArray(input) && input.length > 0 && input.every((value) => typeof value === 'string');

/** Makes a column from whatever users hold. */
export function toColumn(name: string, input: ColumnInput): Column {
  return isStrings(input) ? stringColumn(input) : arrayColumn(name, toHostArray(input));
}

/** Whether an input is one column rather than a record of columns. */
export const isColumnInput = (input: unknown): input is ColumnInput =>
  isHostArray(input) || isTypedArray(input) || Array.isArray(input);

/** Named columns, and what one row of them looks like. */
type Columns = Readonly<Record<string, Column>>;
type TableRow<C extends Columns> = { [Name in keyof C]: ReturnType<C[Name]['row']> };

/** A table of named columns with equally many rows; an element is one row. */
export function tableSource<C extends Columns>(columns: C): IndexedSource<TableRow<C>> {
  const entries = Object.entries(columns);
  const [first] = entries;
  if (first === undefined)
    throw new ShapeError('fromArrays', 'no columns were given.', 'Pass { x, y }, for instance.');
  const [firstName, { rows }] = first;
  for (const [name, column] of entries) {
    if (column.rows !== rows) {
      throw new ShapeError(
        'fromArrays',
        `"${name}" has ${column.rows} rows and "${firstName}" has ${rows}.`,
        'The first axis of every array counts the elements, so all must agree on it.',
      );
    }
  }
  const build = (read: (column: Column) => unknown): unknown =>
    Object.fromEntries(entries.map(([name, column]) => [name, read(column)]));
  return indexedSource(`arrays(${entries.map(([name]) => name).join(', ')}: ${rows})`, rows, () => ({
    // A row has one entry for each column, by the same name.
    at: (position) => build((column) => column.row(position)) as TableRow<C>,
    gather: (positions) => build((column) => column.gather(positions)),
  }));
}

/** A single column; an element is one row of it. */
export function columnSource(column: Column): IndexedSource<unknown> {
  return indexedSource(`array(${column.rows})`, column.rows, () => ({
    at: (position) => column.row(position),
    gather: (positions) => column.gather(positions),
  }));
}

/** A list of anything. */
export function itemsSource<T>(items: readonly T[]): IndexedSource<T> {
  return indexedSource(`items(${items.length})`, items.length, () => ({
    at: (position) => items[position]!,
  }));
}

/** Makes the elements of one pass; it is called anew for every pass and must give equal elements for equal epochs. */
export type ElementGenerator<T> = (pass: { readonly epoch: number }) => Iterable<T> | AsyncIterable<T>;

const iteratorOf = <T>(elements: Iterable<T> | AsyncIterable<T>): Iterator<T> | AsyncIterator<T> =>
  Symbol.asyncIterator in elements ? elements[Symbol.asyncIterator]() : elements[Symbol.iterator]();

/** A generator; resuming runs it again and leaves out what had been taken. */
export function generatorSource<T>(generate: ElementGenerator<T>, size: number | undefined): Source<T> {
  return {
    description: `generator(${size ?? ''})`,
    size,
    open(epoch, state) {
      let position = 0;
      const target = state === undefined ? 0 : positionOf(state, 'position');
      let elements: Iterator<T> | AsyncIterator<T> | undefined;
      const take = async (): Promise<IteratorResult<T, unknown>> => {
        elements ??= iteratorOf(generate({ epoch }));
        const result = await elements.next();
        if (result.done !== true) position++;
        return result;
      };
      return {
        async next() {
          while (position < target) {
            if ((await take()).done === true) return END;
          }
          const result = await take();
          return result.done === true ? END : element(result.value);
        },
        state: () => ({ position: Math.max(position, target) }),
        close: async () => {
          await elements?.return?.();
        },
      };
    },
  };
}
