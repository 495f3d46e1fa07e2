/**
 * The packages as a user gets them: packed, and installed into projects outside the workspace.
 *
 * One temporary pnpm workspace holds all the projects. pnpm links into each only what it declares, so a program that
 * imports something undeclared fails here as it would at the user's.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { workspacePackages } from './package-exports.mjs';
import { makePlatformPackage, packageOfThisPlatform, platformPackages } from './platform-packages.mjs';
import { run, tail } from './process.mjs';
import { cacheDir, pnpm, root, tool } from './workspace.mjs';

/** @type {Promise<Map<string, string>> | undefined} */
let packed;

/**
 * Packs every built package, once.
 *
 * @returns {Promise<Map<string, string>>} package name → absolute path of its tarball
 */
export function packPackages() {
  packed ??= pack();
  return packed;
}

async function pack() {
  const folder = join(cacheDir, 'packed');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const args = ['--filter', './packages/*', '--workspace-concurrency=2', 'exec', 'pnpm', 'pack'];
  const { code, output } = await pnpm([...args, '--pack-destination', folder], { quiet: true });
  if (code !== 0) throw new Error(`Packing failed with exit code ${code}:\n${tail(output)}`);
  await packPlatforms(folder);
  const files = readdirSync(folder);
  const tarballs = new Map();
  for (const { manifest } of [...workspacePackages(root), ...platformPackages()]) {
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    if (!files.includes(file)) throw new Error(`Packing ${manifest.name} left no ${file}.`);
    tarballs.set(manifest.name, join(folder, file));
  }
  return tarballs;
}

/** @returns {boolean} whether the package of this platform is packed with an addon in it */
export const isAddonBuilt = () => existsSync(join(root, 'packages/backend-native/build/Release/hadal.node'));

/**
 * Packs the addons' packages. Those of other platforms are empty, and so is this platform's where no addon was built: an
 * installer reads their manifests and leaves them out.
 *
 * @param {string} folder where tarballs go
 */
async function packPlatforms(folder) {
  const here = isAddonBuilt() ? packageOfThisPlatform().manifest.name : undefined;
  const folders = platformPackages().map(({ dir, manifest }) =>
    manifest.name === here ? makePlatformPackage(join(cacheDir, 'platform-package')) : dir,
  );
  const { code, output } = await run('npm', ['pack', ...folders, '--pack-destination', folder], {
    quiet: true,
  });
  if (code !== 0) throw new Error(`Packing the addons failed with exit code ${code}:\n${tail(output)}`);
}

/**
 * @param {readonly string[]} names packages
 * @param {boolean} withOptional whether optional dependencies are needed
 * @returns {Set<string>} these packages of the workspace and all that they need from it
 */
function closure(names, withOptional) {
  const manifests = new Map(workspacePackages(root).map(({ manifest }) => [manifest.name, manifest]));
  const found = new Set();
  /** @param {string} name */
  const visit = (name) => {
    const manifest = manifests.get(name);
    if (!manifest || found.has(name)) return;
    found.add(name);
    const optional = withOptional ? manifest.optionalDependencies : {};
    for (const each of Object.keys({ ...manifest.dependencies, ...optional })) visit(each);
  };
  names.forEach(visit);
  return found;
}

/** @returns {string} a new temporary folder outside the workspace */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'hadal-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** @type {Promise<string> | undefined} */
let outside;

/** Projects that the checks use, beside one for each package's README. */
const sharedProjects = {
  'custom-backend': ['@hadal/core', '@hadal/testkit'],
  extension: ['@hadal/core', '@hadal/data', '@hadal/layers', '@hadal/optimizers', '@hadal/backend-cpu'],
  browser: [
    '@hadal/core',
    '@hadal/testkit',
    '@hadal/backend-cpu',
    '@hadal/backend-webgpu',
    '@hadal/layers',
    '@hadal/optimizers',
    '@hadal/data',
    '@hadal/charts',
  ],
  runtime: [
    '@hadal/core',
    '@hadal/backend-cpu',
    '@hadal/backend-webgpu',
    '@hadal/layers',
    '@hadal/optimizers',
  ],
};

/**
 * @param {string} name the folder of a package (`layers`: it and the dependencies it declares) or a shared project
 * @returns {Promise<string>} absolute folder of a project outside the workspace with the packed packages installed
 */
export async function outsideProject(name) {
  outside ??= installOutside();
  return join(await outside, name);
}

