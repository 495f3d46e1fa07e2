/** Donated arguments give their memory to results, and are gone afterwards. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { compile, createDevice, matmul, reshape, type Tensor, transpose, variable } from '../../src/index';
import { counting, devices } from './support/devices';

describe.each(devices)('a donated argument on %s', (_, makeDevice) => {
  it('gives its memory to a result and cannot be read any more', async () => {
    const device = makeDevice();
    const step = compile((state: Tensor) => state.add(1), { name: 'step', donate: [0] });
    const state = await counting([2, 3], device);
    const buf = state.node.realized?.buf;
    const pending = state.mul(10);
    const next = await step(state);
    expect(next.node.realized?.buf).toBe(buf);
    expect(await next.data()).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
    await expect(state.data()).rejects.toThrow(/this tensor was donated to "step", its values are gone/);
    await expect(pending.data()).rejects.toThrow(/was donated to "step"/);
    await expect(step(state)).rejects.toThrow(/a donated tensor was disposed or donated before/);
  });

  it('is read by all that needs the old value before it is overwritten', async () => {
    const device = makeDevice();
    const step = compile(
      (a: Tensor, b: Tensor) => ({ next: matmul(a, b), turned: transpose(a), sum: a.add(b) }),
      {
        donate: [0, 1],
      },
    );
    const plain = compile((a: Tensor, b: Tensor) => ({
      next: matmul(a, b),
      turned: transpose(a),
      sum: a.add(b),
    }));
    const pair = async (): Promise<[Tensor, Tensor]> => [
      await counting([5, 5], device),
      await counting([5, 5], device),
    ];
    const [given, wanted] = [await step(...(await pair())), await plain(...(await pair()))];
    for (const key of ['next', 'turned', 'sum'] as const) {
      expect(await given[key].data()).toEqual(await wanted[key].data());
    }
  });

  it('can change places with another one', async () => {
    const device = makeDevice();
    const swap = compile((a: Tensor, b: Tensor) => [b, a, a.add(b)] as const, { donate: [0, 1] });
    const [a, b] = [await counting([4], device), await (await counting([4], device)).mul(10).realize()];
    const [first, second, sum] = await swap(a, b);
    expect(await first.array()).toEqual([0, 10, 20, 30]);
    expect(await second.array()).toEqual([0, 1, 2, 3]);
    expect(await sum.array()).toEqual([0, 11, 22, 33]);
  });

  it('leaves a view that shares its memory as it was', async () => {
    const device = makeDevice();
    const step = compile((state: Tensor) => state.add(1), { donate: [0] });
    const state = await counting([2, 2], device);
    const view = await reshape(state, [4]).realize();
    expect(await (await step(state)).array()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await view.array()).toEqual([0, 1, 2, 3]);
  });

  it('gives its memory to a result of another shape and the same size', async () => {
    const device = makeDevice();
    const step = compile((state: { x: Tensor }) => [state.x.reshape([4]).mul(2)], { donate: [0] });
    const x = await counting([2, 2], device);
    const buf = x.node.realized?.buf;
    const [next] = await step({ x });
    expect(next?.node.realized?.buf).toBe(buf);
    expect(await next?.array()).toEqual([0, 2, 4, 6]);
  });
});

describe('donation', () => {
  const device = createDevice(new PlainBackend());
  const increment = compile((x: Tensor) => x.add(1), { name: 'increment', donate: [0] });

  it('keeps a loop over a state at the memory of one state', async () => {
    const own = createDevice(new PlainBackend());
    let state = await counting([1000], own);
    state = await increment(state);
    const before = own.memory();
    for (let i = 0; i < 50; i++) state = await increment(state);
    expect(own.memory()).toEqual(before);
    expect(before.peakBytes).toBeLessThan(2 * 4000);
    expect((await state.data())[0]).toBe(51);
  });

  it('returns the memory of what no result can take over', async () => {
    const own = createDevice(new PlainBackend());
    const total = compile((x: Tensor) => x.sum(), { donate: [0] });
    const x = await counting([1000], own);
    await (await total(x)).item();
    expect(own.memory().usedBytes).toBeLessThan(200);
  });

  it('refuses the value of a variable, a tensor given twice and a captured one', async () => {
    const v = variable(await counting([3], device));
    await v.value.realize();
    await expect(increment(v.value)).rejects.toThrow(
      /increment: a donated tensor is the value of a variable/,
    );
    expect(await v.value.array()).toEqual([0, 1, 2]);

    const x = await counting([3], device);
    const sum = compile((a: Tensor, b: Tensor) => a.add(b), { donate: [0] });
    await expect(sum(x, x)).rejects.toThrow(/a donated tensor is given twice/);
    const captures = compile((a: Tensor) => a.add(x), { donate: [0] });
    await expect(captures(x)).rejects.toThrow(/is also captured by the compiled function/);
    expect(await x.array()).toEqual([0, 1, 2]);
  });

  it('names arguments that exist', async () => {
    expect(() => compile((x: Tensor) => x, { donate: [-1] })).toThrow(/donate names the argument -1/);
    const far = compile((x: Tensor) => x.neg(), { donate: [1] });
    await expect(far(await counting([1], device))).rejects.toThrow(/argument 1 is donated, 1 were given/);
  });
});
