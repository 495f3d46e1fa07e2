/**
 * Which device users get: the native one where its addon is installed, WebAssembly and a line of notice elsewhere. Each
 * case is installed by npm from packed packages, as a user would have it.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAddonBuilt, npmProject, temporaryFolder } from '../lib/packed.mjs';
import { packageOfThisPlatform } from '../lib/platform-packages.mjs';
import { run, tail } from '../lib/process.mjs';
import { root } from '../lib/workspace.mjs';
import { fact, Skip } from './report.mjs';

const timeoutMs = 120_000;

/**
 * @param {string} project absolute folder
 * @returns {Promise<{ name: string, reason: string, accuracy: number, notices: string }>} what the program printed, and
 *   what it said on standard error
 */
async function smoke(project) {
  copyFileSync(join(root, 'scripts/checks/programs/device-smoke.mjs'), join(project, 'smoke.mjs'));
  const { code, stdout, output } = await run(process.execPath, ['smoke.mjs'], {
    cwd: project,
    quiet: true,
    timeoutMs,
  });
  if (code !== 0) throw new Error(`It ended with exit code ${code}:\n${tail(output)}`);
  return { ...JSON.parse(tail(stdout, 1)), notices: output.replace(stdout, '') };
}

/**
 * @param {string} what
 * @param {unknown} actual
 * @param {unknown} expected
 */
function mustBe(what, actual, expected) {
  if (JSON.stringify(actual) === JSON.stringify(expected)) return;
  throw new Error(`${what}: ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`);
}

/**
 * A project that has the packages and must fall back to WebAssembly.
 *
 * @param {readonly string[]} packages
 * @param {string} reason why there is no native device
 */
async function fallsBack(packages, reason) {
  const { name, accuracy, notices } = await smoke(await npmProject(packages, { withOptional: false }));
  mustBe('device and accuracy', [name, accuracy], ['cpu', 1]);
  mustBe('notices', notices, `Hadal: computing with WebAssembly, because ${reason}\n`);
}

/** @throws {Skip} where no addon could be built, unless this is continuous integration, which has a compiler */
function requireAddon() {
  if (isAddonBuilt()) return;
  if (process.env.CI) throw new Error('no addon was built');
  throw new Skip('no addon was built here; the first lines say why');
}

/** @returns {Promise<string>} a copy of the workspace as a clone has it, with what has been installed but nothing built */
async function copyOfWorkspace() {
  const folder = temporaryFolder();
  const { stdout, code } = await run('git', ['ls-files', '-z'], { cwd: root, quiet: true });
  if (code !== 0) throw new Skip('git does not list the files of the workspace');
  const files = stdout.split('\0').filter((file) => file && existsSync(join(root, file)));
  for (const file of files) cpSync(join(root, file), join(folder, file));
  for (const dir of new Set(files.filter((file) => file.endsWith('package.json')).map(dirname))) {
    const installed = join(root, dir, 'node_modules');
    if (existsSync(installed)) symlinkSync(installed, join(folder, dir, 'node_modules'), 'dir');
  }
  return folder;
}

/** @param {string} folder is created @returns {string} a PATH on which there are Node and its tools, and no compiler */
function pathWithoutCompiler(folder) {
  mkdirSync(folder);
  for (const name of ['node', 'npm', 'npx']) {
    const program = join(dirname(process.execPath), name);
    if (existsSync(program)) symlinkSync(program, join(folder, name));
  }
  return folder;
}

/** The demo in a fresh clone, on a machine that cannot compile the addon. */
async function demoWithoutCompiler() {
  const workspace = await copyOfWorkspace();
  const env = { PATH: pathWithoutCompiler(join(workspace, 'programs')), CXX: undefined };
  const args = ['scripts/demo.mjs', '--images', '64', '--epochs', '1', '--json'];
  const { code, stdout, output } = await run(process.execPath, args, {
    cwd: workspace,
    env,
    quiet: true,
    timeoutMs,
  });
  if (code !== 0) throw new Error(`It ended with exit code ${code}:\n${tail(output)}`);
  const told = stdout.split('\n').filter((line) => line.includes('WebAssembly'));
  mustBe('lines about WebAssembly', told.length, 1);
  mustBe('backend', JSON.parse(tail(stdout, 1)).backend, 'cpu');
  return told[0];
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function deviceChoice() {
  const addon = packageOfThisPlatform().manifest.name;
  return [
    await fact(
      "npm installs hadal with this platform's addon alone, runs no script, and it computes",
      async () => {
        requireAddon();
        const project = await npmProject(['hadal']);
        const installed = readdirSync(join(project, 'node_modules/@hadal')).map((name) => `@hadal/${name}`);
        mustBe(
          'addons',
          installed.filter((name) => name.startsWith('@hadal/backend-native-')),
          [addon],
        );
        const lock = readFileSync(join(project, 'package-lock.json'), 'utf8');
        if (lock.includes('hasInstallScript')) throw new Error(`a package has an install script:\n${lock}`);
        if (existsSync(join(project, 'node_modules/@hadal/backend-native/build'))) {
          throw new Error('the addon was compiled at the user');
        }
        const { name, accuracy, notices, reason } = await smoke(project);
        mustBe('device, accuracy and notices', [name, accuracy, notices], ['native', 1, '']);
        return reason;
      },
    ),
    await fact('without @hadal/backend-native, best() takes WebAssembly and says so once', () =>
      fallsBack(['hadal'], '@hadal/backend-native is not installed.'),
    ),
    await fact('without the addon of this platform, best() takes WebAssembly and says so once', () =>
      fallsBack(
        ['hadal', '@hadal/backend-native'],
        `${addon}, which holds the addon, is not installed (npm leaves it out with --omit=optional).`,
      ),
    ),
    await fact(
      'npm run demo without a compiler runs on WebAssembly, and says so in one line',
      demoWithoutCompiler,
    ),
  ];
}
