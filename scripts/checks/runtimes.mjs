/**
 * One smoke run on each other runtime: a newer Node, Deno and Bun.
 *
 * Their binaries are the platform packages that npm offers, installed on demand into a folder that git ignores. Where
 * they do not install, the run is skipped and the reason is told.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { outsideProject } from '../lib/packed.mjs';
import { run, tail } from '../lib/process.mjs';
import { cacheDir, root } from '../lib/workspace.mjs';
import { fact, Skip } from './report.mjs';

const linuxSuffix = process.platform === 'linux' ? '-glibc' : '';

/** @type {readonly { name: string, package: string, binary: string, args: readonly string[] }[]} */
const runtimes = [
  {
    name: 'Node 24',
    package: `node-${process.platform}-${process.arch}@24`,
    binary: 'bin/node',
    args: [],
  },
  {
    name: 'Deno',
    package: `@deno/${process.platform}-${process.arch === 'x64' ? 'x64' : 'arm64'}${linuxSuffix}`,
    binary: 'deno',
    args: ['run', '--allow-all', '--node-modules-dir=manual'],
  },
  {
    name: 'Bun',
    package: `@oven/bun-${process.platform}-${process.arch === 'x64' ? 'x64' : 'aarch64'}`,
    binary: 'bin/bun',
    args: ['run'],
  },
];

/**
 * @param {typeof runtimes[number]} runtime
 * @returns {Promise<string>} absolute path of its program
 * @throws {Skip} when npm cannot install it
 */
async function installRuntime({ name, package: spec, binary }) {
  const folder = join(cacheDir, 'runtimes', name.toLowerCase().replace(' ', '-'));
  const packageName = spec.replace(/(?<=.)@\d+$/, '');
  const program = join(folder, 'node_modules', packageName, binary);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const args = [
    'install',
    '--prefix',
    folder,
    '--no-save',
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    spec,
  ];
  const { code, output } = await run('npm', args, { quiet: true, timeoutMs: 120_000 });
  if (code === 0 && existsSync(program)) return program;
  throw new Skip(
    `npm could not install ${spec} (exit code ${code}): ${tail(output, 3).replaceAll('\n', ' ')}`,
  );
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function otherRuntimes() {
  const results = [];
  for (const runtime of runtimes) {
    results.push(
      await fact(`a model trains, saves, loads and predicts on ${runtime.name}`, async () => {
        const program = await installRuntime(runtime);
        const project = await outsideProject('runtime');
        copyFileSync(join(root, 'scripts/checks/programs/runtime-smoke.mjs'), join(project, 'smoke.mjs'));
        const options = { cwd: project, quiet: true, timeoutMs: 120_000 };
        const { code, output, stdout } = await run(program, [...runtime.args, 'smoke.mjs'], options);
        if (code !== 0) throw new Error(`It ended with exit code ${code}:\n${tail(output)}`);
        return tail(stdout, 1);
      }),
    );
  }
  return results;
}
