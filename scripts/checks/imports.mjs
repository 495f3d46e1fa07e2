/**
 * Who may import whom: the arrows between the packages, enforced on every import of every source file.
 *
 * The table below is the architecture. A package that needs something from another one either has an arrow to it, or
 * both meet in an interface that lives in core.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, resolve, sep } from 'node:path';
import ts from 'typescript';
import { workspacePackages } from '../lib/package-exports.mjs';
import { root } from '../lib/workspace.mjs';

/** @type {Readonly<Record<string, readonly string[]>>} package → the packages it may import */
export const arrows = {
  core: [],
  testkit: ['core'],
  'backend-cpu': ['core'],
  'backend-native': ['core'],
  'backend-webgpu': ['core'],
  optimizers: ['core'],
  layers: ['core', 'optimizers'],
  applications: ['core', 'layers', 'optimizers'],
  'dataset-fashion-mnist': [],
  data: ['core', 'dataset-fashion-mnist'],
  explain: ['core', 'layers'],
  charts: ['core', 'layers'],
  serving: ['core', 'layers'],
  hadal: ['core', 'backend-cpu', 'backend-native', 'backend-webgpu', 'optimizers', 'layers', 'data'],
};

const scope = '@hadal/';
const umbrella = 'hadal';

/** @param {string} name of a package in the table @returns {string} its name on npm */
const published = (name) => (name === umbrella ? umbrella : scope + name);

/** @param {string} specifier @returns {boolean} whether it names a package of this workspace */
const isOurs = (specifier) => specifier.startsWith(scope) || packageOf(specifier) === umbrella;

/**
 * @typedef {import('../lib/package-exports.mjs').Manifest} Manifest
 * @typedef {{ path: string, text: string }} SourceFile a file, by its path below the workspace with forward slashes
 */

/** @param {string} specifier @returns {string} the npm package that an import names */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** @param {string} path @returns {string} the workspace package that a file belongs to, as a folder */
function ownerOf(path) {
  const [first = '', second = ''] = path.split('/');
  return first === 'packages' || first === 'examples' ? `${first}/${second}` : first;
}

/** @param {string} text @returns {string[]} what a file imports, re-exports or imports dynamically */
function importsOf(text) {
  return ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
}

/**
 * @param {SourceFile} file
 * @param {ReadonlyMap<string, Manifest>} manifests by package name
 * @returns {string[]} one sentence for each import that the architecture does not allow
 */
export function forbiddenImports({ path, text }, manifests) {
  const owner = ownerOf(path);
  const [group = '', name = ''] = owner.split('/');
  const isShipped = group === 'packages' && path.startsWith(`${owner}/src/`);
  /** @type {string[]} */
  const found = [];
  for (const specifier of importsOf(text)) {
    if (specifier.startsWith('.')) {
      const target = relative(root, resolve(root, dirname(path), specifier))
        .split(sep)
        .join('/');
      const reached = ownerOf(target);
      if (reached !== owner && (reached.startsWith('packages/') || isShipped)) {
        found.push(`${path} reaches into ${reached} by "${specifier}"; import what its exports map names.`);
      }
      continue;
    }
    if (isOurs(specifier)) {
      found.push(...forbiddenPackageImport(path, specifier, isShipped ? name : undefined, manifests));
      continue;
    }
    const isBuiltin = specifier.startsWith('node:') || builtinModules.includes(specifier);
    if (!isShipped || isBuiltin || specifier.startsWith('#')) continue;
    const manifest = manifests.get(published(name));
    const declared = {
      ...manifest?.dependencies,
      ...manifest?.peerDependencies,
      ...manifest?.optionalDependencies,
    };
    if (!(packageOf(specifier) in declared)) {
      found.push(`${path} imports "${specifier}", which packages/${name}/package.json does not declare.`);
    }
  }
  return found;
}

/**
 * @param {string} path
 * @param {string} specifier
 * @param {string | undefined} importer the package whose shipped source this is; tests and examples import any package
 * @param {ReadonlyMap<string, Manifest>} manifests
 * @returns {string[]}
 */
function forbiddenPackageImport(path, specifier, importer, manifests) {
  const target = packageOf(specifier);
  const manifest = manifests.get(target);
  if (!manifest) return [`${path} imports "${specifier}", and no package is called ${target}.`];
  const subpath = `.${specifier.slice(target.length)}`;
  if (!(subpath in (manifest.exports ?? {}))) {
    return [`${path} imports "${specifier}", which the exports map of ${target} does not name.`];
  }
  if (importer === undefined) return [];
  const allowed = arrows[importer] ?? [];
  if (target === published(importer))
    return [`${path} imports its own package by name; use a relative path.`];
  if (allowed.some((each) => published(each) === target)) return [];
  const may = allowed.length ? allowed.map(published).join(' and ') : 'nothing';
  return [`${path} imports "${specifier}": ${published(importer)} may import ${may}.`];
}

/**
 * @param {Manifest} manifest
 * @returns {string[]} one sentence for each declared dependency that has no arrow
 */
export function forbiddenDependencies(manifest) {
  const [name = ''] = Object.keys(arrows).filter((each) => published(each) === manifest.name);
  const allowed = arrows[name];
  if (!allowed)
    return [`${manifest.name} is missing from the table of arrows in scripts/checks/imports.mjs.`];
  return (
    Object.keys({
      ...manifest.dependencies,
      ...manifest.peerDependencies,
      ...manifest.optionalDependencies,
    })
      .filter((each) => isOurs(each) && !allowed.some((other) => published(other) === each))
      // Packages that hold the same for one platform, and no code that imports.
      .filter((each) => !each.startsWith(`${manifest.name}-`))
      .map((each) => `packages/${name}/package.json declares ${each}, which ${manifest.name} may not import.`)
  );
}

/**
 * @param {string} folder below the workspace
 * @returns {SourceFile[]} its TypeScript and JavaScript sources
 */
function sourcesBelow(folder) {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(^|\/)(node_modules|dist|fixtures|\.turbo)\//.test(path))
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function importArrows() {
  const packages = workspacePackages(root);
  const manifests = new Map(packages.map(({ manifest }) => [manifest.name, manifest]));
  const files = ['packages', 'examples', 'bench', 'scripts'].flatMap(sourcesBelow);
  const found = [
    ...packages.flatMap(({ manifest }) => forbiddenDependencies(manifest)),
    ...files.flatMap((file) => forbiddenImports(file, manifests)),
  ];
  const name = `imports of ${files.length} files follow the arrows between the packages`;
  return [{ name, status: found.length ? 'failed' : 'passed', detail: found.join('\n') }];
}
