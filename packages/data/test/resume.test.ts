/**
 * A pass that is interrupted anywhere and resumed from JSON equals an unbroken one.
 */
import { DataError, type JsonValue } from '@hadal/core';
import { fromArrays, fromGenerator, fromItems, type Pipeline } from '@hadal/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const throughJson = (state: JsonValue): JsonValue => JSON.parse(JSON.stringify(state));

/** Takes `count` elements, then continues in a fresh iterator from the reported state. */
async function interrupted(dataset: Pipeline<unknown>, count: number, epoch: number): Promise<unknown[]> {
  const iterator = dataset.iterate({ epoch });
  const elements: unknown[] = [];
  for (let taken = 0; taken < count; taken++) {
    const result = await iterator.next();
    if (result.done === true) break;
    elements.push(result.value);
  }
  const state = throughJson(iterator.state());
  await iterator.return();
  for await (const element of dataset.iterate({ state })) elements.push(element);
  return elements;
}

type Stage = (dataset: Pipeline<unknown>) => Pipeline<unknown>;

/** Every stage that can stand anywhere, with small random parameters. */
const stages: fc.Arbitrary<Stage> = fc.oneof(
  fc.constant<Stage>((dataset) => dataset.map(async (element, info) => [element, info])),
  fc.constant<Stage>((dataset) => dataset.filter((element) => JSON.stringify(element).length % 3 !== 0)),
  fc.nat(3).map(
    (count): Stage =>
      (dataset) =>
        dataset.skip(count),
  ),
  fc.integer({ min: 5, max: 30 }).map(
    (count): Stage =>
      (dataset) =>
        dataset.take(count),
  ),
  fc.nat(2).map(
    (times): Stage =>
      (dataset) =>
        dataset.repeat(times + 1),
  ),
  fc.constant<Stage>((dataset) => dataset.repeat().take(37)),
  fc.integer().map(
    (seed): Stage =>
      (dataset) =>
        dataset.shuffle(seed, { bufferSize: 6 }),
  ),
  fc.integer({ min: 1, max: 4 }).map(
    (size): Stage =>
      (dataset) =>
        dataset.batch(size, { collate: (elements) => elements }),
  ),
  fc.integer({ min: 1, max: 5 }).map(
    (count): Stage =>
      (dataset) =>
        dataset.prefetch(count),
  ),
  fc.constant<Stage>((dataset) => dataset.concat(dataset)),
  fc.constant<Stage>((dataset) => dataset.zip(dataset.skip(1))),
);

const sources: fc.Arbitrary<Pipeline<unknown>> = fc.oneof(
  fc.constant(fromItems<unknown>(upTo(23))),
  fc.constant(fromGenerator<unknown>(({ epoch }) => upTo(23).map((n) => n + 100 * epoch))),
  fc.constant(
    fromGenerator<unknown>(async function* () {
      yield* upTo(23);
    }),
  ),
);

describe('an interrupted pass', () => {
  it('continues exactly where it was, through any stages and at any element', async () => {
    await fc.assert(
      fc.asyncProperty(
        sources,
        fc.array(stages, { maxLength: 4 }),
        fc.nat(40),
        fc.nat(3),
        async (source, chosen, count, epoch) => {
          const dataset = chosen.reduce<Pipeline<unknown>>((pipeline, stage) => stage(pipeline), source);
          // Filters may leave nothing, which an endless repetition refuses.
          const whole = await dataset.toArray({ epoch }).catch((error: unknown) => error);
          if (whole instanceof DataError) return;
          expect(await interrupted(dataset, count, epoch)).toEqual(whole);
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  it('continues a training pipeline bit for bit', async () => {
    const x = Array.from({ length: 101 }, (_, row) => [row, row / 3, Math.sin(row)]);
    const dataset = fromArrays({ x, y: upTo(101) })
      .shuffle(42)
      .batch(8)
      .prefetch(2);
    for (const count of [0, 1, 6, 12, 13]) {
      expect(await interrupted(dataset, count, 5)).toEqual(await dataset.toArray({ epoch: 5 }));
    }
  });

  it('reports a position that is after the element handed out, however many were fetched ahead', async () => {
    const dataset = fromItems(upTo(20)).prefetch(8);
    const iterator = dataset.iterate();
    await iterator.next();
    await iterator.next();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const rest = await dataset.toArray({ state: iterator.state() });
    expect(rest).toEqual(upTo(20).slice(2));
  });

  it('keeps the reported state when more elements are asked for early', async () => {
    const dataset = fromItems(upTo(4));
    const iterator = dataset.iterate();
    await iterator.next();
    const state = iterator.state();
    const pending = iterator.next();
    expect(iterator.state()).toEqual(state);
    await pending;
    expect(iterator.state()).not.toEqual(state);
  });

  it('resumes with another number of elements fetched ahead', async () => {
    const dataset = fromItems(upTo(20)).shuffle(1);
    const iterator = dataset.prefetch(3).iterate();
    const first = (await iterator.next()).value;
    expect([first, ...(await dataset.toArray({ state: iterator.state() }))]).toEqual(await dataset.toArray());
  });

  it('has a state whose size does not grow with the data', async () => {
    const dataset = fromItems(upTo(10_000)).shuffle(1).batch(32);
    const iterator = dataset.iterate();
    await iterator.next();
    expect(JSON.stringify(iterator.state()).length).toBeLessThan(150);
  });
});

describe('a state that does not fit', () => {
  const dataset = fromItems(upTo(10)).shuffle(1).batch(2);
  const valid = { pipeline: String(dataset), epoch: 0, at: { position: 1 } };

  it('is accepted when it is right', async () => {
    expect(await dataset.toArray({ state: valid })).toHaveLength(4);
  });

  it('names both pipelines when it comes from another one', () => {
    const other = fromItems(upTo(10)).shuffle(2).batch(2);
    const resume = () => other.iterate({ state: valid });
    expect(resume).toThrow(DataError);
    expect(resume).toThrow('items(10) → shuffle(seed 1) → batch(2)');
    expect(resume).toThrow('items(10) → shuffle(seed 2) → batch(2)');
  });

  it('is not mistaken for that of another selection of equal size', async () => {
    const items = fromItems(upTo(10));
    const state = items.select([1, 2, 3]).iterate().state();
    expect(() => items.select([1, 2, 4]).iterate({ state })).toThrow('does not fit');
  });

  it.each<[string, JsonValue]>([
    ['null', null],
    ['a number', 3],
    ['a list', []],
    ['no position', { ...valid, at: {} }],
    ['a position past the end', { ...valid, at: { position: 6 } }],
    ['a negative position', { ...valid, at: { position: -1 } }],
    ['half a position', { ...valid, at: { position: 1.5 } }],
    ['a position that is text', { ...valid, at: { position: '1' } }],
    ['a negative epoch', { ...valid, epoch: -1 }],
    ['no epoch', { pipeline: String(dataset), at: { position: 1 } }],
  ])('is refused: %s', (_, state) => {
    expect(() => dataset.iterate({ state })).toThrow(DataError);
  });
});
