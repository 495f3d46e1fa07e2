/** Tiles that are measured: once for each size, remembered, and without a difference in results. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDevice, matmul } from '@hadal/core';
import { Loading } from '@hadal/core/backend';
import { axis, type Product } from '@hadal/core/products';
import { wave } from '@hadal/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WebGpuBackend, webgpuBackend } from '../../src/index';
import { candidateTiles, tileName } from '../../src/library/products/candidates';
import { chooseTile } from '../../src/library/products/tile';
import { type Measured, TileTuning } from '../../src/library/products/tuning';
import { describeWebGpu } from '../support/available';

/** Every tile is compiled. */
const TIMEOUT_MS = 120_000;

const traits = { isSoftware: false, subgroupSize: 1, maxBindings: 10 };

const productOf = (rows: number, inner: number, columns: number): Measured => {
  const product: Product = {
    exchanged: false,
    left: 0,
    right: 0,
    output: 0,
    row: 0,
    loop: [],
    rows: [axis(rows, { left: inner, output: columns, row: 1 })],
    inner: [axis(inner, { left: 1, right: columns })],
    columns: [axis(columns, { right: 1 })],
    sums: false,
  };
  const size = { rows, inner, columns, repeated: 1 };
  return { products: [product], size, operandElements: [rows * inner, inner * columns] };
};

/** The tile that a tuning has for a product in the end, measured by these milliseconds of each candidate. */
async function tuned(tuning: TileTuning, product: Measured) {
  for (;;) {
    try {
      return tuning.tileOf(product, traits);
    } catch (error) {
      if (!(error instanceof Loading)) throw error;
      await error.ready;
    }
  }
}

describe('the tuning of tiles', () => {
  const product = productOf(300, 100, 300);
  const candidates = candidateTiles(product.size, traits);

  it('takes the fastest, measures once for sizes of one power of two, and has it remembered', async () => {
    const measured: number[] = [];
    const kept: Record<string, string>[] = [];
    const tuning = new TileTuning(
      {},
      async ({ size }, tiles) => {
        measured.push(size.rows);
        return tiles.map((_, i) => (i === 2 ? 1 : 5));
      },
      async (found) => void kept.push({ ...found }),
    );
    expect(await tuned(tuning, product)).toEqual(candidates[2]);
    expect(await tuned(tuning, productOf(280, 90, 290))).toEqual(candidates[2]);
    expect(measured).toEqual([300]);
    expect(kept.map((each) => Object.values(each))).toEqual([candidates.slice(2, 3).map(tileName)]);
    const later = new TileTuning(
      kept[0] ?? {},
      () => Promise.reject(new Error('measured again')),
      async () => undefined,
    );
    expect(later.tileOf(product, traits)).toEqual(candidates[2]);
  });

  it('stays with the rules where nothing is clearly faster, and where nothing could be run', async () => {
    for (const time of [(i: number) => (i === 0 ? 5 : 4.9), () => Number.POSITIVE_INFINITY]) {
      const tuning = new TileTuning(
        {},
        async (_, tiles) => tiles.map((_, i) => time(i)),
        async () => undefined,
      );
      expect(await tuned(tuning, product)).toEqual(chooseTile(product.size, traits));
    }
  });

  it('measures again what was kept under a name that no tile has', async () => {
    const tuning = new TileTuning(
      { '512x512x128x1 0111 11': 'a tile of another version' },
      async (_, tiles) => tiles.map((_, i) => (i === 1 ? 1 : 5)),
      async () => undefined,
    );
    expect(await tuned(tuning, product)).toEqual(candidates[1]);
  });
});

describeWebGpu('a backend that measures tiles', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hadal-tiles-'));
  const { XDG_CACHE_HOME } = process.env;
  beforeAll(() => {
    process.env.XDG_CACHE_HOME = folder;
  });
  afterAll(() => {
    if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
    rmSync(folder, { recursive: true, force: true });
  });

  const result = async (backend: WebGpuBackend) => {
    const device = createDevice(backend);
    return matmul(wave([4, 600], device, 0), wave([600, 20], device, 1)).data();
  };

  it(
    'gives the same bits, and does not measure what was measured before',
    async () => {
      const expected = await result(await webgpuBackend());
      expect(await result(await webgpuBackend({ measuresTiles: true }))).toEqual(expected);
      expect(readdirSync(join(folder, 'hadal'))).toEqual([expect.stringMatching(/^webgpu-tiles-.*\.json$/)]);
      const later = await webgpuBackend({ measuresTiles: true });
      const buffers: number[] = [];
      const { createBuffer } = later.device;
      later.device.createBuffer = (descriptor) => {
        buffers.push(descriptor.size);
        return createBuffer.call(later.device, descriptor);
      };
      expect(await result(later)).toEqual(expected);
      expect(buffers.length).toBeLessThan(6);
    },
    TIMEOUT_MS,
  );
});
