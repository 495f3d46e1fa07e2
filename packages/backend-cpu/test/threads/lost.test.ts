/** A worker that stops in the middle of a task. */
import { DeviceError, sum, tensor } from '@hadal/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { threadedDevice } from '../support/threaded';

const ELEMENTS = 2 ** 14;

/** Makes every function of a worker's modules end the worker instead. */
const DEADLY = `
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (module, imports) {
    const { exports } = new Instance(module, imports);
    return { exports: Object.fromEntries(Object.keys(exports).map((name) => [name, () => process.exit(1)])) };
  };
`;

/** Lets workers be made of a program that begins with `DEADLY`. */
function makeWorkersDeadly(): void {
  const load = process.getBuiltinModule;
  const threads = load('node:worker_threads');
  class DeadlyWorker extends threads.Worker {
    constructor(source: string, options: { readonly eval: true }) {
      super(DEADLY + source, options);
    }
  }
  vi.spyOn(process, 'getBuiltinModule').mockImplementation(((name: string) =>
    name === 'node:worker_threads' ? { ...threads, Worker: DeadlyWorker } : load(name)) as typeof load);
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a worker that stops in the middle of a task', () => {
  it.each([2, 3])('fails its program on %i threads, and the host goes on alone', async (threads) => {
    makeWorkersDeadly();
    const device = await threadedDevice(threads);
    const x = tensor(new Float32Array(ELEMENTS).fill(0.5), { shape: [ELEMENTS], device });
    const compute = (): Promise<number> => sum(x.mul(2).add(1)).item();
    const outcomes: unknown[] = [];
    // Whether a worker takes a task before the host has taken all is a matter of luck.
    for (let i = 0; i < 200 && outcomes.every((outcome) => outcome === 2 * ELEMENTS); i++) {
      outcomes.push(await compute().catch((error: unknown) => error));
    }
    expect(outcomes.at(-1)).toBeInstanceOf(DeviceError);
    expect(String(outcomes.at(-1))).toMatch(/a worker stopped in the middle of a program/);
    expect(await compute()).toBe(2 * ELEMENTS);
    await device.close();
  });
});
