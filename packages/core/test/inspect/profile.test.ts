/** Profiles: what ran is all there, what is counted is right, and nothing is changed by looking. */
import { HostileBackend, LibraryBackend, PlainBackend } from '@hadal/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  formatProfile,
  interpreter,
  ones,
  profile,
  setDebug,
  type Tensor,
  tensor,
  variable,
} from '../../src/index';
import { DEVICES, looping, loopingArguments } from './programs';

afterEach(() => setDebug(false));

describe.each(DEVICES)('a profile on %s', (_, makeDevice) => {
  it('has an entry for each dispatch of a compiled function', async () => {
    const device = makeDevice();
    const step = compile((x: Tensor) => x.matmul(x).sum({ axis: 1 }).exp());
    const x = ones([16, 16], { device });
    const program = await step.program(x);
    const { entries, runs } = await profile(() => step(x), { runs: 3, warmup: 1 });
    expect(runs).toBe(3);
    expect(entries.map(({ name }) => name)).toEqual(program.dispatches.map(({ name }) => name));
    expect(entries.every(({ calls }) => calls === 1)).toBe(true);
  });

  it('counts the calls of a loop', async () => {
    const device = makeDevice();
    const args = loopingArguments(device);
    const { entries } = await profile(() => looping(...args), { runs: 2, warmup: 1 });
    expect(Math.max(...entries.map(({ calls }) => calls))).toBeGreaterThanOrEqual(5);
    const expected = await looping(...args);
    const again = await looping(...args);
    for (const [index, each] of again.entries())
      expect(await each.data()).toEqual(await expected[index]?.data());
  });

  it('gives shares that sum to 1 and times that fit each other', async () => {
    const x = ones([32, 32], { device: makeDevice() });
    const measured = await profile([x.matmul(x).relu().sum(), x.mul(3)], { runs: 4, warmup: 1 });
    const shares = measured.entries.reduce((total, { share }) => total + share, 0);
    expect(shares).toBeCloseTo(1, 10);
    for (const { medianMs, minMs } of measured.entries) {
      expect(minMs).toBeGreaterThanOrEqual(0);
      expect(medianMs).toBeGreaterThanOrEqual(minMs);
    }
    expect(measured.medianMs).toBeGreaterThanOrEqual(measured.minMs);
  });

  it('computes lazy tensors in the result of a function', async () => {
    const device = makeDevice();
    const { entries } = await profile(() => ({ loss: ones([4], { device }).mul(2).sum() }), { runs: 1 });
    expect(entries.length).toBeGreaterThan(0);
  });

  it('leaves tensors that it was given lazy, and their values right', async () => {
    const x = tensor([1, 2, 3], { device: makeDevice() });
    const y = x.mul(2);
    await profile(y, { runs: 2 });
    expect(y.realized).toBe(false);
    expect([...(await y.data())]).toEqual([2, 4, 6]);
  });

  it('holds no memory when it is over', async () => {
    const device = makeDevice();
    const x = await ones([64, 64], { device }).realize();
    const before = device.memory().usedBytes;
    await profile(x.matmul(x), { runs: 3 });
    await device.sync();
    expect(device.memory().usedBytes).toBe(before);
  });

  it('sees assignments happen once per run', async () => {
    const device = makeDevice();
    const count = variable(tensor(0, { dtype: 'float32', device }));
    const step = compile(() => {
      count.assign(count.value.add(1));
      return count.value.mul(1);
    });
    await profile(() => step(), { runs: 3, warmup: 2 });
    expect(await count.value.item()).toBe(5);
  });
});

