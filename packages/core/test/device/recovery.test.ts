/** A program that fails takes its results with it and nothing else. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../src/backend/index';
import { compile, createDevice, type Tensor, tensor, variable } from '../../src/index';

class BreakingBackend extends PlainBackend {
  breaks = true;

  override run(program: readonly Dispatch[]): void {
    const names = program.flatMap((each) => (each.kind === 'kernel' ? each.exec.name : []));
    if (this.breaks && names.some((name) => name.includes('tanh')))
      throw new RangeError('the device caught fire');
    super.run(program);
  }
}

const setUp = () => {
  const backend = new BreakingBackend();
  const device = createDevice(backend);
  const x = tensor(
    Float32Array.from({ length: 500 }, (_, i) => i / 500),
    { device },
  );
  return { backend, device, x };
};

describe('a program that fails while it runs', () => {
  it('fails the reads of its results and of what depends on them, with its error', async () => {
    const { x } = setUp();
    const [y, z] = [x.tanh(), x.tanh().sum().mul(2)];
    await expect(y.data()).rejects.toThrow('the device caught fire');
    await expect(z.item()).rejects.toThrow('the device caught fire');
    await expect(y.reshape([5, 100]).data()).rejects.toThrow('the device caught fire');
    await expect(y.add(1).sum().item()).rejects.toThrow('the device caught fire');
  });

  it('leaves other values, other programs and the next attempt alone', async () => {
    const { backend, x } = setUp();
    const kept = await x.mul(2).realize();
    const step = compile((value: Tensor) => value.tanh().sum());
    await expect((await step(x)).item()).rejects.toThrow('the device caught fire');
    expect((await kept.data())[250]).toBe(1);
    expect(await x.sub(x).sum().item()).toBe(0);
    backend.breaks = false;
    expect((await x.tanh().data())[250]).toBeCloseTo(Math.tanh(0.5), 6);
    expect(await (await step(x)).item()).toBeGreaterThan(0);
  });

  it('returns all its memory', async () => {
    const { device, x } = setUp();
    await x.realize();
    const before = device.memory().usedBytes;
    const step = compile((value: Tensor) => value.tanh().sum().add(value.square().sum()));
    for (let i = 0; i < 20; i++) {
      const y = x.tanh();
      await expect(y.data()).rejects.toThrow('the device caught fire');
      y.dispose();
      const z = await step(x);
      await expect(z.item()).rejects.toThrow('the device caught fire');
      z.dispose();
    }
    await device.sync();
    expect(device.memory().usedBytes).toBe(before);
  });

  it('lets a variable that it was to update be assigned anew', async () => {
    const { x } = setUp();
    const v = variable(x);
    await v.value.data();
    const step = compile(() => {
      v.assign(v.value.tanh());
    });
    await step();
    await expect(v.value.data()).rejects.toThrow('the device caught fire');
    v.assign(x.mul(0));
    expect(await v.value.sum().item()).toBe(0);
  });
});
