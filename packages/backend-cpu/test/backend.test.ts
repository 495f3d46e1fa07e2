import { backendCases, bytesOf, floatsOf, scale } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { CpuBackend } from '../src/backend';
import { isAvailable } from '../src/engine';
import { cpuBackend } from '../src/index';
import type { Command, Executor, LibraryRecipe } from '../src/protocol/commands';
import { LocalExecutor } from '../src/protocol/local-executor';
import { ProgramWriter, scalarOfWord, scalarWord } from '../src/protocol/program';

/** Passes everything through a structured clone, as a worker would. */
class RemoteLikeExecutor implements Executor {
  readonly isShared = false;
  private readonly local = new LocalExecutor(() => ({
    load: () => undefined,
    prepare: () => {
      throw new Error('no library here');
    },
  }));
  readonly reservedBytes = this.local.reservedBytes;
  load(recipe: LibraryRecipe): Promise<void> | undefined {
    return this.local.load(structuredClone(recipe));
  }
  submit(command: Command): void {
    this.local.submit(structuredClone(command));
  }
  grow(end: number, limit: number): number {
    return this.local.grow(end, limit);
  }
  async read(address: number, bytes: number): Promise<Uint8Array> {
    return structuredClone(await this.local.read(address, bytes));
  }
  sync(): Promise<void> {
    return this.local.sync();
  }
  close(): Promise<void> {
    return this.local.close();
  }
}

describe('the CPU backend', () => {
  const cases = backendCases({
    backend: () => cpuBackend(),
    limited: (memoryLimitBytes) => cpuBackend({ memoryLimitBytes }),
    usedBytes: ({ usedBytes }) => usedBytes,
  });
  it.each(cases)('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('is available in this runtime', async () => {
    expect(await isAvailable()).toEqual({ ok: true });
  });

  it('keeps contents while memory grows', async () => {
    const backend = cpuBackend();
    const first = backend.alloc(16);
    backend.write(first, 0, bytesOf([1, 2, 3, 4]));
    const large = backend.alloc(100 * 2 ** 20);
    backend.write(large, large.bytes - 4, bytesOf([5]));
    expect(floatsOf(await backend.read(first, 0, 16))).toEqual([1, 2, 3, 4]);
    expect(floatsOf(await backend.read(large, large.bytes - 4, 4))).toEqual([5]);
  });

  it('refuses a memory limit that 32-bit addresses cannot reach', () => {
    expect(() => cpuBackend({ memoryLimitBytes: 2 ** 33 })).toThrow(/memoryLimitBytes is 8589934592/);
  });
});

describe('the protocol between host and executor', () => {
  it('is data only: a backend works when every command is cloned', async () => {
    const options = { relaxed: false, memoryLimitBytes: 2 ** 26 };
    const backend = new CpuBackend(new RemoteLikeExecutor(), undefined, options);
    expect(backend.readSync).toBeUndefined();
    expect(await scale(backend, [1, 2, 3, 4, 5], 3)).toEqual([4, 7, 10, 13, 16]);
  });

  it('carries float scalars as their bits', () => {
    for (const value of [0, -0, 1.5, -3e38, Number.POSITIVE_INFINITY, Number.NaN]) {
      expect(scalarOfWord('f32', scalarWord('f32', value))).toBe(Math.fround(value));
    }
    expect(scalarOfWord('i32', scalarWord('i32', -7))).toBe(-7);
  });

  it('keeps programs of any length', () => {
    const writer = new ProgramWriter();
    for (let i = 0; i < 1000; i++) writer.copy(i, i + 1, i + 2);
    const program = writer.finish();
    expect([...program.slice(-4)]).toEqual([2, 999, 1000, 1001]);
    expect(writer.finish()).toHaveLength(0);
  });

  it('names an unknown step', () => {
    const executor = new LocalExecutor(() => ({
      load: () => undefined,
      prepare: () => {
        throw new Error('no library here');
      },
    }));
    expect(() => executor.submit({ kind: 'run', program: Int32Array.of(9) })).toThrow(/unknown step 9/);
  });
});
