/**
 * What every stage of a pipeline does, on sources with and without random access.
 */
import {
  ArgumentError,
  DataError,
  type Dataset,
  type HostArray,
  ShapeError,
  type TrainingBatch,
} from '@hadal/core';
import { fromArrays, fromGenerator, fromItems, item, toHostArray } from '@hadal/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

/** The same numbers with and without random access. */
const sourcesOf = (numbers: readonly number[]) => [
  { kind: 'items', dataset: fromItems(numbers) },
  { kind: 'a generator', dataset: fromGenerator(() => numbers) },
  {
    kind: 'an asynchronous generator',
    dataset: fromGenerator(async function* () {
      yield* numbers;
    }),
  },
];

describe.each(sourcesOf(upTo(10)))('a dataset from $kind', ({ dataset }) => {
  it('gives its elements in order, as often as it is iterated', async () => {
    expect(await dataset.toArray()).toEqual(upTo(10));
    expect(await dataset.toArray()).toEqual(upTo(10));
  });

  it('maps with functions that answer at once or later', async () => {
    expect(await dataset.map((n) => n * n).toArray()).toEqual(upTo(10).map((n) => n * n));
    expect(await dataset.map(async (n) => `${n}`).toArray()).toEqual(upTo(10).map(String));
  });

  it('tells map where the element stands', async () => {
    const places = await dataset
      .skip(7)
      .map((n, { index, epoch }) => [n, index, epoch])
      .toArray({ epoch: 4 });
    expect(places).toEqual([
      [7, 0, 4],
      [8, 1, 4],
      [9, 2, 4],
    ]);
  });

  it('filters, takes and skips', async () => {
    expect(await dataset.filter((n) => n % 3 === 0).toArray()).toEqual([0, 3, 6, 9]);
    expect(await dataset.filter(async (n) => n > 7).toArray()).toEqual([8, 9]);
    expect(await dataset.take(3).toArray()).toEqual([0, 1, 2]);
    expect(await dataset.skip(8).toArray()).toEqual([8, 9]);
    expect(await dataset.skip(2).take(2).toArray()).toEqual([2, 3]);
    expect(await dataset.take(99).toArray()).toEqual(upTo(10));
    expect(await dataset.skip(99).toArray()).toEqual([]);
    expect(await dataset.take(0).toArray()).toEqual([]);
  });

  it('batches, with or without the incomplete last batch', async () => {
    const sizes = (batches: HostArray[]): number[] => batches.map(({ data }) => data.length);
    expect(sizes(await dataset.batch(4).toArray())).toEqual([4, 4, 2]);
    expect(sizes(await dataset.batch(4, { dropRemainder: true }).toArray())).toEqual([4, 4]);
    expect(sizes(await dataset.batch(99).toArray())).toEqual([10]);
  });

  it('batches with a stacking of its own', async () => {
    const sums = dataset.batch(4, { collate: (elements) => elements.reduce((sum, n) => sum + n, 0) });
    expect(await sums.toArray()).toEqual([6, 22, 17]);
  });

  it('repeats', async () => {
    expect(await dataset.repeat(2).toArray()).toEqual([...upTo(10), ...upTo(10)]);
    expect(await dataset.repeat(0).toArray()).toEqual([]);
    expect(await dataset.repeat().take(25).toArray()).toHaveLength(25);
  });

  it('concatenates and zips', async () => {
    expect(await dataset.take(2).concat(dataset.skip(8)).toArray()).toEqual([0, 1, 8, 9]);
    expect(await dataset.zip(dataset.skip(8)).toArray()).toEqual([
      [0, 8],
      [1, 9],
    ]);
  });

  it('gives the same with elements fetched ahead', async () => {
    expect(await dataset.prefetch(3).toArray()).toEqual(upTo(10));
    expect(await dataset.prefetch(100).batch(4).prefetch(1).toArray()).toEqual(
      await dataset.batch(4).toArray(),
    );
  });

  it('passes on what a function throws, and is over then', async () => {
    const broken = dataset.map((n) => {
      if (n === 3) throw new Error('three is broken');
      return n;
    });
    for (const pipeline of [broken, broken.prefetch(5)]) {
      const iterator = pipeline.iterate();
      expect(
        [await iterator.next(), await iterator.next(), await iterator.next()].map(({ value }) => value),
      ).toEqual([0, 1, 2]);
      await expect(iterator.next()).rejects.toThrow('three is broken');
      expect(await iterator.next()).toEqual({ done: true, value: undefined });
    }
  });
});

