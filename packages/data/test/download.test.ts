/**
 * Downloads into the cache: complete and checked, or not at all. Everything happens on the loopback address.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DataError } from '@hadal/core';
import { download, encodeIdx, toHostArray } from '@hadal/data';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IdxFiles, loadDownload, loadFolder } from '../src/datasets/idx-files';
import { defaultCacheFolder } from '../src/files/cache';

const images = toHostArray(
  Uint8Array.from({ length: 2000 }, (_, index) => (index * 7919) % 256),
  { shape: [20, 10, 10] },
);
const labels = toHostArray(Uint8Array.from({ length: 20 }, (_, index) => index % 10));
const fileOf = (name: string, content: Uint8Array) => ({
  name,
  bytes: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
});
const FILES = {
  images: fileOf('images-idx3-ubyte', encodeIdx(images)),
  labels: fileOf('labels-idx1-ubyte', encodeIdx(labels)),
} satisfies IdxFiles;
const PUBLISHED: Readonly<Record<string, Buffer>> = {
  '/images-idx3-ubyte.gz': gzipSync(encodeIdx(images)),
  '/labels-idx1-ubyte.gz': gzipSync(encodeIdx(labels)),
};

const publish: RequestListener = (request, response) => {
  const body = PUBLISHED[request.url ?? ''];
  response.writeHead(body ? 200 : 404).end(body);
};

let folder = '';
const closing: (() => Promise<void>)[] = [];

/** Serves on a free port of the loopback address. */
async function serve(listener: RequestListener): Promise<{ url: string; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}/`, requests };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hadal-cache-'));
});

afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
  await rm(folder, { recursive: true, force: true });
});

const load = (baseUrl: string) => loadDownload('test', 'pieces', FILES, { baseUrl, cacheFolder: folder });

describe('a dataset that is downloaded', () => {
  it('is what was published, and is in the cache afterwards', async () => {
    const { url } = await serve(publish);
    expect(await load(url)).toEqual({ images, labels });
    expect((await readdir(folder)).sort()).toEqual(['images-idx3-ubyte.gz', 'labels-idx1-ubyte.gz']);
  });

  it('comes from the cache the second time', async () => {
    const { url, requests } = await serve(publish);
    await load(url);
    expect(await load(url)).toEqual({ images, labels });
    expect(requests).toHaveLength(2);
  });

  it('comes from an address with or without a slash at its end', async () => {
    const { url } = await serve(publish);
    expect(await load(url.slice(0, -1))).toEqual({ images, labels });
  });

  it('is fetched again when the cached file was damaged', async () => {
    const { url, requests } = await serve(publish);
    await load(url);
    const path = join(folder, 'images-idx3-ubyte.gz');
    await writeFile(path, (await readFile(path)).subarray(0, 100));
    expect(await load(url)).toEqual({ images, labels });
    expect(requests.filter((request) => request.includes('images'))).toHaveLength(2);
    expect(await load('http://127.0.0.1:1/')).toEqual({ images, labels });
  });

  it('is refused and not stored when its checksum differs', async () => {
    const other = gzipSync(encodeIdx(toHostArray(new Uint8Array(20))));
    const { url } = await serve((request, response) => {
      response.end(request.url === '/labels-idx1-ubyte.gz' ? other : PUBLISHED[request.url ?? '']);
    });
    await expect(load(url)).rejects.toThrow(DataError);
    await expect(load(url)).rejects.toThrow(
      /labels-idx1-ubyte\.gz has the SHA-256 [0-9a-f]{64}, expected [0-9a-f]{64}/,
    );
    expect((await readdir(folder)).filter((name) => name.includes('labels'))).toEqual([]);
  });

  it('is refused and not stored when the body breaks off', async () => {
    const { url } = await serve((request, response) => {
      const body = PUBLISHED[request.url ?? ''] ?? Buffer.alloc(0);
      response.writeHead(200, { 'content-length': body.length });
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    });
    await expect(load(url)).rejects.toThrow(DataError);
    expect(await readdir(folder)).toEqual([]);
  });

  it('is refused and not stored when the server cuts it without saying so', async () => {
    const { url } = await serve((request, response) => {
      const body = PUBLISHED[request.url ?? ''] ?? Buffer.alloc(0);
      response.end(body.subarray(0, body.length - 12));
    });
    await expect(load(url)).rejects.toThrow('is not complete, undamaged gzip');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is not decompressed further than the published size', async () => {
    const bomb = gzipSync(new Uint8Array(10_000_000));
    const { url } = await serve((_, response) => response.end(bomb));
    await expect(load(url)).rejects.toThrow('holds more than');
  });

  it('says what the server answered, or that there is none', async () => {
    const { url } = await serve((_, response) => response.writeHead(503).end());
    await expect(load(url)).rejects.toThrow(/answered 503 Service Unavailable/);
    await expect(load('http://127.0.0.1:1/')).rejects.toThrow(/failed: .+Check the network/s);
  });

  it('can be downloaded by two at once', async () => {
    const { url } = await serve(publish);
    expect(await Promise.all([load(url), load(url), load(url)])).toEqual(
      new Array(3).fill({ images, labels }),
    );
    expect((await readdir(folder)).sort()).toEqual(['images-idx3-ubyte.gz', 'labels-idx1-ubyte.gz']);
  });
});

describe('download', () => {
  it('stops when it takes too long', async () => {
    const { url } = await serve(() => {});
    await expect(download(url, { timeoutMs: 50 })).rejects.toThrow('took longer than 50 ms');
  });

  it('stops when it is told to, with the given reason', async () => {
    const { url } = await serve(() => {});
    const controller = new AbortController();
    const pending = download(url, { signal: controller.signal });
    controller.abort(new Error('changed my mind'));
    await expect(pending).rejects.toThrow('changed my mind');
  });
});

describe('a dataset in a folder', () => {
  it('may be gzipped or not', async () => {
    await writeFile(join(folder, 'images-idx3-ubyte'), encodeIdx(images));
    await writeFile(join(folder, 'labels-idx1-ubyte.gz'), gzipSync(encodeIdx(labels)));
    expect(await loadFolder('test', folder, FILES)).toEqual({ images, labels });
  });

  it('is refused when a file is missing or not the published one', async () => {
    await writeFile(join(folder, 'images-idx3-ubyte'), encodeIdx(images));
    await expect(loadFolder('test', folder, FILES)).rejects.toThrow(
      'has no labels-idx1-ubyte.gz and no labels-idx1-ubyte',
    );
    await writeFile(join(folder, 'labels-idx1-ubyte'), encodeIdx(toHostArray(new Uint8Array(20))));
    await expect(loadFolder('test', folder, FILES)).rejects.toThrow('has the SHA-256');
  });
});

it('the cache folder of the user is where the system keeps such files', () => {
  expect(defaultCacheFolder('pieces')).toMatch(/hadal[\\/]pieces$/);
});
