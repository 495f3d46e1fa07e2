import { all, backendCases, scale, scaleKernel } from '@hadal/testkit';
import { expect, it, vi } from 'vitest';
import { nativeBackend } from '../src/index';
import { describeNative } from './support/available';

describeNative('the native backend', () => {
  const cases = backendCases({
    backend: () => nativeBackend(),
    limited: (memoryLimitBytes) => nativeBackend({ memoryLimitBytes }),
    usedBytes: ({ usedBytes }) => usedBytes,
  });
  it.each(cases)('$group: $name', async ({ run }) => {
    await expect(run()).resolves.toBeUndefined();
  });

  it('notices what is freed twice', () => {
    const backend = nativeBackend();
    const buf = backend.alloc(8);
    backend.free(buf);
    expect(() => backend.free(buf)).toThrow(/no range is in use/);
  });

  it('stops a kernel that leaves what is bound', async () => {
    const backend = nativeBackend();
    const buf = backend.alloc(8);
    const exec = backend.prepare(scaleKernel);
    const bindings = [all(buf), all(buf)];
    expect(() => backend.run([{ kind: 'kernel', exec, bindings, scalars: [1], integers: [3] }])).toThrow(
      /outside of the 2 elements/,
    );
    expect(await scale(backend, [1], 3)).toEqual([4]);
  });

  it('refuses numbers of threads that make no sense', () => {
    expect(() => nativeBackend({ threads: 0 })).toThrow(/threads is 0; it must be an integer from 1/);
    vi.stubEnv('HADAL_NATIVE_THREADS', 'many');
    expect(() => nativeBackend()).toThrow(/HADAL_NATIVE_THREADS is many/);
    vi.unstubAllEnvs();
  });
});
