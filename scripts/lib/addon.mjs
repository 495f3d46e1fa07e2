/**
 * Builds the addon of @hadal/backend-native with node-gyp, where the machine has a compiler. Nothing else needs it: where
 * it cannot be built, one line says why, and the tests of that package are skipped.
 */
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { run, tail } from './process.mjs';
import { cacheDir, root } from './workspace.mjs';

const folder = join(root, 'packages/backend-native');
const buildFolder = join(folder, 'build');
const addon = join(buildFolder, 'Release/hadal.node');

/** Where the addon is built with the compiler's address sanitizer, of the same sources. */
const sanitizedFolder = join(cacheDir, 'addon-address');

/** Seconds a build takes on one slow core, and as much again. */
const buildTimeoutMs = 600_000;
/** The sanitizer's code takes the compiler several times as long. */
const sanitizedBuildTimeoutMs = 6 * buildTimeoutMs;

/** @param {string} reason @returns {string} */
const notBuilt = (reason) => `The native addon is not built: ${reason}. Everything else works without it.`;

/** @returns {string} changes when the addon has to be built anew */
function buildSignature() {
  const hash = createHash('sha256').update(`${process.version} ${process.platform} ${process.arch}`);
  const sources = readdirSync(join(folder, 'native'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of [join(folder, 'binding.gyp'), ...sources]) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

/** @returns {Promise<string | undefined>} what is missing to compile anything here */
async function missingTool() {
  const compiler = process.env.CXX ?? (process.platform === 'darwin' ? 'clang++' : 'g++');
  const [program = '', ...options] = compiler.split(' ');
  for (const [command, args] of /** @type {[string, string[]][]} */ ([
    [program, [...options, '--version']],
    ['make', ['--version']],
    ['python3', ['--version']],
  ])) {
    if ((await run(command, args, { quiet: true })).code !== 0) return command;
  }
  return undefined;
}

/**
 * node-gyp would download the headers; they are taken from where Node is installed, or where npm is told they are.
 *
 * @returns {Promise<string | undefined>} the folder whose include/node holds Node's headers
 */
async function headersFolder() {
  const { stdout } = await run('npm', ['config', 'get', 'nodedir'], { quiet: true });
  const candidates = [process.env.npm_config_nodedir, dirname(dirname(process.execPath)), stdout.trim()];
  return candidates.find((each) => each && existsSync(join(each, 'include/node/node_api.h')));
}

/** @param {string} output of node-gyp @returns {string} its last error, in one line */
function lastError(output) {
  const errors = output.split('\n').filter((line) => /\berror\b/i.test(line));
  return (errors[0] ?? tail(output, 1)).trim();
}

/**
 * Builds the addon unless that has been done for these sources. Goes on without it where that is not possible.
 *
 * @returns {Promise<boolean>} whether the addon is there
 */
export async function ensureAddon() {
  const stamp = join(buildFolder, '.hadal-build');
  const signature = buildSignature();
  if (existsSync(addon) && existsSync(stamp) && readFileSync(stamp, 'utf8') === signature) return true;
  const missing = await missingTool();
  if (missing !== undefined) {
    console.log(notBuilt(`${missing} was not found`));
    return false;
  }
  const headers = await headersFolder();
  if (headers === undefined) {
    console.log(notBuilt("Node's headers were not found; npm config set nodedir <folder> names them"));
    return false;
  }
  console.log('Building the native addon …');
  const { code, output } = await nodeGyp(folder, { headers, timeoutMs: buildTimeoutMs });
  if (code !== 0 || !existsSync(addon)) {
    console.log(notBuilt(lastError(output)));
    return false;
  }
  writeFileSync(stamp, signature);
  return true;
}

/**
 * @param {string} cwd the folder of binding.gyp
 * @param {{ headers: string, timeoutMs: number, env?: Record<string, string> }} options
 */
function nodeGyp(cwd, { headers, timeoutMs, env }) {
  const program = join(folder, 'node_modules/node-gyp/bin/node-gyp.js');
  const args = [program, 'configure', 'build', `--nodedir=${headers}`, '--jobs', '2'];
  return run(process.execPath, args, { cwd, quiet: true, timeoutMs, env });
}

/**
 * Builds the addon under the compiler's address sanitizer, beside the usual one.
 *
 * @returns {Promise<string>} its path
 * @throws {Error} where it cannot be built
 */
export async function buildSanitizedAddon() {
  const headers = await headersFolder();
  if (headers === undefined) throw new Error("Node's headers were not found");
  mkdirSync(sanitizedFolder, { recursive: true });
  for (const part of ['binding.gyp', 'native', 'package.json'])
    cpSync(join(folder, part), join(sanitizedFolder, part), { recursive: true, preserveTimestamps: true });
  const modules = join(sanitizedFolder, 'node_modules');
  if (!existsSync(modules)) symlinkSync(join(folder, 'node_modules'), modules);
  const flags = '-fsanitize=address -fno-omit-frame-pointer';
  const { code, output } = await nodeGyp(sanitizedFolder, {
    headers,
    timeoutMs: sanitizedBuildTimeoutMs,
    env: { CXXFLAGS: flags, LDFLAGS: flags },
  });
  const built = join(sanitizedFolder, 'build/Release/hadal.node');
  if (code !== 0 || !existsSync(built)) throw new Error(lastError(output));
  return built;
}