describe('fromArrays', () => {
  const dataset = fromArrays({
    x: toHostArray(Float32Array.from(upTo(12)), { shape: [4, 3] }),
    y: Int32Array.of(3, 2, 1, 0),
    name: ['a', 'b', 'c', 'd'],
  });

  it('has one row of every column as element', async () => {
    const [first] = await dataset.skip(1).take(1).toArray();
    expect(first).toEqual({
      x: { data: Float32Array.of(3, 4, 5), shape: [3], dtype: 'float32' },
      y: { data: Int32Array.of(2), shape: [], dtype: 'int32' },
      name: 'b',
    });
  });

  it('batches rows with their dtype', async () => {
    const [batch] = await dataset.batch(3).toArray();
    expect(batch).toEqual({
      x: { data: Float32Array.from(upTo(9)), shape: [3, 3], dtype: 'float32' },
      y: { data: Int32Array.of(3, 2, 1), shape: [3], dtype: 'int32' },
      name: ['a', 'b', 'c'],
    });
  });

  it('is, once batched, what training loops take', async () => {
    const forTraining: Dataset<TrainingBatch> = fromArrays({ x: [[1], [2]], y: [0, 1] }).batch(2);
    const { value } = await forTraining.iterate().next();
    expect(value?.x).toEqual({ data: Float32Array.of(1, 2), shape: [2, 1], dtype: 'float32' });
  });

  it('takes a single array too', async () => {
    const rows = await fromArrays([
      [1, 2],
      [3, 4],
    ]).toArray();
    expect(rows.map(({ data }) => [...data])).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('knows its size', () => {
    expect(dataset.size).toBe(4);
    expect(dataset.batch(3).size).toBe(2);
    expect(dataset.batch(3, { dropRemainder: true }).size).toBe(1);
    expect(dataset.repeat(3).size).toBe(12);
    expect(dataset.repeat().size).toBe(Infinity);
    expect(dataset.repeat().batch(5).take(7).size).toBe(7);
    expect(dataset.filter(() => true).size).toBeUndefined();
    expect(dataset.take(3).concat(dataset).size).toBe(7);
  });

  it('refuses columns that disagree, scalars and nothing at all', () => {
    expect(() => fromArrays({ x: [[1], [2]], y: [1] })).toThrow(ShapeError);
    expect(() => fromArrays({ x: [[1], [2]], y: [1] })).toThrow('"y" has 1 rows and "x" has 2');
    expect(() => fromArrays({ x: { data: Float32Array.of(1), shape: [], dtype: 'float32' } })).toThrow(
      'x is a scalar',
    );
    expect(() => fromArrays({})).toThrow('no columns were given');
  });

  it('gathers the same batches from columns as stacking single rows gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        async (rows, width, batchSize, seed) => {
          const x = toHostArray(Float32Array.from(upTo(rows * width)), { shape: [rows, width] });
          const shuffled = fromArrays({ x, y: Int32Array.from(upTo(rows)) }).shuffle(seed);
          const gathered = await shuffled.batch(batchSize).toArray();
          const stacked = await shuffled
            .map((row) => row)
            .batch(batchSize)
            .toArray();
          expect(gathered).toEqual(stacked);
        },
      ),
      { seed: 2, numRuns: 40 },
    );
  });
});

describe('select', () => {
  it('gives chosen positions in the given order', async () => {
    expect(await fromItems(['a', 'b', 'c']).select([2, 0, 2]).toArray()).toEqual(['c', 'a', 'c']);
  });

  it('refuses positions outside the dataset', () => {
    const dataset = fromItems(['a', 'b', 'c']);
    expect(() => dataset.select([0, 3])).toThrow('position 1 is 3, the dataset has 3 elements');
    expect(() => dataset.select([-1])).toThrow(ArgumentError);
    expect(() => dataset.select([0.5])).toThrow(ArgumentError);
    expect(() => dataset.filter(() => true).select([0])).toThrow('cannot be read at chosen positions');
  });
});

