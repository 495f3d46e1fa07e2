/** The command line as a person uses it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { HELP } from '../src/options';

const run = (...args: string[]) =>
  spawnSync(
    process.execPath,
    ['--import', 'tsx', fileURLToPath(new URL('../src/main.ts', import.meta.url)), ...args],
    {
      encoding: 'utf8',
    },
  );

describe('npm run demo', () => {
  it('answers a wrong flag in one line, and with exit code 2', () => {
    const { status, stderr, stdout } = run('--epochs', 'none');
    expect(status).toBe(2);
    expect(stderr).toBe("--epochs is 'none'; expected a whole number from 1.\n");
    expect(stdout).toBe('');
  });

  it('has help', () => {
    expect(run('--help')).toMatchObject({ status: 0, stdout: `${HELP}\n` });
  });
});
