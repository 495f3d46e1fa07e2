/**
 * The package carries what its card says: the right bytes, balanced classes, images of the full set only.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { card, classNames, fashionMnistSubset, readGzippedIdx } from '@hadal/dataset-fashion-mnist';
import { describe, expect, it } from 'vitest';
import { decompress, readBytes } from '../src/bytes';

const IMAGE_BYTES = 28 * 28;
const FULL_SET = '/usr/share/datasets/fashion-mnist';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the Fashion-MNIST subset', () => {
  it('has at least 12,000 training and 2,000 test images', async () => {
    const { train, test } = await fashionMnistSubset();
    expect(train.count).toBeGreaterThanOrEqual(12_000);
    expect(test.count).toBeGreaterThanOrEqual(2_000);
    expect(train.images.length).toBe(train.count * IMAGE_BYTES);
    expect(test.images.length).toBe(test.count * IMAGE_BYTES);
  });

  it('has equally many images of each of the ten classes', async () => {
    const { train, test } = await fashionMnistSubset();
    for (const part of [train, test]) {
      const counts = new Array<number>(10).fill(0);
      for (const label of part.labels) counts[label] = (counts[label] ?? 0) + 1;
      expect(counts).toEqual(new Array(10).fill(part.count / 10));
    }
    expect(classNames).toHaveLength(10);
  });

  it('mixes the classes, so that any 1,000 images in a row are a fair sample', async () => {
    const { train } = await fashionMnistSubset();
    for (let start = 0; start < train.count; start += 1000) {
      const seen = new Set(train.labels.subarray(start, start + 1000));
      expect(seen.size).toBe(10);
    }
  });

  it('has four files, and the content of each has the checksum on the card', async () => {
    expect(card.files.map(({ part, kind }) => `${part} ${kind}`)).toEqual([
      'train images',
      'train labels',
      'test images',
      'test labels',
    ]);
    for (const { part, kind, sha256: expected, compressedBytes } of card.files) {
      const compressed = await readGzippedIdx(part, kind);
      expect(compressed.length).toBe(compressedBytes);
      expect(sha256(gunzipSync(compressed))).toBe(expected);
    }
  });

  it('shows no test image among the training images', async () => {
    const { train, test } = await fashionMnistSubset();
    const imagesOf = (bytes: Uint8Array): string[] =>
      Array.from({ length: bytes.length / IMAGE_BYTES }, (_, index) =>
        sha256(bytes.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES)),
      );
    const known = new Set(imagesOf(train.images));
    expect(imagesOf(test.images).filter((image) => known.has(image))).toEqual([]);
  });

  it.skipIf(!existsSync(FULL_SET))('takes its test images from the test part of the full set', async () => {
    const { test } = await fashionMnistSubset();
    const full = gunzipSync(readFileSync(join(FULL_SET, 't10k-images-idx3-ubyte.gz'))).subarray(16);
    const known = new Set<string>();
    for (let at = 0; at < full.length; at += IMAGE_BYTES)
      known.add(sha256(full.subarray(at, at + IMAGE_BYTES)));
    for (let at = 0; at < test.images.length; at += IMAGE_BYTES) {
      expect(known.has(sha256(test.images.subarray(at, at + IMAGE_BYTES)))).toBe(true);
    }
  });

  it('carries the licence of the images', () => {
    const text = readFileSync(join(import.meta.dirname, '..', 'data', 'LICENSE'), 'utf8');
    expect(card.licence).toBe('MIT');
    expect(text).toContain('Zalando SE');
    expect(text).toContain('Permission is hereby granted, free of charge');
  });
});

describe('reading the files', () => {
  it('leaves bytes alone that a server has already decompressed', async () => {
    const plain = new Uint8Array([0, 0, 8, 1]);
    expect(await decompress(plain)).toEqual(plain);
  });

  it('decompresses to the same bytes with and without the modules of Node', async () => {
    const compressed = await readGzippedIdx('test', 'labels');
    const withNode = await decompress(compressed);
    const original = process.getBuiltinModule;
    try {
      Object.assign(process, { getBuiltinModule: undefined });
      expect(new Uint8Array(await decompress(compressed))).toEqual(new Uint8Array(withNode));
    } finally {
      Object.assign(process, { getBuiltinModule: original });
    }
  });

  it('fetches where files cannot be read, and says what a server answered', async () => {
    const { createServer } = await import('node:http');
    const server = createServer((request, response) => {
      response.statusCode = request.url === '/here' ? 200 : 404;
      response.end('abc');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    try {
      expect(await readBytes(new URL(`http://127.0.0.1:${port}/here`))).toEqual(new Uint8Array([97, 98, 99]));
      await expect(readBytes(new URL(`http://127.0.0.1:${port}/gone`))).rejects.toThrow(/answered 404/);
    } finally {
      server.close();
    }
  });
});
