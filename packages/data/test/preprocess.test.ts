/**
 * Scalers and encoders against scikit-learn.
 */
import { ArgumentError, DataError, type HostArray, type JsonValue, ShapeError } from '@hadal/core';
import {
  labelEncoder,
  labelEncoderFromJSON,
  minMaxScaler,
  oneHot,
  scalerFromJSON,
  standardScaler,
  toHostArray,
} from '@hadal/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import goldenLabels from './fixtures/labels.json';
import goldenScalers from './fixtures/scalers.json';

type Rows = (number | null)[][];

const matrix = (rows: Rows): HostArray =>
  toHostArray(
    rows.map((row) => row.map((value) => value ?? Number.NaN)),
    { dtype: 'float64' },
  );

/** Compares with golden values to a few units in the last place of the largest magnitude. */
function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>, relative: number): void {
  expect(found).toHaveLength(expected.length);
  for (let index = 0; index < expected.length; index++) {
    const want = expected[index]!;
    if (Number.isNaN(want)) expect(found[index]).toBeNaN();
    else expect(Math.abs(found[index]! - want)).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(want)));
  }
}

const throughJson = (value: { toJSON(): JsonValue }): JsonValue => JSON.parse(JSON.stringify(value));

describe.each(goldenScalers.cases)('scaling $name as scikit-learn does', (golden) => {
  const x = matrix(golden.x);

  it('to mean 0 and variance 1', () => {
    const scaler = standardScaler().fit(x);
    expectClose(scaler.learned.mean, golden.mean, 1e-12);
    expectClose(scaler.learned.scale, golden.scale, 1e-9);
    expectClose(scaler.transform(x).data, matrix(golden.standard).data, 1e-6);
  });

  it('into a range', () => {
    expectClose(minMaxScaler().fitTransform(x).data, matrix(golden.unit).data, 1e-7);
    expectClose(minMaxScaler({ range: [-2, 3] }).fitTransform(x).data, matrix(golden.wide).data, 1e-7);
  });

  it('and back again', () => {
    for (const scaler of [standardScaler(), minMaxScaler({ range: [-1, 1] })]) {
      expectClose(scaler.inverseTransform(scaler.fitTransform(x)).data, x.data, 1e-9);
    }
  });

  it('and the same after saving and loading', () => {
    for (const scaler of [standardScaler().fit(x), minMaxScaler({ range: [-1, 1] }).fit(x)]) {
      const restored = scalerFromJSON(throughJson(scaler));
      expect(restored.transform(x)).toEqual(scaler.transform(x));
      expect(restored.inverseTransform(x)).toEqual(scaler.inverseTransform(x));
    }
  });
});

