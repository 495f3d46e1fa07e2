/**
 * The suite of the backend interface on backends that must pass it, and on broken ones, of which it must notice each.
 */
import { type Backend, type Binding, type Buf, createDevice, type Dispatch } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { backendCases, HostileBackend, overwritingCases, PlainBackend } from '../src/index';

/** Neither keeps a list of what it has made. */
const isPromised = (group: string): boolean => group !== 'strictness';

const backends: readonly [string, () => Backend][] = [
  ['the plain backend', () => new PlainBackend()],
  ['the hostile backend', () => new HostileBackend()],
];

describe.each(backends)('%s', (_, backend) => {
  it.each(backendCases({ backend, filter: isPromised }))('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  const device = () => createDevice(backend(), { cacheBytes: Number.POSITIVE_INFINITY });
  it.each(overwritingCases({ device, extents: [8] }))('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });
});

class KeepsSources extends PlainBackend {
  readonly #written = new Map<Buf, Uint8Array>();
  override copyIn(buf: Buf, at: number, source: Uint8Array): void {
    this.#written.set(buf, source);
    super.copyIn(buf, at, source);
  }
  override copyOut(buf: Buf, at: number, target: Uint8Array): void {
    const source = this.#written.get(buf);
    if (source?.length === target.length) target.set(source);
    else super.copyOut(buf, at, target);
  }
}

class ForgetsCopies extends PlainBackend {
  override run(program: readonly Dispatch[]): void {
    super.run(program.filter(({ kind }) => kind === 'kernel'));
  }
}

class IgnoresOffsets extends PlainBackend {
  override run(program: readonly Dispatch[]): void {
    const moved = (binding: Binding): Binding => ({ ...binding, offset: 0 });
    super.run(
      program.map((step) => (step.kind === 'copy' ? step : { ...step, bindings: step.bindings.map(moved) })),
    );
  }
}

class RunsOneElementLess extends PlainBackend {
  override run(program: readonly Dispatch[]): void {
    super.run(
      program.map((step) =>
        step.kind === 'copy' ? step : { ...step, integers: step.integers.map((n) => Math.max(0, n - 1)) },
      ),
    );
  }
}

describe('the suite notices a backend that', () => {
  it.each([
    ['keeps the bytes that it is given', KeepsSources, /takes what is written at once/],
    ['forgets copies', ForgetsCopies, /is copied between buffers/],
    ['ignores offsets', IgnoresOffsets, /are bound to ranges/],
    ['leaves out elements', RunsOneElementLess, /run for any number of elements/],
  ])('%s', async (_, Broken, expected) => {
    const failed: string[] = [];
    for (const { name, run } of backendCases({ backend: () => new Broken(), filter: isPromised }))
      await run().catch(() => failed.push(name));
    expect(failed.join('; ')).toMatch(expected);
  });
});