describe('iterators', () => {
  it('answer overlapping calls in order', async () => {
    const slowFirst = fromItems(upTo(5)).map(async (n) => {
      await new Promise((resolve) => setTimeout(resolve, 10 - 2 * n));
      return n;
    });
    const iterator = slowFirst.iterate();
    const results = await Promise.all(upTo(6).map(() => iterator.next()));
    expect(results.map(({ value }) => value)).toEqual([0, 1, 2, 3, 4, undefined]);
  });

  it('release a generator when a loop breaks off', async () => {
    let released = 0;
    const dataset = fromGenerator(function* () {
      try {
        for (;;) yield 1;
      } finally {
        released++;
      }
    });
    const pipelines = [
      dataset,
      dataset.map((n) => n),
      dataset.batch(3),
      dataset.prefetch(4),
      dataset.repeat(),
    ];
    for (const pipeline of [...pipelines, dataset.shuffle(1, { bufferSize: 3 })]) {
      released = 0;
      for await (const _ of pipeline) break;
      expect(released).toBe(1);
    }
  });

  it('release a generator when take has had enough', async () => {
    let released = false;
    const dataset = fromGenerator(function* () {
      try {
        for (;;) yield 1;
      } finally {
        released = true;
      }
    });
    expect(await dataset.take(2).toArray()).toEqual([1, 1]);
    expect(released).toBe(true);
  });

  it('fetch no further ahead than they were told', async () => {
    let made = 0;
    const dataset = fromGenerator(function* () {
      for (;;) yield made++;
    }).prefetch(3);
    const iterator = dataset.iterate();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(made).toBe(4);
    await iterator.return();
  });

  it('read nothing before they are asked', async () => {
    let opened = 0;
    const dataset = fromGenerator(() => {
      opened++;
      return [1];
    }).batch(2);
    const iterator = dataset.iterate();
    expect(opened).toBe(0);
    await iterator.next();
    expect(opened).toBe(1);
  });

  it('compute the elements of one batch concurrently', async () => {
    let running = 0;
    let most = 0;
    const dataset = fromItems(upTo(8)).map(async (n) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      return n;
    });
    await dataset.batch(8).toArray();
    expect(most).toBe(8);
  });
});

describe('arguments outside their range', () => {
  const dataset = fromItems([1, 2, 3]);
  it.each([
    ['batch of 0', () => dataset.batch(0), 'batchSize is 0'],
    ['batch of 2.5', () => dataset.batch(2.5), 'batchSize is 2.5'],
    ['take of -1', () => dataset.take(-1), 'count is -1'],
    ['skip of NaN', () => dataset.skip(Number.NaN), 'count is NaN'],
    ['prefetch of 0', () => dataset.prefetch(0), 'count is 0'],
    ['repeat of 1.5', () => dataset.repeat(1.5), 'times is 1.5'],
    ['epoch of -1', () => dataset.iterate({ epoch: -1 }), 'epoch is -1'],
    ['seed of 0.5', () => dataset.shuffle(0.5), 'the seed is 0.5'],
  ])('%s is refused with the value', (_, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(message);
  });

  it('an endless dataset cannot be collected', async () => {
    await expect(dataset.repeat().toArray()).rejects.toThrow('the dataset is endless');
  });

  it('an empty dataset cannot be repeated for ever', async () => {
    const empty = dataset.filter(() => false).repeat();
    await expect(empty.iterate().next()).rejects.toThrow(DataError);
  });
});

it('a pipeline tells how it is built', () => {
  const pipeline = fromArrays({ x: [[1], [2]], y: [0, 1] })
    .shuffle(7)
    .map((row) => item(row.y))
    .batch(2);
  expect(String(pipeline)).toBe('arrays(x, y: 2) → shuffle(seed 7) → map → batch(2)');
});
