/**
 * Class labels: one-hot vectors, and names as numbers.
 */
import { ArgumentError, DataError, type HostArray, type JsonValue } from '@hadal/core';

/**
 * Turns labels into one-hot vectors.
 *
 * @param labels  whole numbers from 0 to classes - 1, of any shape
 * @param classes number of classes
 * @returns float32 of shape [...labels.shape, classes]: 1 at the label, 0 elsewhere
 * @throws {ArgumentError} when `classes` is not a positive whole number
 * @throws {DataError} when a label is outside the classes or not a whole number
 * @example
 * oneHot(toHostArray([2, 0]), 3).data; // Float32Array [0, 0, 1, 1, 0, 0]
 */
export function oneHot(labels: HostArray, classes: number): HostArray {
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new ArgumentError(
      'oneHot',
      `classes is ${classes}.`,
      'Expected the number of classes, such as 10.',
    );
  }
  const data = new Float32Array(labels.data.length * classes);
  labels.data.forEach((label, index) => {
    if (!Number.isInteger(label) || label < 0 || label >= classes) {
      throw new DataError(
        'oneHot',
        `label ${index} is ${label}, with ${classes} classes it must be a whole number from 0 to ${classes - 1}.`,
        'Labels that start at 1 or are names go through labelEncoder() first.',
      );
    }
    data[index * classes + label] = 1;
  });
  return { data, shape: [...labels.shape, classes], dtype: 'float32' };
}

/** A class as it is called in the data. */
export type ClassName = number | string;

const compare = (a: ClassName, b: ClassName): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Numbers classes from 0 in sorted order, and back. The order is numeric for numbers and by code unit for strings, as
 * scikit-learn's LabelEncoder has it.
 */
export class LabelEncoder<Name extends ClassName> {
  readonly #numbers: ReadonlyMap<Name, number>;

  /** @param classes name of class 0, of class 1, … */
  constructor(readonly classes: readonly Name[]) {
    this.#numbers = new Map(classes.map((name, index) => [name, index]));
    if (this.#numbers.size !== classes.length) {
      throw new ArgumentError('labelEncoder', 'a class is listed twice.', 'List every class once.');
    }
  }

  /**
   * @param names class names
   * @returns int32 [names.length]
   * @throws {DataError} when a name is none of the classes
   */
  transform(names: ArrayLike<Name>): HostArray {
    const data = Int32Array.from({ length: names.length }, (_, index) => {
      const name = names[index]!;
      const number = this.#numbers.get(name);
      if (number !== undefined) return number;
      throw new DataError(
        'labelEncoder',
        `entry ${index} is ${JSON.stringify(name)}, which was not seen before.`,
        `Known classes: ${this.classes.map((known) => JSON.stringify(known)).join(', ')}.`,
      );
    });
    return { data, shape: [names.length], dtype: 'int32' };
  }

  /**
   * @param labels whole numbers from 0 to classes - 1
   * @returns their names
   * @throws {DataError} when a number is outside the classes
   */
  inverseTransform(labels: HostArray): Name[] {
    return Array.from(labels.data, (label, index) => {
      const name = this.classes[label];
      if (name !== undefined) return name;
      throw new DataError(
        'labelEncoder',
        `label ${index} is ${label}, there are ${this.classes.length} classes.`,
        `Expected whole numbers from 0 to ${this.classes.length - 1}.`,
      );
    });
  }

  /** Plain JSON, from which `labelEncoderFromJSON` makes an equal encoder. */
  toJSON(): { kind: 'labelEncoder'; classes: Name[] } {
    return { kind: 'labelEncoder', classes: [...this.classes] };
  }
}

/**
 * Learns the classes of some data.
 *
 * @param names class names, numbers or strings
 * @throws {DataError} when there are none
 * @example
 * const encoder = labelEncoder(['cat', 'dog', 'cat']);
 * encoder.transform(['dog', 'cat']).data; // Int32Array [1, 0]
 * encoder.classes;                        // ['cat', 'dog']
 */
export function labelEncoder<Name extends ClassName>(names: ArrayLike<Name>): LabelEncoder<Name> {
  if (names.length === 0) throw new DataError('labelEncoder', 'there are no names to learn from.');
  return new LabelEncoder([...new Set(Array.from(names))].sort(compare));
}

/**
 * Restores an encoder from what `toJSON` gave.
 *
 * @throws {DataError} when the value is not the state of a label encoder
 * @example
 * const restored = labelEncoderFromJSON(JSON.parse(JSON.stringify(encoder)));
 */
export function labelEncoderFromJSON(state: JsonValue): LabelEncoder<ClassName> {
  if (typeof state === 'object' && state !== null && 'kind' in state && state.kind === 'labelEncoder') {
    const { classes } = state;
    const isName = (name: JsonValue): name is ClassName =>
      typeof name === 'string' || typeof name === 'number';
    if (Array.isArray(classes) && classes.every(isName)) return new LabelEncoder(classes);
  }
  throw new DataError(
    'labelEncoderFromJSON',
    'the value is not the state of a label encoder.',
    "Expected { kind: 'labelEncoder', classes: [...] } as toJSON() gives it.",
  );
}