describe('scalers', () => {
  it('keep float32 and the shape', () => {
    const x = toHostArray(
      Float32Array.from({ length: 24 }, (_, index) => index),
      { shape: [2, 3, 4] },
    );
    const scaled = standardScaler().fitTransform(x);
    expect(scaled.dtype).toBe('float32');
    expect(scaled.shape).toEqual([2, 3, 4]);
    expect([...scaled.data.slice(0, 12)]).toEqual(new Array(12).fill(-1));
  });

  it('turn whole numbers into float32', () => {
    const x = toHostArray([[0], [5], [10]], { dtype: 'int32' });
    expect(minMaxScaler().fitTransform(x)).toEqual({
      data: Float32Array.of(0, 0.5, 1),
      shape: [3, 1],
      dtype: 'float32',
    });
  });

  it('only centre a feature that does not vary', () => {
    const x = toHostArray([[0.1], [0.1], [0.1]], { dtype: 'float64' });
    expect(standardScaler().fit(x).learned.scale).toEqual([1]);
    expectClose(standardScaler().fitTransform(x).data, [0, 0, 0], 1e-15);
    expect([...minMaxScaler().fitTransform(x).data]).toEqual([0, 0, 0]);
  });

  it('fill the range exactly with any training data', () => {
    const numbers = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
    fc.assert(
      fc.property(fc.array(numbers, { minLength: 2, maxLength: 30 }), (values) => {
        const x = toHostArray(
          values.map((value) => [value]),
          { dtype: 'float64' },
        );
        const { data } = minMaxScaler({ range: [-1, 1] }).fitTransform(x);
        expect(Math.min(...data)).toBeGreaterThanOrEqual(-1);
        expect(Math.max(...data)).toBeLessThanOrEqual(1 + 1e-12);
      }),
      { seed: 11 },
    );
  });

  it('refuse to work before they are fitted', () => {
    expect(() => standardScaler().transform(toHostArray([[1]]))).toThrow(ArgumentError);
    expect(() => minMaxScaler().toJSON()).toThrow('the scaler has not been fitted');
  });

  it('refuse data of another width, without features, without rows, without numbers', () => {
    const scaler = standardScaler().fit(
      toHostArray([
        [1, 2],
        [3, 4],
      ]),
    );
    expect(() => scaler.transform(toHostArray([[1, 2, 3]]))).toThrow(
      'the array has 3 features, the scaler was fitted on 2',
    );
    expect(() => scaler.fit(toHostArray([1, 2]))).toThrow(ShapeError);
    expect(() => scaler.fit({ data: new Float32Array(0), shape: [0, 2], dtype: 'float32' })).toThrow(
      'there are no rows to learn from',
    );
    expect(() => scaler.fit(toHostArray([[1, Number.NaN]]))).toThrow('feature 1 has no numbers');
    expect(() => minMaxScaler({ range: [1, 1] })).toThrow('the range is [1, 1]');
  });

  it.each<JsonValue>([
    null,
    [],
    'standardScaler',
    { kind: 'robustScaler' },
    { kind: 'standardScaler', mean: [1], scale: [1, 2] },
    { kind: 'standardScaler', mean: [1], scale: ['1'] },
    { kind: 'minMaxScaler', min: [0], max: [1], range: [0] },
  ])('are not restored from %j', (state) => {
    expect(() => scalerFromJSON(state)).toThrow(DataError);
  });
});

describe.each(goldenLabels.cases)(
  'labels $names as scikit-learn encodes them',
  ({ names, classes, codes, oneHot: vectors }) => {
    it('are numbered in sorted order', () => {
      const encoder = labelEncoder<string | number>(names);
      expect(encoder.classes).toEqual(classes);
      expect(Array.from(encoder.transform(names).data)).toEqual(codes);
      expect(encoder.inverseTransform(encoder.transform(names))).toEqual(names);
    });

    it('become one-hot vectors', () => {
      const labels = labelEncoder<string | number>(names).transform(names);
      expect(oneHot(labels, classes.length)).toEqual(toHostArray(vectors));
    });

    it('are encoded alike after saving and loading', () => {
      const encoder = labelEncoder<string | number>(names);
      expect(labelEncoderFromJSON(throughJson(encoder)).transform(names)).toEqual(encoder.transform(names));
    });
  },
);

describe('labels out of range', () => {
  it.each([
    [[0, 3], 'label 1 is 3, with 3 classes it must be a whole number from 0 to 2'],
    [[-1], 'label 0 is -1'],
    [[0.5], 'label 0 is 0.5'],
  ])('%j cannot become one-hot vectors of 3', (values, message) => {
    expect(() => oneHot(toHostArray(values), 3)).toThrow(DataError);
    expect(() => oneHot(toHostArray(values), 3)).toThrow(message);
  });

  it('of an encoder are named with what is known', () => {
    const encoder = labelEncoder<string>(['cat', 'dog']);
    expect(() => encoder.transform(['cow'])).toThrow('entry 0 is "cow", which was not seen before');
    expect(() => encoder.inverseTransform(toHostArray([2]))).toThrow('label 0 is 2, there are 2 classes');
    expect(() => labelEncoder([])).toThrow('no names to learn from');
    expect(() => oneHot(toHostArray([0]), 0)).toThrow(ArgumentError);
  });

  it.each<JsonValue>([null, {}, { kind: 'labelEncoder', classes: [true] }, { kind: 'labelEncoder' }])(
    'an encoder is not restored from %j',
    (state) => {
      expect(() => labelEncoderFromJSON(state)).toThrow(DataError);
    },
  );
});
