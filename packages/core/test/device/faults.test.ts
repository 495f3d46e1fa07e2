/** Failures surface where somebody waits for the value, and leave the device usable. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import type { Caps, Exec, LibraryCall, LoopKernel } from '../../src/backend/index';
import { compile, createDevice, interpreter, type Tensor, tensor, variable } from '../../src/index';

class FailingBackend extends PlainBackend {
  fails = false;

  override prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    if (this.fails && kernel.name.includes('tanh')) return Promise.reject(new Error('no room for tanh'));
    return super.prepare(kernel);
  }
}

describe('a kernel that cannot be prepared', () => {
  it('fails the read of its value, and of what depends on it', async () => {
    const backend = new FailingBackend();
    backend.fails = true;
    const x = tensor([1, 2], { device: createDevice(backend) });
    const y = x.tanh();
    await expect(y.data()).rejects.toThrow('no room for tanh');
    await expect(y.add(1).data()).rejects.toThrow('no room for tanh');
  });

  it('leaves other values and the device alone', async () => {
    const backend = new FailingBackend();
    backend.fails = true;
    const device = createDevice(backend);
    const x = tensor([1, 2], { device });
    await expect(x.tanh().data()).rejects.toThrow();
    expect(await x.add(1).array()).toEqual([2, 3]);
    backend.fails = false;
    expect((await x.tanh().data())[0]).toBeCloseTo(Math.tanh(1), 6);
  });
});

describe('a backend without an optional scalar operation', () => {
  class NoTanh extends PlainBackend {
    override readonly caps: Caps = { ...new PlainBackend().caps, scalarOps: ['div'] };
  }
  class Helpless extends NoTanh {
    override readonly caps: Caps = { ...new PlainBackend().caps, scalarOps: [], decompose: undefined };
  }

  it('computes it from the others', async () => {
    const x = tensor([0.5], { device: createDevice(new NoTanh()) });
    expect((await x.tanh().data())[0]).toBeCloseTo(Math.tanh(0.5), 6);
  });

  it('is told how to do without when it does not say it', async () => {
    const x = tensor([0.5], { device: createDevice(new Helpless()) });
    await expect(x.tanh().data()).rejects.toThrow(
      /no scalar operation 'tanh'.*\n?.*decomposeScalarOp of '@hadal\/core\/backend'/s,
    );
  });
});

describe('a device', () => {
  it('made for another version of the backend interface is refused', () => {
    class OldBackend extends PlainBackend {
      override readonly apiVersion = 0;
    }
    expect(() => createDevice(new OldBackend())).toThrow(/made for version 0 of the backend interface/);
  });

  it('refuses work after it was closed, saying so', async () => {
    const device = createDevice(new PlainBackend());
    const x = tensor([1], { device });
    await x.add(1).data();
    await device.close();
    await expect(x.add(2).data()).rejects.toThrow(/the device was closed/);
  });

  it('does not mix with another one', async () => {
    const a = tensor([1], { device: createDevice(new PlainBackend()) });
    const b = tensor([1], { device: interpreter() });
    expect(() => a.add(b)).toThrow(/different devices: "plain" and "interpreter"/);
  });

  it('says which dtype it lacks', async () => {
    const device = createDevice(new PlainBackend());
    const lacking = createDevice(
      new (class extends PlainBackend {
        override readonly caps = { ...device.caps, storages: ['f32', 'i32'] as const };
      })(),
    );
    await expect(tensor([1], { dtype: 'float64', device: lacking }).data()).rejects.toThrow(/has no float64/);
  });
});

describe('tracing', () => {
  it('refuses to read values', async () => {
    const step = compile((x: Tensor) => {
      void x.data().catch(() => undefined);
      return x.realize();
    });
    await expect(step(tensor([1], { device: interpreter() }))).rejects.toThrow(/asynchronous/);
  });

  it('returns arguments and variables as values of their own', async () => {
    const device = createDevice(new PlainBackend());
    const v = variable(tensor([5], { device }));
    const step = compile((x: Tensor) => {
      const before = v.value;
      v.assign(v.value.add(x));
      return { x, before, after: v.value, twice: [x, x] };
    });
    const result = await step(tensor([2], { device }));
    expect(await result.x.item()).toBe(2);
    expect(await result.before.item()).toBe(5);
    expect(await result.after.item()).toBe(7);
    expect(await result.twice[1]?.item()).toBe(2);
    await step(tensor([1], { device }));
    expect(await result.after.item()).toBe(7);
  });

  it('takes numbers as float32 scalars without tracing again', async () => {
    const device = createDevice(new PlainBackend());
    let traces = 0;
    const scale = compile((x: Tensor, by: Tensor) => {
      traces++;
      return x.mul(by);
    });
    const x = tensor([3], { device });
    expect(await (await scale(x, 2)).item()).toBe(6);
    expect(await (await scale(x, 0.5)).item()).toBe(1.5);
    expect(traces).toBe(1);
  });
});
