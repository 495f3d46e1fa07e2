/**
 * What overwrites memory while it is being read, and programs that take turns on a device. Both are held against the
 * same device when nothing overlaps: the bits have to be the same.
 */
import { compile, type Device, matmul, type Tensor, tensor, transpose, variable } from '@hadal/core';
import { requireSame } from '../backend-suite/expect';
import type { ConformanceCase } from './case';

export interface OverwritingOptions {
  /** Makes a device. */
  readonly device: () => Device | Promise<Device>;
  /** Extents of the matrices that are overwritten; large ones reach a library's blocks. Default 8 and 64. */
  readonly extents?: readonly number[];
}

const wave = (shape: readonly number[], device: Device, phase = 0): Tensor => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i + phase)),
    { shape, device },
  );
};

type Update = (x: Tensor, a: Tensor, b: Tensor, square: Tensor) => Tensor;

const updates: readonly (readonly [name: string, update: Update])[] = [
  ['x · x', (x) => matmul(x, x)],
  ['x · xᵀ', (x) => matmul(x, transpose(x))],
  ['a · x', (x, _, __, square) => matmul(square, x)],
  ['xᵀ − a · b', (x, a, b) => transpose(x).sub(matmul(a, b))],
  ['the first row of x + a · b', (x, a, b) => matmul(a, b).add(x.slice(0, 1))],
  ['x − a · b', (x, a, b) => x.sub(matmul(a, b).mul(0.1))],
];

async function updated(device: Device, n: number, update: Update): Promise<void> {
  const [x, a, b] = [wave([n, n], device), wave([n, 700], device, 1), wave([700, n], device, 2)];
  const square = wave([n, n], device, 3);
  const apply = (value: Tensor): Tensor => update(value, a, b, square);
  const v = variable(x);
  const step = compile(() => {
    v.assign(apply(v.value));
  });
  await step();
  requireSame(await v.value.data(), await apply(x).data());
}

/** A loop of compiled updates, reads and uncompiled work. */
function loop(device: Device, seed: number): () => Promise<number[]> {
  const w = variable(wave([6, 6], device, seed));
  const step = compile((x: Tensor) => {
    const y = matmul(x, w.value).tanh();
    w.assign(w.value.sub(matmul(transpose(x), y).mul(0.01)));
    return y.square().sum();
  });
  return async () => {
    const losses: number[] = [];
    for (let i = 0; i < 15; i++) {
      const loss = await step(wave([4, 6], device, seed * i));
      losses.push(await loss.item());
      if (i % 3 === seed % 3) losses.push(await w.value.mul(loss).mean().item());
    }
    return losses;
  };
}

const seeds = [1, 2, 3];

/** Cases of updates that overwrite what they read, and of loops that take turns. */
export function overwritingCases({ device, extents = [8, 64] }: OverwritingOptions): ConformanceCase[] {
  return [
    ...extents.flatMap((n) =>
      updates.map(([name, update]) => ({
        group: 'overwriting',
        name: `an update of extent ${n} reads the old value to the end: ${name}`,
        run: async () => updated(await device(), n, update),
      })),
    ),
    {
      group: 'overwriting',
      name: 'loops that take turns give what they give one after the other',
      run: async () => {
        const alone = await device();
        const wanted: number[] = [];
        for (const seed of seeds) wanted.push(...(await loop(alone, seed)()));
        const shared = await device();
        const given = await Promise.all(seeds.map((seed) => loop(shared, seed)()));
        requireSame(given.flat(), wanted);
      },
    },
  ];
}