describe('what a profile counts', () => {
  const plain = () => createDevice(new PlainBackend());
  const library = () => createDevice(new LibraryBackend());

  it('is one operation per float addition and function, and each element that is read or written once', async () => {
    const device = plain();
    const [x, y] = [await ones([100], { device }).realize(), await ones([100], { device }).realize()];
    const { entries } = await profile(x.add(y).exp(), { runs: 1 });
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ kind: 'kernel', flops: 200, bytes: 3 * 100 * 4 });
  });

  it('is one operation per element of a reduction', async () => {
    const x = await ones([20, 30], { device: plain() }).realize();
    const { flops, bytes } = await profile(x.sum({ axis: 1 }), { runs: 1 });
    expect(flops).toBe(600);
    expect(bytes).toBe(4 * (600 + 20));
  });

  it('is nothing for integers and for what moves values', async () => {
    const device = plain();
    const x = await ones([6, 7], { device, dtype: 'int32' }).realize();
    const y = await ones([6, 7], { device }).realize();
    expect((await profile([x.mul(x).add(3), y.transpose()], { runs: 1 })).flops).toBe(0);
  });

  it('reads a broadcast operand once', async () => {
    const device = plain();
    const x = await ones([50, 8], { device }).realize();
    const row = await ones([8], { device }).realize();
    expect((await profile(x.add(row), { runs: 1 })).bytes).toBe(4 * (400 + 8 + 400));
  });

  it('is 2·M·N·K for a product in a kernel, in a library call and on the interpreter', async () => {
    for (const device of [plain(), library(), interpreter()]) {
      const a = await ones([6, 10], { device }).realize();
      const b = await ones([10, 4], { device }).realize();
      expect((await profile(a.matmul(b), { runs: 1 })).flops, device.name).toBe(2 * 6 * 4 * 10);
    }
  });

  it('is the same for a composite that a library takes as for its parts', async () => {
    const flops = [];
    for (const device of [library(), interpreter()]) {
      const x = await ones([5, 7], { device }).realize();
      flops.push((await profile(x.softmax(), { runs: 1 })).flops);
    }
    expect(flops[0]).toBe(flops[1]);
  });
});

describe('a profile on the interpreter', () => {
  it('has an entry for each kind of operation, shape and layer', async () => {
    const x = ones([8, 8], { device: interpreter() });
    const { entries, arenaBytes } = await profile(x.exp().matmul(x).exp(), { runs: 2 });
    const exp = entries.find(({ name }) => name === 'exp [8, 8] → [8, 8]');
    expect(exp).toMatchObject({ kind: 'operation', calls: 2, flops: 128 });
    expect(entries.some(({ name }) => name.startsWith('dot'))).toBe(true);
    expect(arenaBytes).toBe(0);
  });
});

describe('profile', () => {
  it('is plain data, and a table as text', async () => {
    const x = ones([4, 4], { device: createDevice(new PlainBackend()) });
    const measured = await profile(x.matmul(x), { runs: 1 });
    expect(JSON.parse(JSON.stringify(measured))).toEqual({ ...measured });
    const copy = structuredClone(measured);
    expect(formatProfile(copy)).toBe(String(measured));
    expect(String(measured)).toMatch(/share +ms +least ms +calls[\s\S]*kernel[\s\S]*arena/);
  });

  it('refuses fewer than one run, and debug mode', async () => {
    await expect(profile(() => undefined, { runs: 0 })).rejects.toThrow(/runs is 0/);
    await expect(profile(() => undefined, { warmup: -1 })).rejects.toThrow(/warmup is -1/);
    setDebug(true);
    await expect(profile(() => undefined)).rejects.toThrow(/debug mode is on/);
  });

  it('fails with what failed, and leaves the device usable', async () => {
    class Failing extends PlainBackend {
      fails = true;
      override run(program: Parameters<PlainBackend['run']>[0]): void {
        if (this.fails) throw new Error('out of order');
        super.run(program);
      }
    }
    const backend = new Failing();
    const x = tensor([1, 2], { device: createDevice(backend) });
    await expect(profile(x.mul(2), { runs: 1 })).rejects.toThrow(/out of order/);
    backend.fails = false;
    expect([...(await x.mul(2).data())]).toEqual([2, 4]);
  });

  it('runs dispatches one at a time, only while it measures', async () => {
    const lengths: number[] = [];
    class Counting extends HostileBackend {
      override run(program: Parameters<HostileBackend['run']>[0]): void {
        lengths.push(program.length);
        super.run(program);
      }
    }
    const device = createDevice(new Counting());
    const step = compile((x: Tensor) => x.matmul(x).matmul(x));
    const x = ones([4, 4], { device });
    await step(x);
    await device.sync();
    const whole = lengths.at(-1) ?? 0;
    expect(whole).toBeGreaterThan(1);
    lengths.length = 0;
    await profile(() => step(x), { runs: 2, warmup: 0 });
    expect(lengths).toEqual(Array.from({ length: 2 * whole }, () => 1));
    lengths.length = 0;
    await step(x);
    await device.sync();
    expect(lengths).toEqual([whole]);
  });
});
