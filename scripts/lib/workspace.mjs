/**
 * The workspace as the scripts see it: where it is, its pinned tools, and how it is installed and built.
 *
 * Only Node and npm are assumed. pnpm comes through npx at the version that `packageManager` names, and the install
 * is skipped while nothing that decides it has changed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { run } from './process.mjs';

/** Folder of the workspace. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Ignored by git: packed packages, other runtimes, bundles. */
export const cacheDir = join(root, '.cache');

const oldestNode = [20, 19];

/** No tool of the workspace reports its use, asks questions or starts a daemon that outlives it. */
const toolEnvironment = {
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  npm_config_confirm_modules_purge: 'false',
  npm_config_update_notifier: 'false',
};

/** @returns {string} such as 'pnpm@10.34.8' */
function pinnedPnpm() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager;
}

/**
 * Runs pnpm at the pinned version, downloading it into npm's cache at first use.
 *
 * @param {readonly string[]} args
 * @param {import('./process.mjs').RunOptions} [options]
 */
export function pnpm(args, options = {}) {
  return run('npx', ['--yes', pinnedPnpm(), ...args], {
    cwd: root,
    ...options,
    env: { ...toolEnvironment, ...options.env },
  });
}

/**
 * Runs a tool installed in the workspace.
 *
 * @param {string} file path of its program below node_modules, such as 'typescript/bin/tsc'
 * @param {readonly string[]} args
 * @param {import('./process.mjs').RunOptions} [options]
 */
export function tool(file, args, options = {}) {
  return run(process.execPath, [join(root, 'node_modules', file), ...args], {
    cwd: root,
    ...options,
    env: { ...toolEnvironment, ...options.env },
  });
}

/**
 * Runs a TypeScript program of the workspace against the sources of the packages; nothing has to be built.
 *
 * @param {string} file path below the workspace
 * @param {readonly string[]} args
 * @param {import('./process.mjs').RunOptions} [options]
 */
export function typescript(file, args, options = {}) {
  const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  return run(process.execPath, ['--import', loader, join(root, file), ...args], {
    cwd: root,
    ...options,
    env: { ...toolEnvironment, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json'), ...options.env },
  });
}

/** @throws {Error} when this Node is older than the packages support */
function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestNode;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new Error(`Node ${process.versions.node} is too old: ${oldestNode.join('.')} or newer is needed.`);
}

/** @returns {string} changes when another install is needed */
function installSignature() {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${pinnedPnpm()}`);
  for (const file of ['pnpm-lock.yaml', 'pnpm-workspace.yaml']) hash.update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

/**
 * Installs the workspace exactly as the lock file says, unless that is already so.
 *
 * @throws {Error} when the install fails
 */
export async function ensureInstalled() {
  requireNode();
  const stamp = join(root, 'node_modules', '.hadal-install');
  const signature = installSignature();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === signature) return;
  console.log('Installing the workspace …');
  const { code, output } = await pnpm(
    ['install', '--frozen-lockfile', '--prefer-offline', '--reporter=append-only'],
    {
      quiet: true,
    },
  );
  if (code !== 0) throw new Error(`The install failed with exit code ${code}:\n${output}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, signature);
}

/**
 * Builds every package whose inputs changed.
 *
 * @param {import('./process.mjs').RunOptions} [options]
 */
export function build(options = {}) {
  const turbo = [
    'exec',
    'turbo',
    'run',
    'build',
    '--filter=./packages/*',
    '--concurrency=2',
    '--output-logs=errors-only',
    '--ui=stream',
  ];
  return pnpm(turbo, options);
}
