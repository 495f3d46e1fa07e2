/**
 * The factories of datasets: from arrays, lists and generators.
 */
import { Pipeline } from './pipeline';
import {
  type ColumnInput,
  columnSource,
  type ElementGenerator,
  generatorSource,
  isColumnInput,
  itemsSource,
  type RowOf,
  tableSource,
  toColumn,
} from './sources';

/**
 * A dataset over arrays whose first axis counts the elements. An element is one row of each array.
 *
 * @param columns named arrays, such as `{ x, y }`, or a single one: host arrays, typed arrays, nested arrays of numbers,
 *                lists of strings. Arrays are not copied; rows are views of them.
 * @returns a dataset with random access
 * @throws {ShapeError} when the arrays disagree about the number of elements, or nested arrays are ragged
 * @example
 * const dataset = fromArrays({ x: [[0, 0], [0, 1], [1, 0], [1, 1]], y: [0, 1, 1, 0] });
 * for await (const { x, y } of dataset.shuffle(7).batch(2)) console.log(x.shape, y.data); // [2, 2] …
 */
export function fromArrays<C extends Readonly<Record<string, ColumnInput>>>(
  columns: C & (C extends ColumnInput ? never : unknown),
): Pipeline<{ [Key in keyof C]: RowOf<C[Key]> }>;
export function fromArrays<C extends ColumnInput>(column: C): Pipeline<RowOf<C>>;
export function fromArrays(input: ColumnInput | Readonly<Record<string, ColumnInput>>): Pipeline<unknown> {
  if (isColumnInput(input)) return new Pipeline(columnSource(toColumn('the array', input)));
  const columns = Object.entries(input).map(([name, column]) => [name, toColumn(name, column)] as const);
  return new Pipeline(tableSource(Object.fromEntries(columns)));
}

/**
 * A dataset over a list of anything: file names, records, sentences.
 *
 * @example
 * const words = fromItems(['deep', 'sea']).map((word) => word.length);
 * await words.toArray(); // [4, 3]
 */
export function fromItems<T>(items: readonly T[]): Pipeline<T> {
  return new Pipeline(itemsSource(items));
}

/**
 * A dataset over a generator, synchronous or asynchronous. It is called anew for every pass and must give the same
 * elements for the same epoch; resuming runs it again and leaves out what had been taken.
 *
 * @param generate makes the elements of one pass
 * @param options  `size`, if the number of elements is known
 * @example
 * const squares = fromGenerator(function* () {
 *   for (let n = 0; n < 5; n++) yield n * n;
 * });
 * await squares.toArray(); // [0, 1, 4, 9, 16]
 */
export function fromGenerator<T>(
  generate: ElementGenerator<T>,
  options: { readonly size?: number } = {},
): Pipeline<T> {
  return new Pipeline(generatorSource(generate, options.size));
}
