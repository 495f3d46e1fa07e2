/** Training on a device with plans and kernels: memory stays, nothing is compiled twice, values equal the interpreter's. */
import { createDevice, type Device, interpreter, setDevice, setSeed } from '@hadal/core';
import { type Buf, type Exec, HostBackend, type LibraryCall, type LoopKernel } from '@hadal/core/backend';
import { adam } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import { LambdaCallback, type Sequential } from '../src';
import { classifier, spirals } from './helpers';

/** Bytes in JavaScript arrays; core runs every kernel. */
class PlainBackend extends HostBackend {
  readonly name = 'plain';
  readonly #memory = new Map<Buf, Uint8Array>();

  alloc(bytes: number): Buf {
    const buf = { bytes };
    this.#memory.set(buf, new Uint8Array(bytes));
    return buf;
  }

  free(buf: Buf): void {
    this.#memory.delete(buf);
  }

  copyIn(buf: Buf, at: number, source: Uint8Array): void {
    this.#memory.get(buf)?.set(source, at);
  }

  copyOut(buf: Buf, at: number, target: Uint8Array): void {
    target.set(this.#memory.get(buf)?.subarray(at, at + target.length) ?? []);
  }
}

/** Kernels take a while to prepare, so that whole batches wait for their upload. */
class LateBackend extends PlainBackend {
  override async prepare(kernel: LoopKernel | LibraryCall): Promise<Exec> {
    await new Promise((resolve) => setTimeout(resolve, 3));
    return super.prepare(kernel);
  }
}

function makeOn(device: Device): Sequential {
  setDevice(device);
  setSeed(12);
  const model = classifier();
  model.compile({ optimizer: adam(0.01), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return model;
}

describe('a model trained with plans and kernels', () => {
  it('uses after a thousand steps the memory it used after a hundred', async () => {
    const device = createDevice(new PlainBackend());
    const model = makeOn(device);
    const { x, y } = spirals(80);
    const used: number[] = [];
    let steps = 0;
    const measure = new LambdaCallback({
      onTrainBatchEnd: async () => {
        steps++;
        if (steps !== 100 && steps !== 1000) return;
        await device.collect();
        used.push(device.memory().usedBytes);
      },
    });
    await model.fit(x, y, { epochs: 100, batchSize: 8, verbose: 0, callbacks: [measure] });
    expect(steps).toBe(1000);
    const [early = 0, late = Number.POSITIVE_INFINITY] = used;
    expect(early).toBeGreaterThan(0);
    expect(late).toBeLessThanOrEqual(early);
  });

  it('plans and compiles nothing in later epochs', async () => {
    const device = createDevice(new PlainBackend());
    const model = makeOn(device);
    const { x, y } = spirals(53);
    const seen: string[] = [];
    const count = new LambdaCallback({
      onEpochEnd: () => {
        const { kernels, plans } = device.statistics();
        seen.push(`${kernels} kernels, ${plans} plans`);
      },
    });
    await model.fit(x, y, { epochs: 4, batchSize: 16, verbose: 0, callbacks: [count] });
    expect(seen[2]).toBe(seen[1]);
    expect(seen[3]).toBe(seen[1]);
  });

  it('compiles nothing when the learning rate changes', async () => {
    const device = createDevice(new PlainBackend());
    const model = makeOn(device);
    const { x, y } = spirals(16);
    await model.trainOnBatch(x, y);
    await model.trainOnBatch(x, y);
    const before = device.statistics();
    model.optimizer.learningRate = 0.02;
    await model.trainOnBatch(x, y);
    model.optimizer.learningRate = 0.03;
    await model.trainOnBatch(x, y);
    const after = device.statistics();
    expect(after.kernels).toBe(before.kernels);
  });

  it('follows the interpreter step by step, also while batches wait for their upload', async () => {
    const losses: number[][] = [];
    for (const backend of [undefined, new PlainBackend(), new LateBackend()]) {
      const model = makeOn(backend === undefined ? interpreter() : createDevice(backend));
      const { x, y } = spirals(48);
      const { history } = await model.fit(x, y, { epochs: 5, batchSize: 2, verbose: 0 });
      losses.push([...history.loss]);
    }
    const [expected = [], ...others] = losses;
    for (const actual of others) {
      for (const [epoch, loss] of expected.entries()) expect(actual[epoch]).toBeCloseTo(loss, 5);
    }
  });
});
