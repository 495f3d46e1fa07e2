/** What overwrites memory while it is being read, and programs that take turns. */
import { compile, type Device, matmul, type Tensor, tensor, transpose, variable, zeros } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { native } from '../src/index';
import { describeNative } from './support/available';

const wave = (shape: readonly number[], device: Device, phase = 0): Tensor => {
  const length = shape.reduce((product, extent) => product * extent, 1);
  return tensor(
    Float32Array.from({ length }, (_, i) => Math.sin(i + phase)),
    { shape, device },
  );
};

describeNative('an update of a variable that is read in other places', () => {
  const updates: readonly [string, (x: Tensor, a: Tensor, b: Tensor, square: Tensor) => Tensor][] = [
    ['x · x', (x) => matmul(x, x)],
    ['x · xᵀ', (x) => matmul(x, transpose(x))],
    ['a · x', (x, _, __, square) => matmul(square, x)],
    ['xᵀ − a · b', (x, a, b) => transpose(x).sub(matmul(a, b))],
    ['the first row of x + a · b', (x, a, b) => matmul(a, b).add(x.slice(0, 1))],
    ['x − a · b', (x, a, b) => x.sub(matmul(a, b).mul(0.1))],
  ];
  describe.each([8, 64, 300])('of extent %i', (n) => {
    it.each(updates)('reads the old value to the end: %s', async (_, update) => {
      const device = await native();
      const [x, a, b] = [wave([n, n], device), wave([n, 700], device, 1), wave([700, n], device, 2)];
      const square = wave([n, n], device, 3);
      const apply = (value: Tensor): Tensor => update(value, a, b, square);
      const v = variable(x);
      const step = compile(() => {
        v.assign(apply(v.value));
      });
      await step();
      expect(await v.value.data()).toEqual(await apply(x).data());
    });
  });
});

describeNative('two loops on one device', () => {
  const makers: readonly [string, () => Device | Promise<Device>][] = [
    ['one thread', () => native({ threads: 1 })],
    ['three threads', () => native({ threads: 3 })],
  ];

  /** A loop of compiled updates, reads and uncompiled work. */
  const loop = (device: Device, seed: number): (() => Promise<number[]>) => {
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
  };

  it.each(makers)('that take turns give what they give one after the other: %s', async (_, makeDevice) => {
    const alone = await makeDevice();
    const wanted = [await loop(alone, 1)(), await loop(alone, 2)(), await loop(alone, 3)()];
    const shared = await makeDevice();
    const given = await Promise.all([1, 2, 3].map((seed) => loop(shared, seed)()));
    expect(given).toEqual(wanted);
  });
});

describeNative('a tensor of more bytes than indices reach', () => {
  it('is refused before it takes memory, and the device goes on', async () => {
    const device = await native();
    await expect(zeros([2 ** 30], { device }).realize()).rejects.toThrow(
      'a tensor of 4294967296 bytes is over the 2147483584 that one may take on this device.',
    );
    expect(device.memory().usedBytes).toBe(0);
    expect(await tensor([1, 2], { device }).add(1).data()).toEqual(new Float32Array([2, 3]));
  });
});
