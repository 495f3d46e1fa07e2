import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { DeviceError, interpreter, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { best, choose } from '../src/best';
import type { Candidate } from '../src/candidates';

const works = (means: string): Candidate => ({ means, open: async () => ({ device: interpreter() }) });
const missing = (means: string, reason: string): Candidate => ({ means, open: async () => ({ reason }) });

describe('the choice of a device', () => {
  it('takes the first that works, and opens no other', async () => {
    let opened = 0;
    const counting: Candidate = {
      means: 'another',
      open: async () => {
        opened++;
        return { device: interpreter() };
      },
    };
    const { device, isFirst } = await choose([works('the addon'), counting]);
    expect(device.reason).toBe('computing with the addon, the fastest device here.');
    expect([isFirst, opened]).toEqual([true, 0]);
  });

  it('says why it is none of those before', async () => {
    const { device, isFirst } = await choose([
      missing('a', 'a is not installed.'),
      missing('b', 'b has no SIMD.'),
      works('c'),
    ]);
    expect(device.reason).toBe('computing with c, because a is not installed. b has no SIMD.');
    expect(isFirst).toBe(false);
  });

  it('fails with all reasons where nothing works', async () => {
    await expect(choose([missing('a', 'a is broken.'), missing('b', 'b too.')])).rejects.toThrow(
      new DeviceError('best', 'nothing can compute here: a is broken. b too.').message,
    );
  });

  it('does not hide a mistake in what sets a device up', async () => {
    const failing: Candidate = {
      means: 'a',
      open: () => Promise.reject(new Error('HADAL_NATIVE_THREADS is none')),
    };
    await expect(choose([failing, works('b')])).rejects.toThrow('HADAL_NATIVE_THREADS is none');
  });
});

describe('best', () => {
  it('is a device like any other', async () => {
    const device = await best({ quiet: true });
    expect(['native', 'cpu']).toContain(device.name);
    expect(device.reason).toMatch(/^computing with (the native addon|WebAssembly), /);
    expect([...(await tensor([1, 2, 3], { device }).mul(2).data())]).toEqual([2, 4, 6]);
    await device.close();
  });

  const run = (program: string, env: Record<string, string> = {}) =>
    spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      cwd: fileURLToPath(new URL('../../..', import.meta.url)),
      env: { ...process.env, ...env },
      encoding: 'utf8',
    });
  const twice = (options: string): string =>
    `import { best } from 'hadal'; await best(${options}); console.log((await best(${options})).name);`;
  /** The addon refuses to load where this variable asks for what it does not know. */
  const withoutAddon = { HADAL_NATIVE_ISA: 'none' };

  it('falls back to WebAssembly, and says so once in a process', () => {
    const { stdout, stderr, status } = run(twice(''), withoutAddon);
    expect({ stdout, status }).toEqual({ stdout: 'cpu\n', status: 0 });
    expect(stderr).toMatch(/^Hadal: computing with WebAssembly, because .+\n$/);
  });

  it('falls back in silence where asked to', () => {
    expect(run(twice('{ quiet: true }'), withoutAddon)).toMatchObject({
      stdout: 'cpu\n',
      stderr: '',
      status: 0,
    });
  });
});
