/**
 * Attention whose scores are never in memory, against the interpreter: results and gradients, where rows do not fill
 * workgroups, where nothing may be attended to, and with blocks in workgroup memory.
 */
import {
  type Device,
  gradients,
  mul,
  scaledDotProductAttention,
  sum,
  type Tensor,
  tensor,
} from '@hadal/core';
import { wave } from '@hadal/testkit';
import { afterAll, beforeAll, it } from 'vitest';
import { webgpu } from '../../src/index';
import { describeWebGpu } from '../support/available';
import { type Build, expectEqual } from '../support/compare';
import { deviceLike, LIKE_GPU } from '../support/like';

interface Sizes {
  readonly batch?: readonly number[];
  readonly queries: number;
  readonly keys: number;
  readonly depth: number;
  readonly width: number;
}

interface Form {
  readonly causal?: boolean;
  readonly isMasked?: boolean;
  readonly scale?: number;
}

const attention =
  (
    { batch = [], queries, keys, depth, width }: Sizes,
    { isMasked = false, ...options }: Form = {},
    seen: (x: Tensor) => Tensor = (x) => x,
  ): Build =>
  (device) => {
    const query = seen(wave([...batch, queries, depth], device, 0));
    const key = seen(wave([...batch, keys, depth], device, 1));
    const value = seen(wave([...batch, keys, width], device, 2));
    // The first query may attend to nothing.
    const flags = Uint8Array.from({ length: queries * keys }, (_, i) =>
      i < keys || (i * 5) % 7 === 0 ? 0 : 1,
    );
    const mask = isMasked ? { mask: tensor(flags, { shape: [queries, keys], device, dtype: 'bool' }) } : {};
    const y = scaledDotProductAttention(query, key, value, { ...options, ...mask });
    return [y, ...gradients(sum(mul(y, wave(y.shape, device, 3))), [query, key, value])];
  };

const swapped = (x: Tensor): Tensor => {
  const order = x.shape.map((_, axis) => axis);
  const [rows = 0, columns = 0] = order.splice(-2);
  const turned = [...order, columns, rows];
  return mul(x.transpose(turned), 1).transpose(turned);
};

const cases: Readonly<Record<string, Build>> = {
  'one of each': attention({ queries: 1, keys: 1, depth: 1, width: 1 }),
  'more rows than workgroups hold': attention({ batch: [2, 3], queries: 70, keys: 67, depth: 8, width: 8 }),
  causal: attention({ batch: [2], queries: 37, keys: 37, depth: 16, width: 12 }, { causal: true }),
  'causal with more keys': attention({ queries: 9, keys: 21, depth: 4, width: 4 }, { causal: true }),
  'causal with more queries': attention({ queries: 21, keys: 9, depth: 4, width: 4 }, { causal: true }),
  'rows of odd extents': attention({ batch: [2], queries: 5, keys: 11, depth: 7, width: 5 }),
  'a mask': attention({ batch: [2, 2], queries: 10, keys: 13, depth: 8, width: 4 }, { isMasked: true }),
  'a mask and causality': attention(
    { queries: 10, keys: 13, depth: 6, width: 4 },
    { isMasked: true, causal: true },
  ),
  'a large scale': attention({ queries: 12, keys: 40, depth: 8, width: 8 }, { scale: 3 }),
  'columns that lie apart': attention({ batch: [2], queries: 9, keys: 10, depth: 8, width: 4 }, {}, swapped),
  'one key for several heads': (device) => {
    const query = wave([2, 4, 6, 8], device, 0);
    const key = wave([2, 1, 9, 8], device, 1);
    const value = wave([1, 9, 12], device, 2);
    const y = scaledDotProductAttention(query, key, value);
    return [y, ...gradients(sum(mul(y, wave(y.shape, device, 3))), [query, key, value])];
  },
  'no keys': (device) =>
    scaledDotProductAttention(wave([3, 4], device, 0), wave([0, 4], device, 1), wave([0, 4], device, 2)),
  'no queries': (device) =>
    scaledDotProductAttention(wave([0, 4], device, 0), wave([3, 4], device, 1), wave([3, 4], device, 2)),
};

/** A large scale brings scores of about ten, each a sum of eight products. */
const TOLERANCE = 1e-5;

describeWebGpu('attention on WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await webgpu();
  });
  afterAll(() => device.close());
  it.each(Object.entries(cases))('%s', (_name, build) => expectEqual(build, device, TOLERANCE), 120_000);
});

describeWebGpu('attention in workgroup memory', () => {
  let device: Device;
  beforeAll(async () => {
    device = await deviceLike(LIKE_GPU);
  });
  afterAll(() => device.close());
  it.each(Object.entries(cases))('%s', (_name, build) => expectEqual(build, device, TOLERANCE), 120_000);
});
