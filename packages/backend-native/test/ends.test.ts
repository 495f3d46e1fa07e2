/** How work ends: with the process, with a worker, or while the event loop goes on. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { all, bytesOf, floatsOf, scaleKernel } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { nativeBackend } from '../src/index';
import { describeNative } from './support/available';
import { runLong } from './support/long';

const root = join(import.meta.dirname, '../../..');
const TIMEOUT_MS = 60_000;

/** Runs test/programs/ends.ts. Returns its exit code and what it printed. */
function program(name: string): Promise<{ code: number | null; output: string }> {
  const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const file = join(import.meta.dirname, 'programs/ends.ts');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', loader, file, name], {
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}

describeNative('a process that uses the native device', () => {
  it.each([
    ['leaves by process.exit in the middle of a program', 'exit', 'exiting'],
    ['ends by itself when all is done', 'idle', 'idle'],
    ['ends by itself in the middle of a program', 'end', 'ending'],
    ['may terminate a worker in the middle of a program', 'terminate', 'terminated, then 4,7'],
    ['may compute in several workers at once', 'workers', 'agreed: true,true'],
  ])(
    '%s',
    async (_, name, output) => {
      expect(await program(name)).toEqual({ code: 0, output });
    },
    TIMEOUT_MS,
  );

  it('goes on with its event loop while a program runs', async () => {
    const backend = nativeBackend({ threads: 1 });
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    runLong(backend, 4000);
    const before = ticks;
    await backend.sync();
    clearInterval(timer);
    expect(before).toBe(0);
    expect(ticks).toBeGreaterThan(3);
    await backend.close();
  });

  it('hears of a fault when it waits or reads, once', async () => {
    const backend = nativeBackend({ threads: 1 });
    const small = backend.alloc(8);
    runLong(backend, 4000);
    // Behind a long program, so that it cannot fail at once.
    const exec = backend.prepare(scaleKernel);
    backend.run([{ kind: 'kernel', exec, bindings: [all(small), all(small)], scalars: [1], integers: [3] }]);
    await expect(backend.sync()).rejects.toThrow(/outside of the 2 elements/);
    await expect(backend.sync()).resolves.toBeUndefined();
    backend.write(small, 0, bytesOf([5, 6]));
    expect(floatsOf(await backend.read(small, 0, 8))).toEqual([5, 6]);
    await backend.close();
  });
});