async function installOutside() {
  const tarballs = await packPackages();
  const folder = temporaryFolder();
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  /** @type {Record<string, Record<string, string>>} */
  const projects = {};
  for (const [name, packages] of Object.entries(sharedProjects)) {
    projects[name] = Object.fromEntries(packages.map((each) => [each, '*']));
  }
  for (const { manifest } of workspacePackages(root)) {
    const declared = {
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    };
    const dependencies = Object.fromEntries(
      Object.entries(declared).map(([each, range]) => [each, range.replace(/^workspace:.*/, '*')]),
    );
    projects[manifest.name.replace('@hadal/', '')] = { ...dependencies, [manifest.name]: '*' };
  }
  for (const [name, dependencies] of Object.entries(projects)) {
    writeProject(join(folder, name), name, dependencies, { '@types/node': devDependencies['@types/node'] });
  }
  const overrides = [...tarballs].map(([name, path]) => `  '${name}': 'file:${path}'`).join('\n');
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), `packages:\n  - '*'\noverrides:\n${overrides}\n`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const install = ['install', '--prefer-offline', '--no-frozen-lockfile', '--reporter=append-only'];
  const { code, output } = await pnpm(install, { cwd: folder, quiet: true });
  if (code !== 0) throw new Error(`The packed packages do not install:\n${tail(output)}`);
  return folder;
}

/**
 * Installs packed packages by npm into an empty project.
 *
 * @param {readonly string[]} names packages; what they need from the workspace comes with them
 * @param {{ withOptional?: boolean }} [options] whether optional dependencies come as well (default true)
 * @returns {Promise<string>} absolute folder of the project
 */
export async function npmProject(names, { withOptional = true } = {}) {
  const tarballs = await packPackages();
  const project = temporaryFolder();
  /** @param {Iterable<string>} packages */
  const files = (packages) =>
    Object.fromEntries([...packages].map((each) => [each, `file:${tarballs.get(each)}`]));
  // Addons depend on the platform, which npm is to find out; everything else is named.
  const addons = files(platformPackages().map(({ manifest }) => manifest.name));
  writeProject(project, 'empty-project', files(closure(names, withOptional)), {}, addons);
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
  if (!withOptional) install.push('--omit=optional');
  const { code, output } = await run('npm', install, { cwd: project, quiet: true });
  if (code !== 0) throw new Error(`npm install failed with exit code ${code}:\n${tail(output)}`);
  return project;
}

/**
 * @param {string} folder is created
 * @param {string} name
 * @param {Record<string, string>} dependencies
 * @param {Record<string, string>} devDependencies
 * @param {Record<string, string>} [overrides] npm's: where to take packages from that others name
 */
export function writeProject(folder, name, dependencies, devDependencies, overrides) {
  mkdirSync(folder, { recursive: true });
  const manifest = { name, private: true, type: 'module', dependencies, devDependencies, overrides };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Type-checks a project's `src` with `tsc --strict`, declaration files of the packages included, and compiles each of its
 * entries into `out`, everything from npm left out.
 *
 * @param {string} project absolute folder
 * @param {readonly string[]} entries files below `src`
 * @param {{ types: readonly string[], resolution?: 'NodeNext' | 'Bundler' }} options ambient type packages, and how imports
 *   are resolved: as Node does (default), or as bundlers do, for sources whose relative imports have no extension
 * @throws {Error} with the compiler's messages
 */
export async function compileProject(project, entries, { types, resolution = 'NodeNext' }) {
  const compilerOptions = {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    module: resolution === 'NodeNext' ? 'NodeNext' : 'ESNext',
    moduleResolution: resolution,
    lib: ['ES2023', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
    skipLibCheck: false,
    types,
  };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['src'] }, null, 2),
  );
  const { code, output } = await tool('typescript/bin/tsc', ['-p', project], { cwd: project, quiet: true });
  if (code !== 0) throw new Error(`It does not type-check:\n${tail(output)}`);
  await build({
    absWorkingDir: project,
    entryPoints: entries.map((entry) => join('src', entry)),
    outdir: 'out',
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'es2022',
    logLevel: 'silent',
  });
}

/**
 * @param {string} project absolute folder
 * @param {Record<string, string>} files path below `src` → text
 */
export function writeSources(project, files) {
  mkdirSync(join(project, 'src'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, 'src', path), text);
}

/**
 * @param {string} project absolute folder
 * @param {string} folder  absolute folder whose contents become the project's `src`
 */
export function copySources(project, folder) {
  cpSync(folder, join(project, 'src'), { recursive: true });
}

const programTimeoutMs = 180_000;

/**
 * Runs a program of a project.
 *
 * @param {string} project absolute folder
 * @param {string} file    below the project
 * @returns {Promise<string>} what it printed
 */
export async function runProgram(project, file) {
  const { code, output } = await run(process.execPath, [join(project, file)], {
    cwd: project,
    quiet: true,
    timeoutMs: programTimeoutMs,
  });
  if (code !== 0) throw new Error(`It ended with exit code ${code}:\n${tail(output)}`);
  return output;
}
