import { DeviceError, sum, tensor } from '@hadal/core';
import { KERNEL_FORM_VERSION, type LoopKernel } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { ENTRY } from '../../src/emit/index';
import { cpu, cpuBackend } from '../../src/index';
import { LocalExecutor } from '../../src/protocol/local-executor';
import { ProgramWriter } from '../../src/protocol/program';
import { type Code, MemoryOp, ModuleBuilder, Op } from '../../src/wasm/index';
import { FINEST, threadedDevice } from '../support/threaded';

const THREADS = 3;
const POINTS = 1000;

/** What a team is told of a kernel; the module is given apart. */
const kernel: LoopKernel = {
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: 'given apart',
  key: 'given apart',
  buffers: [],
  scalars: [],
  integers: 0,
  grid: [POINTS],
  stages: [{ loop: [], body: [{ op: 'axis', to: 0, type: 'i32', axis: 0 }], accumulators: [], stores: [] }],
  vectorAxis: 'none',
};

/** An executor whose kernel 0 does what `body` writes. */
async function executorOf(
  body: (code: Code) => void,
): Promise<LocalExecutor<{ load(): undefined; prepare(): never }>> {
  const library = {
    load: () => undefined,
    prepare: () => {
      throw new Error('no library here');
    },
  };
  const executor = new LocalExecutor(() => library, THREADS, FINEST);
  await executor.startThreads();
  const module = new ModuleBuilder().importMemory();
  body(module.function({ parameters: ['i32', 'i32', 'i32'], exportAs: ENTRY }).code);
  const recipe = { kind: 'module', kernel, bytes: module.encode(true) } as const;
  executor.submit({ kind: 'prepare', kernel: 0, recipe });
  return executor;
}

const step = (addresses: readonly number[]) => ({
  kernel: 0,
  begin: 0,
  end: POINTS,
  addresses,
  scalarTypes: [],
  scalars: [],
  integers: [],
});

describe('a team of threads', () => {
  it('finishes one kernel before the next begins', async () => {
    // Each point takes what another one wrote in the step before, and adds 1.
    const executor = await executorOf((code) => {
      const [index, end, values] = code.parameters as [never, never, never];
      code.while(index, end, 1, () => {
        const place = (buffer: number, mirrored: boolean): void => {
          code.get(values).memory(MemoryOp.i32_load, 4 * buffer);
          if (mirrored)
            code
              .i32(POINTS - 1)
              .get(index)
              .op(Op.i32_sub);
          else code.get(index);
          code.i32(2).op(Op.i32_shl).op(Op.i32_add);
        };
        place(1, false);
        place(0, true);
        code.memory(MemoryOp.i32_load).i32(1).op(Op.i32_add).memory(MemoryOp.i32_store);
      });
    });
    const STEPS = 500;
    const places = [executor.reservedBytes, executor.reservedBytes + 4 * POINTS];
    executor.grow(executor.reservedBytes + 8 * POINTS, 2 ** 24);
    const writer = new ProgramWriter();
    for (let i = 0; i < STEPS; i++) writer.run(step(i % 2 === 0 ? places : places.toReversed()));
    executor.submit({ kind: 'run', program: writer.finish() });
    const bytes = executor.readSync(places[STEPS % 2] ?? 0, 4 * POINTS);
    expect(new Int32Array(bytes.buffer)).toEqual(new Int32Array(POINTS).fill(STEPS));
    await executor.close();
  });

  it('tells what failed on any thread, and works on', async () => {
    const executor = await executorOf((code) => {
      code.i32(-4).memory(MemoryOp.i32_load).op(Op.drop);
    });
    const writer = new ProgramWriter();
    writer.run(step([]));
    const failing = writer.finish();
    const submit = (program: Int32Array) => (): void => executor.submit({ kind: 'run', program });
    for (let i = 0; i < 3; i++) {
      expect(submit(failing)).toThrow(DeviceError);
      expect(submit(failing)).toThrow(/a kernel failed: RuntimeError: memory access out of bounds/);
      expect(submit(new Int32Array())).not.toThrow();
    }
    await executor.close();
  });

  it('sees memory that grew since its threads were started', async () => {
    const device = await threadedDevice(THREADS);
    for (const size of [10, 2 ** 20, 2 ** 23]) {
      const ones = tensor(new Float32Array(size).fill(1), { shape: [size], device });
      expect(await sum(ones.add(1)).item()).toBe(2 * size);
    }
    await device.close();
  });

  it('can be closed twice, and before it was ever started', async () => {
    const device = await cpu({ threads: THREADS });
    await device.close();
    const started = await threadedDevice(THREADS);
    await started.close();
    await expect(started.close()).resolves.toBeUndefined();
  });

  it('refuses a number of threads that makes no sense', () => {
    for (const threads of [0, -1, 1.5, 65, Number.NaN]) {
      expect(() => cpuBackend({ threads })).toThrow(/threads is .*; it must be an integer from 1 to 64/);
    }
  });

  it('takes the number of threads from the environment', () => {
    process.env.HADAL_CPU_THREADS = 'many';
    try {
      expect(() => cpuBackend()).toThrow(/threads is many/);
    } finally {
      delete process.env.HADAL_CPU_THREADS;
    }
  });
});
