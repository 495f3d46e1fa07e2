/**
 * Splitting into training and test data: seeded, optionally keeping the proportions of the classes.
 */
import { ArgumentError, DataError } from '@hadal/core';
import type { Pipeline } from '../pipeline/pipeline';
import { random } from '../random/random';

/** How to split. */
export interface SplitOptions {
  /** Part of the elements that becomes the test set, between 0 and 1 (default 0.25). Rounded up. */
  readonly testSize?: number;
  /** Seed of the draw (default 0). */
  readonly seed?: number;
  /** False keeps the order and takes the test set from the end: for series in time (default true). */
  readonly shuffle?: boolean;
  /** The class of every element: both parts then have the classes in the same proportions. */
  readonly stratify?: ArrayLike<number | string>;
}

/** Positions of the two parts; together they are every position once. */
export interface SplitIndices {
  /** Rows to learn from. */
  readonly train: Uint32Array;
  /** Rows to judge by. */
  readonly test: Uint32Array;
}

const WHERE = 'trainTestSplit';

function checkSize(count: number, testSize: number): number {
  if (!(testSize > 0 && testSize < 1)) {
    throw new ArgumentError(
      WHERE,
      `testSize is ${testSize}.`,
      'Expected a part between 0 and 1, such as 0.25.',
    );
  }
  const testCount = Math.ceil(count * testSize);
  if (count < 2 || testCount >= count) {
    throw new DataError(
      WHERE,
      `${count} elements split at ${testSize} leave ${count - testCount} to train on.`,
      'Both parts need at least one element.',
    );
  }
  return testCount;
}

/** How many of each class go to the test set: proportional, the leftovers to the largest fractions. */
function apportion(classSizes: readonly number[], testCount: number, count: number): number[] {
  const exact = classSizes.map((size) => (size * testCount) / count);
  const quotas = exact.map(Math.floor);
  const byFraction = exact
    .map((value, index) => ({ index, fraction: value - Math.floor(value) }))
    .sort((a, b) => b.fraction - a.fraction || a.index - b.index);
  const left = testCount - quotas.reduce((sum, quota) => sum + quota, 0);
  for (const { index } of byFraction.slice(0, left)) quotas[index]! += 1;
  return quotas;
}

function groupByClass(labels: ArrayLike<number | string>): Map<number | string, number[]> {
  const members = new Map<number | string, number[]>();
  for (let index = 0; index < labels.length; index++) {
    const label = labels[index]!;
    const known = members.get(label);
    if (known === undefined) members.set(label, [index]);
    else known.push(index);
  }
  return members;
}

function splitStratified(labels: ArrayLike<number | string>, testCount: number, seed: number): SplitIndices {
  const members = groupByClass(labels);
  for (const [label, indices] of members) {
    if (indices.length < 2) {
      throw new DataError(
        WHERE,
        `class ${JSON.stringify(label)} has only one element, which cannot be in both parts.`,
        'Leave out such classes, merge them, or split without stratify.',
      );
    }
  }
  if (testCount < members.size || labels.length - testCount < members.size) {
    throw new DataError(
      WHERE,
      `${testCount} test and ${labels.length - testCount} training elements cannot hold all ${members.size} classes.`,
      'Choose a testSize that leaves each part at least one element per class.',
    );
  }
  const stream = random(seed);
  const groups = [...members.values()].map((indices) => stream.shuffle(indices));
  const quotas = apportion(
    groups.map((group) => group.length),
    testCount,
    labels.length,
  );
  const test = groups.flatMap((group, index) => group.slice(0, quotas[index]));
  const train = groups.flatMap((group, index) => group.slice(quotas[index]));
  return { train: stream.shuffle(Uint32Array.from(train)), test: stream.shuffle(Uint32Array.from(test)) };
}

/**
 * Chooses which of `count` elements are for training and which for testing.
 *
 * @param count   number of elements
 * @param options test size, seed, stratification
 * @returns two lists of positions, together every position once
 * @throws {ArgumentError} when testSize is not between 0 and 1, or `stratify` has another length
 * @throws {DataError} when a part would be empty, or a class too small to be in both
 * @example
 * const { train, test } = splitIndices(150, { testSize: 0.2, seed: 7, stratify: species });
 */
export function splitIndices(count: number, options: SplitOptions = {}): SplitIndices {
  const { testSize = 0.25, seed = 0, shuffle = true, stratify } = options;
  const testCount = checkSize(count, testSize);
  if (stratify !== undefined) {
    if (stratify.length !== count) {
      throw new ArgumentError(WHERE, `stratify has ${stratify.length} entries for ${count} elements.`);
    }
    if (!shuffle) {
      throw new ArgumentError(WHERE, 'stratify needs shuffle: keeping the order cannot balance the classes.');
    }
    return splitStratified(stratify, testCount, seed);
  }
  const order = shuffle
    ? random(seed).permutation(count)
    : Uint32Array.from({ length: count }, (_, index) => index);
  return { train: order.slice(0, count - testCount), test: order.slice(count - testCount) };
}

/**
 * Splits a dataset with random access into a training and a test set.
 *
 * @param dataset from arrays or items
 * @param options test size (default 0.25), seed, stratification
 * @throws {ArgumentError} when the dataset has no random access or no known size, and as `splitIndices` does
 * @throws {DataError} when the dataset is empty, or too small for the split
 * @example
 * const { train, test } = trainTestSplit(fromArrays({ x, y }), { testSize: 0.2, seed: 7, stratify: y.data });
 */
export function trainTestSplit<T>(
  dataset: Pipeline<T>,
  options: SplitOptions = {},
): { train: Pipeline<T>; test: Pipeline<T> } {
  const { size } = dataset;
  if (size === undefined || size === Infinity) {
    throw new ArgumentError(
      WHERE,
      `${dataset} does not know its size.`,
      'Collect it first: fromItems(await dataset.toArray()).',
    );
  }
  if (size === 0) throw new DataError(WHERE, 'the dataset is empty.', `It is built as ${dataset}.`);
  const { train, test } = splitIndices(size, options);
  return { train: dataset.select(train), test: dataset.select(test) };
}
