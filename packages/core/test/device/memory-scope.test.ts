/** Scopes return the memory of what was made in them, and of nothing else. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  type MemoryScope,
  packVariables,
  scope,
  type Tensor,
  tensor,
  variable,
  vmap,
} from '../../src/index';
import { counting, devices } from './support/devices';

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(devices)('a scope on %s', (_, makeDevice) => {
  it('returns the memory of all it made but its result', async () => {
    const device = makeDevice();
    const x = await counting([100], device);
    const before = device.memory().usedBytes;
    const made: Tensor[] = [];
    const result = await scope(async (s) => {
      const y = x.mul(2);
      await y.data();
      const z = s.run(() => y.add(1));
      await z.data();
      const late = s.track(await z.mul(3).realize());
      made.push(y, z, late);
      return { least: [late.min()], largest: late.max() };
    });
    await device.sync();
    expect(device.memory().usedBytes).toBe(before + 2 * 64);
    for (const each of made) await expect(each.data()).rejects.toThrow(/released at the end of its scope/);
    expect(await result.least[0]?.item()).toBe(3);
    expect(await result.largest.item()).toBe(3 * 199);
    expect((await x.data())[99]).toBe(99);
  });

  it('keeps what it is told to keep, and what it views', async () => {
    const device = makeDevice();
    const kept: Tensor[] = [];
    const view = await scope(async (s) => {
      const y = await (await counting([4], device)).mul(2).realize();
      kept.push(s.keep(s.track(await y.add(1).realize())));
      return s.track(y).reshape([2, 2]);
    });
    expect(await kept[0]?.array()).toEqual([1, 3, 5, 7]);
    expect(await view.array()).toEqual([
      [0, 2],
      [4, 6],
    ]);
  });

  it('never returns the memory of a variable, nor of what an assignment still needs', async () => {
    const device = makeDevice();
    const [v, w] = [variable(await counting([3], device)), variable(await counting([3], device))];
    const packed = packVariables([w]);
    const added = await scope(async (s) => {
      const y = v.value.add(1);
      await y.data();
      v.assign(y);
      await s.track(w.value).data();
      return variable(s.run(() => tensor([1, 2], { device }).mul(2)));
    });
    expect(await v.value.array()).toEqual([1, 2, 3]);
    expect(await w.value.array()).toEqual([0, 1, 2]);
    expect(await packed.value.array()).toEqual([0, 1, 2]);
    expect(await added.value.array()).toEqual([2, 4]);
  });

  it('leaves what a compiled function captured to the compiled function', async () => {
    const device = makeDevice();
    const step = compile((x: Tensor) => x.add(tensor([10, 20])));
    const x = await counting([2], device);
    const first = await scope(async () => (await step(x)).array());
    expect(first).toEqual([10, 21]);
    expect(await (await step(x)).array()).toEqual([10, 21]);
  });
});

describe('scopes', () => {
  const device = createDevice(new PlainBackend());

  it('that run at the same time return what is their own', async () => {
    const before = device.memory().usedBytes;
    const work = (base: number) =>
      scope(async (s: MemoryScope) => {
        let x = tensor(new Float32Array(32).fill(base), { device });
        for (let i = 0; i < 10; i++) {
          x = s.run(() => x.add(1));
          await x.data();
          await pause((base + i) % 3);
        }
        return x.sum();
      });
    const results = await Promise.all([0, 1, 2, 3, 4].map(work));
    const sums = await Promise.all(results.map((each) => each.item()));
    expect(sums).toEqual([0, 1, 2, 3, 4].map((base) => 32 * (base + 10)));
    for (const each of results) each.dispose();
    expect(device.memory().usedBytes).toBe(before);
  });

  it('give what they return to the scope around them', async () => {
    const before = device.memory().usedBytes;
    await scope(async () => {
      const inner = scope(async () => tensor(new Float32Array(100), { device }).add(1).realize());
      expect((await (await inner).data())[0]).toBe(1);
    });
    expect(device.memory().usedBytes).toBe(before);
  });

  it('follow gradients and mapped functions', async () => {
    const before = device.memory().usedBytes;
    await scope(async () => {
      const x = tensor(new Float32Array(64), { shape: [8, 8], device });
      await vmap((row: Tensor) => row.exp().sum())(x).data();
    });
    expect(device.memory().usedBytes).toBe(before);
  });

  it('return their memory when their function throws', async () => {
    const before = device.memory().usedBytes;
    const failing = scope(async () => {
      await tensor(new Float32Array(100), { device }).add(1).data();
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(device.memory().usedBytes).toBe(before);
  });

  it('refuse to follow more once they have ended', async () => {
    let escaped: MemoryScope | undefined;
    await scope((s) => {
      escaped = s;
    });
    expect(() => escaped?.run(() => 1)).toThrow(/this scope has ended/);
  });
});

describe('the end of a block', () => {
  it('disposes a tensor declared with `using`', async () => {
    const x = await tensor([1, 2]).add(1).realize();
    const dispose: unknown = Reflect.get(x, Symbol.dispose ?? Symbol.for('Symbol.dispose'));
    if (typeof dispose !== 'function') throw new Error('a tensor can be disposed');
    dispose.call(x);
    await expect(x.data()).rejects.toThrow(/disposed/);
  });
});
