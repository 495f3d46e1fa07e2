/**
 * The ready dataset: the subset offline, the full set from where it is asked for.
 */
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataError } from '@hadal/core';
import { fashionMnist, item } from '@hadal/data';
import { fashionMnistSubset } from '@hadal/dataset-fashion-mnist';
import { afterEach, describe, expect, it, vi } from 'vitest';

const FULL_SET = '/usr/share/datasets/fashion-mnist';
const FULL_FILES = [
  'train-images-idx3-ubyte.gz',
  'train-labels-idx1-ubyte.gz',
  't10k-images-idx3-ubyte.gz',
  't10k-labels-idx1-ubyte.gz',
];

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('fashionMnist', () => {
  it('is the subset when nothing else is asked for', async () => {
    const { train, test, classNames, source } = await fashionMnist();
    expect(train.size).toBe(12_000);
    expect(test.size).toBe(2_000);
    expect(classNames[9]).toBe('Ankle boot');
    expect(source).toEqual({ kind: 'subset', location: '@hadal/dataset-fashion-mnist' });
  });

  it('has float32 images from 0 to 1 and int32 labels', async () => {
    const { train } = await fashionMnist();
    const subset = await fashionMnistSubset();
    const [batch] = await train.batch(64).toArray();
    expect(batch?.x.shape).toEqual([64, 28, 28, 1]);
    expect(batch?.x.dtype).toBe('float32');
    expect(batch?.x.data).toEqual(
      Float32Array.from(subset.train.images.subarray(0, 64 * 784), (grey) => grey / 255),
    );
    expect(batch?.y).toEqual({
      data: Int32Array.from(subset.train.labels.subarray(0, 64)),
      shape: [64],
      dtype: 'int32',
    });
  });

  it('gives single images equal to those in batches', async () => {
    const { test } = await fashionMnist();
    const [single] = await test.skip(5).take(1).toArray();
    const [batch] = await test.batch(8).take(1).toArray();
    expect(single?.x.data).toEqual(batch?.x.data.slice(5 * 784, 6 * 784));
    expect(single && item(single.y)).toBe(batch?.y.data[5]);
  });

  it('keeps the bytes when asked to', async () => {
    const { test } = await fashionMnist({ dtype: 'uint8' });
    const subset = await fashionMnistSubset();
    const [batch] = await test.batch(3).take(1).toArray();
    expect(batch?.x).toEqual({
      data: subset.test.images.slice(0, 3 * 784),
      shape: [3, 28, 28, 1],
      dtype: 'uint8',
    });
  });

  it('is not moved by HADAL_DATA while the subset is enough', async () => {
    vi.stubEnv('HADAL_DATA', '/nowhere');
    const { source } = await fashionMnist();
    expect(source.kind).toBe('subset');
  });

  it('names the missing files of a folder', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'hadal-empty-'));
    await expect(fashionMnist({ folder: empty })).rejects.toThrow(DataError);
    await expect(fashionMnist({ folder: empty })).rejects.toThrow(
      'Expected the files train-images-idx3-ubyte.gz',
    );
    await rm(empty, { recursive: true });
  });

  it('reports a download that fails', async () => {
    const server = createServer((_, response) => response.writeHead(404).end());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const cacheFolder = await mkdtemp(join(tmpdir(), 'hadal-cache-'));
    try {
      const attempt = fashionMnist({ baseUrl: `http://127.0.0.1:${port}`, cacheFolder });
      await expect(attempt).rejects.toThrow('answered 404');
    } finally {
      server.close();
      await rm(cacheFolder, { recursive: true });
    }
  });
});

describe.skipIf(!existsSync(FULL_SET))("the full set (needs Debian's dataset-fashion-mnist)", () => {
  it('is found in the folder that HADAL_DATA names', async () => {
    const data = await mkdtemp(join(tmpdir(), 'hadal-data-'));
    await mkdir(join(data, 'fashion-mnist'));
    await Promise.all(
      FULL_FILES.map((name) => copyFile(join(FULL_SET, name), join(data, 'fashion-mnist', name))),
    );
    vi.stubEnv('HADAL_DATA', data);
    try {
      const { train, test, source } = await fashionMnist({ full: true });
      expect([train.size, test.size]).toEqual([60_000, 10_000]);
      expect(source).toEqual({ kind: 'folder', location: join(data, 'fashion-mnist') });
      const [first] = await train.take(1).toArray();
      // The first training image of the published set is an ankle boot.
      expect(first && item(first.y)).toBe(9);
    } finally {
      await rm(data, { recursive: true });
    }
  });

  it('is found where Debian installs it', async () => {
    vi.stubEnv('HADAL_DATA', '');
    const { test, source } = await fashionMnist({ full: true });
    expect(source).toEqual({ kind: 'folder', location: FULL_SET });
    expect(test.size).toBe(10_000);
  });
});
