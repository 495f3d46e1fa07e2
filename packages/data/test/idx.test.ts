/**
 * IDX and gzip: the formats as others write them, and what is said about damaged files.
 */
import { gzipSync } from 'node:zlib';
import { DataError, type HostArray } from '@hadal/core';
import { encodeIdx, gunzip, parseIdx, readIdx, toHostArray } from '@hadal/data';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import golden from './fixtures/idx.json';

const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

describe('IDX files', () => {
  it.each(golden.cases)(
    'of type $type written with NumPy read as $dtype',
    ({ base64, dtype, shape, values }) => {
      const array = parseIdx(bytesOf(base64));
      expect(array.dtype).toBe(dtype);
      expect(array.shape).toEqual(shape);
      expect(Array.from(array.data)).toEqual(values);
    },
  );

  it.each(golden.cases.filter(({ type }) => ['u1', '>i4', '>f4', '>f8'].includes(type)))(
    'of type $type are written as NumPy writes them',
    ({ base64 }) => {
      expect(encodeIdx(parseIdx(bytesOf(base64)))).toEqual(bytesOf(base64));
    },
  );

  it('come back as they were written', () => {
    const arrays: fc.Arbitrary<HostArray> = fc.array(fc.nat(4), { maxLength: 4 }).chain((shape) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const exactly = { minLength: count, maxLength: count };
      return fc.oneof(
        fc.uint8Array(exactly).map((data): HostArray => ({ data, shape, dtype: 'uint8' })),
        fc.int32Array(exactly).map((data): HostArray => ({ data, shape, dtype: 'int32' })),
        fc.float32Array(exactly).map((data): HostArray => ({ data, shape, dtype: 'float32' })),
        fc.float64Array(exactly).map((data): HostArray => ({ data, shape, dtype: 'float64' })),
      );
    });
    fc.assert(
      fc.property(arrays, (array) => {
        expect(parseIdx(encodeIdx(array))).toEqual(array);
      }),
      { seed: 5 },
    );
  });

  it('are read gzipped or plain', async () => {
    const labels = toHostArray([3, 1, 2], { dtype: 'uint8' });
    const plain = encodeIdx(labels);
    expect(await readIdx(plain)).toEqual(labels);
    expect(await readIdx(new Uint8Array(gzipSync(plain)))).toEqual(labels);
  });

  it('read from the middle of a larger buffer', () => {
    const plain = encodeIdx(toHostArray([[1.5, 2.5]]));
    const larger = new Uint8Array(plain.length + 7);
    larger.set(plain, 3);
    expect(parseIdx(larger.subarray(3, 3 + plain.length)).data).toEqual(Float32Array.of(1.5, 2.5));
  });
});

describe('damaged IDX files', () => {
  const images = encodeIdx(toHostArray(new Uint8Array(2 * 28 * 28), { shape: [2, 28, 28] }));

  it('say how many bytes are missing wherever they are cut', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: images.length - 1 }), (length) => {
        const cut = images.subarray(0, length);
        expect(() => parseIdx(cut, { name: 'images' })).toThrow(DataError);
        expect(() => parseIdx(cut, { name: 'images' })).toThrow(
          `images is truncated: it has ${length} bytes`,
        );
      }),
      { seed: 6 },
    );
    expect(() => parseIdx(images.subarray(0, 1583))).toThrow(
      'has 1583 bytes and needs 1584 for its shape [2, 28, 28]',
    );
  });

  it('say how many bytes are too many', () => {
    const longer = new Uint8Array(images.length + 5);
    longer.set(images);
    expect(() => parseIdx(longer)).toThrow('has 5 bytes more than its shape [2, 28, 28] needs');
  });

  it.each([
    ['a PNG', [0x89, 0x50, 0x4e, 0x47], 'it starts with 89 50 4e 47'],
    ['nothing', [], 'it starts with (none) (none) (none) (none)'],
    ['an unknown type', [0, 0, 0x0a, 1, 0, 0, 0, 0], 'unknown value type 0a'],
  ])('of %s are refused by their first bytes', (_, bytes, message) => {
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(DataError);
    expect(() => parseIdx(Uint8Array.from(bytes))).toThrow(message);
  });

  it('never make the reader fail in another way, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.boolean(), (bytes, looksRight) => {
        if (looksRight) bytes.set([0, 0, 8].slice(0, bytes.length));
        try {
          parseIdx(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
        expect(bytes.length).toBeLessThanOrEqual(64);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

describe.each(['with the modules of Node', 'with the web platform alone'])('gunzip %s', (platform) => {
  const original = process.getBuiltinModule;
  const setUp = (): void => {
    if (platform.startsWith('with the web')) Object.assign(process, { getBuiltinModule: undefined });
  };
  afterEach(() => {
    Object.assign(process, { getBuiltinModule: original });
  });
  const content = Uint8Array.from({ length: 10_000 }, (_, index) => (index * index) % 251);
  const compressed = new Uint8Array(gzipSync(content));

  it('gives the content', async () => {
    setUp();
    expect(await gunzip(compressed)).toEqual(content);
  });

  it('refuses truncated files', async () => {
    setUp();
    for (const length of [3, 10, 100, compressed.length - 9, compressed.length - 1]) {
      const cut = gunzip(compressed.subarray(0, length), { name: 'labels.gz' });
      await expect(cut).rejects.toThrow(DataError);
      await expect(cut).rejects.toThrow('labels.gz is not complete, undamaged gzip');
    }
  });

  it('refuses damaged files', async () => {
    setUp();
    for (const at of [2, compressed.length >> 1, compressed.length - 6]) {
      const damaged = compressed.slice();
      damaged[at]! ^= 0xff;
      await expect(gunzip(damaged)).rejects.toThrow(DataError);
    }
  });

  it('refuses what is not gzip', async () => {
    setUp();
    await expect(gunzip(content)).rejects.toThrow('it does not start with 1f 8b');
  });

  it('stops at the limit', async () => {
    setUp();
    const bomb = new Uint8Array(gzipSync(new Uint8Array(5_000_000)));
    await expect(gunzip(bomb, { maxBytes: 1_000_000 })).rejects.toThrow('holds more than 1,000,000 bytes');
    expect(await gunzip(bomb, { maxBytes: 5_000_000 })).toHaveLength(5_000_000);
  });
});
