/**
 * The packages as a user gets them: packed, and installed into projects outside the workspace.
 *
 * One temporary pnpm workspace holds all the projects. pnpm links into each only what it declares, so a program that
 * imports something undeclared fails here as it would at the user's.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { workspacePackages } from './package-exports.mjs';
import { tail } from './process.mjs';
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
  const files = readdirSync(folder);
  const tarballs = new Map();
  for (const { manifest } of workspacePackages(root)) {
    const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
    if (!files.includes(file)) throw new Error(`Packing ${manifest.name} left no ${file}.`);
    tarballs.set(manifest.name, join(folder, file));
  }
  return tarballs;
}

/**
 * @param {readonly string[]} names packages
 * @returns {Set<string>} these packages of the workspace and all that they need from it
 */
export function closure(names) {
  const manifests = new Map(workspacePackages(root).map(({ manifest }) => [manifest.name, manifest]));
  const found = new Set();
  /** @param {string} name */
  const visit = (name) => {
    const manifest = manifests.get(name);
    if (!manifest || found.has(name)) return;
    found.add(name);
    for (const each of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
      visit(each);
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
  browser: ['@hadal/core', '@hadal/testkit', '@hadal/backend-cpu'],
  runtime: ['@hadal/core', '@hadal/backend-cpu', '@hadal/layers', '@hadal/optimizers'],
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
 * @param {string} folder is created
 * @param {string} name
 * @param {Record<string, string>} dependencies
 * @param {Record<string, string>} devDependencies
 */
export function writeProject(folder, name, dependencies, devDependencies) {
  mkdirSync(folder, { recursive: true });
  const manifest = { name, private: true, type: 'module', dependencies, devDependencies };
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
