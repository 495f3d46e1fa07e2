/** Variables are versioned: what was computed from an old value stays what it was. */
import { HostileBackend, PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  type Device,
  interpreter,
  packVariables,
  type Tensor,
  tensor,
  variable,
} from '../../src/index';

const devices: readonly [string, () => Device][] = [
  ['the interpreter', () => interpreter()],
  ['generated kernels', () => createDevice(new PlainBackend())],
  ['a hostile backend', () => createDevice(new HostileBackend())],
];

describe.each(devices)('variables on %s', (_, makeDevice) => {
  const on = (values: number[], device: Device): Tensor => tensor(values, { device });

  it('keep the old value in a tensor that was built before an assignment', async () => {
    const w = variable(on([1, 2], makeDevice()));
    const loss = w.value.square().sum();
    w.assign(w.value.mul(10));
    expect(await loss.item()).toBe(5);
    expect(await w.value.array()).toEqual([10, 20]);
  });

  it('keep the old value in a tensor held across a compiled update', async () => {
    const w = variable(on([1, 2], makeDevice()));
    await w.value.data();
    const loss = w.value.square().sum();
    const step = compile(() => {
      w.assign(w.value.mul(10));
    });
    await step();
    await step();
    expect(await loss.item()).toBe(5);
    expect(await w.value.array()).toEqual([100, 200]);
  });

  it('keep the value of a read that was asked for before an update', async () => {
    const w = variable(on([1, 2], makeDevice()));
    await w.value.data();
    const step = compile(() => {
      w.assign(w.value.mul(10));
    });
    const reading = w.value.data();
    await step();
    expect(Array.from(await reading)).toEqual([1, 2]);
  });

  it('begin with host data in memory of their own, without a program', async () => {
    const device = makeDevice();
    const values = on([1, 2, 3, 4], device);
    const w = variable(values.reshape([2, 2]));
    expect(await w.value.array()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(device.statistics()).toMatchObject({ kernels: 0, runs: 0 });
    w.assign(w.value.add(1));
    expect(await w.value.data()).toEqual(Float32Array.of(2, 3, 4, 5));
    expect(await values.data()).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it('apply assignments in program order, flushed by any read', async () => {
    const device = makeDevice();
    const v = variable(on([1], device));
    for (let i = 0; i < 5; i++) v.assign(v.value.mul(2).add(1));
    await on([0], device).add(1).data();
    expect(await v.value.item()).toBe(63);
  });

  it('change together when packed, in either direction', async () => {
    const device = makeDevice();
    const [a, b] = [variable(on([1, 2], device)), variable(tensor([[3], [4]], { device }))];
    const flat = packVariables([a, b]);
    flat.assign(flat.value.mul(2));
    expect(await a.value.array()).toEqual([2, 4]);
    b.assign(tensor([[7], [8]], { device }));
    expect(await flat.value.array()).toEqual([2, 4, 7, 8]);
    expect(await b.value.array()).toEqual([[7], [8]]);
  });

  it('are joined once when many that are packed are assigned one after another', async () => {
    const device = makeDevice();
    const parts = Array.from({ length: 40 }, (_, i) => variable(on([i, i], device)));
    const flat = packVariables(parts);
    await flat.value.data();
    // Joins within joins would take as many steps to plan as there are subsets of the variables.
    for (const [i, part] of parts.entries()) part.assign(on([100 + i, 200], device));
    const between = flat.value;
    for (const [i, part] of parts.entries()) if (i % 2 === 0) part.assign(on([-i, 0], device));
    const before = parts.flatMap((_, i) => [100 + i, 200]);
    expect(await flat.value.array()).toEqual(
      parts.flatMap((_, i) => (i % 2 === 0 ? [-i, 0] : [100 + i, 200])),
    );
    expect(await between.array()).toEqual(before);
  });

  it('are computed in pieces when they are assigned thousands of times without a read', async () => {
    const device = makeDevice();
    const v = variable(on([0], device));
    for (let i = 0; i < 3000; i++) v.assign(v.value.add(1));
    expect(device.statistics().runs).toBeGreaterThan(5);
    expect(await v.value.item()).toBe(3000);
    expect(device.statistics().plans).toBeLessThan(20);
  });

  it('are read where they are by functions that were compiled before they were packed', async () => {
    const device = makeDevice();
    const [a, b] = [variable(on([1, 2], device)), variable(on([3], device))];
    const total = compile((x: Tensor) => a.value.sum().mul(x));
    expect(await (await total(2)).item()).toBe(6);
    const flat = packVariables([a, b]);
    flat.assign(flat.value.mul(10));
    expect(await (await total(2)).item()).toBe(60);
  });

  it('do not share memory with the tensor they were assigned', async () => {
    const device = makeDevice();
    const v = variable(on([0, 0], device));
    const given = on([1, 2], device);
    await given.data();
    v.assign(given);
    const step = compile(() => {
      v.assign(v.value.add(1));
    });
    await step();
    expect(await given.array()).toEqual([1, 2]);
    expect(await v.value.array()).toEqual([2, 3]);
  });

  it('are read by the second pass of a kernel as they were before it, not as its first pass left them', async () => {
    const device = makeDevice();
    const [m, w] = [variable(on([0, 0, 0], device)), variable(on([1, -2, 3], device))];
    const step = compile((gradient: Tensor): undefined => {
      const next = m.value.add(gradient);
      w.assign(w.value.sub(next.mul(next.square().sum())));
      m.assign(next);
    });
    for (let count = 0; count < 2; count++) await step(on([1, 2, 3], device));
    expect(await m.value.array()).toEqual([2, 4, 6]);
    expect(await w.value.array()).toEqual([-125, -254, -375]);
  });

  it('run two programs that were started without waiting in the order of the calls', async () => {
    const v = variable(on([1], makeDevice()));
    const double = compile(() => {
      v.assign(v.value.mul(2));
      return v.value;
    });
    const increment = compile(() => {
      v.assign(v.value.add(1));
      return v.value;
    });
    const results = await Promise.all([double(), increment(), double(), increment()]);
    expect(await Promise.all(results.map((each) => each.item()))).toEqual([2, 3, 6, 7]);
  });
});

describe('an assignment', () => {
  it('of another shape or dtype says what the variable holds', () => {
    const v = variable(tensor([1, 2]), { name: 'weights' });
    expect(() => v.assign(tensor([1, 2, 3]))).toThrow(/"weights" has shape \[2\], the value has \[3\]/);
    expect(() => v.assign(tensor([1, 2], { dtype: 'int32' }))).toThrow(
      /"weights" is float32, the value is int32/,
    );
  });

  it('keeps one compiled update per step in place once nobody names the old value', async () => {
    const device = createDevice(new PlainBackend());
    const v = variable(tensor(new Float32Array(1000), { device }));
    const step = compile(() => {
      v.assign(v.value.add(1));
    });
    await step();
    await step();
    const before = device.memory().usedBytes;
    for (let i = 0; i < 20; i++) await step();
    expect(device.memory().usedBytes).toBe(before);
    expect((await v.value.data())[0]).toBe(22);
  });
});
