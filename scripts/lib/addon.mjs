/**
 * Builds the addon of @hadal/backend-native with node-gyp, where the machine has a compiler. Nothing else needs it: where
 * it cannot be built, one line says why, and the tests of that package are skipped.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, tail } from './process.mjs';
import { root } from './workspace.mjs';

const folder = join(root, 'packages/backend-native');
const buildFolder = join(folder, 'build');
const addon = join(buildFolder, 'Release/hadal.node');

/** Seconds a build takes on one slow core, and as much again. */
const buildTimeoutMs = 600_000;

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
  const nodeGyp = join(folder, 'node_modules/node-gyp/bin/node-gyp.js');
  const args = [nodeGyp, 'configure', 'build', `--nodedir=${headers}`, '--jobs', '2'];
  const { code, output } = await run(process.execPath, args, {
    cwd: folder,
    quiet: true,
    timeoutMs: buildTimeoutMs,
  });
  if (code !== 0 || !existsSync(addon)) {
    console.log(notBuilt(lastError(output)));
    return false;
  }
  writeFileSync(stamp, signature);
  return true;
}
