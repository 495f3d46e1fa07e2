/**
 * Training and test parts: disjoint, complete, proportional, reproducible.
 */
import { ArgumentError, DataError } from '@hadal/core';
import { fromArrays, fromGenerator, fromItems, item, splitIndices, trainTestSplit } from '@hadal/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const union = (a: Uint32Array, b: Uint32Array): number[] => [...a, ...b].sort((x, y) => x - y);

describe('splitIndices', () => {
  it('puts every position into exactly one part, the test part rounded up', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer(),
        (count, testSize, seed) => {
          const testCount = Math.ceil(count * testSize);
          if (testCount >= count) return;
          const { train, test } = splitIndices(count, { testSize, seed });
          expect(test).toHaveLength(testCount);
          expect(union(train, test)).toEqual(upTo(count));
        },
      ),
      { seed: 9 },
    );
  });

  it('keeps the proportions of the classes to less than one element', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(4), { minLength: 40, maxLength: 200 }),
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.integer(),
        (labels, testSize, seed) => {
          const sizes = upTo(5).map((label) => labels.filter((other) => other === label).length);
          if (sizes.includes(1)) return;
          const { train, test } = splitIndices(labels.length, { testSize, seed, stratify: labels });
          expect(union(train, test)).toEqual(upTo(labels.length));
          sizes.forEach((size, label) => {
            const share = [...test].filter((index) => labels[index] === label).length;
            expect(Math.abs(share - (size * test.length) / labels.length)).toBeLessThan(1);
          });
        },
      ),
      { seed: 10 },
    );
  });

  it('depends on the seed and on nothing else', () => {
    expect(splitIndices(50, { seed: 1 })).toEqual(splitIndices(50, { seed: 1 }));
    expect(splitIndices(50, { seed: 1 })).not.toEqual(splitIndices(50, { seed: 2 }));
    const stratify = upTo(50).map((index) => (index % 3 === 0 ? 'a' : 'b'));
    expect(splitIndices(50, { stratify })).toEqual(splitIndices(50, { stratify }));
  });

  it('takes the end for testing when the order is kept', () => {
    const { train, test } = splitIndices(10, { testSize: 0.3, shuffle: false });
    expect([...train]).toEqual(upTo(7));
    expect([...test]).toEqual([7, 8, 9]);
  });

  it.each([
    ['testSize 0', () => splitIndices(10, { testSize: 0 }), ArgumentError, 'testSize is 0'],
    ['testSize 1', () => splitIndices(10, { testSize: 1 }), ArgumentError, 'testSize is 1'],
    ['testSize NaN', () => splitIndices(10, { testSize: Number.NaN }), ArgumentError, 'testSize is NaN'],
    ['one element', () => splitIndices(1), DataError, '1 elements split at 0.25 leave 0 to train on'],
    [
      'a lonely class',
      () => splitIndices(4, { stratify: [1, 1, 1, 2] }),
      DataError,
      'class 2 has only one element',
    ],
    [
      'too few for the classes',
      () => splitIndices(6, { testSize: 0.2, stratify: [0, 0, 1, 1, 2, 2] }),
      DataError,
      '2 test and 4 training elements cannot hold all 3 classes',
    ],
    [
      'labels of another length',
      () => splitIndices(4, { stratify: [1, 1] }),
      ArgumentError,
      'stratify has 2 entries for 4 elements',
    ],
    [
      'stratify without shuffle',
      () => splitIndices(4, { stratify: [1, 1, 2, 2], shuffle: false }),
      ArgumentError,
      'stratify needs shuffle',
    ],
  ])('refuses %s', (_, call, kind, message) => {
    expect(call).toThrow(kind);
    expect(call).toThrow(message);
  });
});

describe('trainTestSplit', () => {
  it('splits a dataset into two that batch and shuffle like it', async () => {
    const y = Int32Array.from(upTo(40), (index) => index % 2);
    const dataset = fromArrays({ x: upTo(40).map((n) => [n]), y });
    const { train, test } = trainTestSplit(dataset, { testSize: 0.25, seed: 3, stratify: y });
    expect([train.size, test.size]).toEqual([30, 10]);
    const labels = (await test.toArray()).map((row) => item(row.y));
    expect(labels.filter((label) => label === 1)).toHaveLength(5);
    const [batch] = await train.shuffle(1).batch(30).toArray();
    expect(batch?.x.shape).toEqual([30, 1]);
  });

  it('refuses datasets that are empty, endless or of unknown size', () => {
    expect(() => trainTestSplit(fromItems([]))).toThrow('the dataset is empty');
    expect(() => trainTestSplit(fromItems([1]).repeat())).toThrow('does not know its size');
    expect(() => trainTestSplit(fromGenerator(() => [1, 2, 3]))).toThrow(ArgumentError);
  });
});
