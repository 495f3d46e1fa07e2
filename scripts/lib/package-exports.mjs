/**
 * Reads a package's `exports` map: which built files it names, and which source each of them is built from.
 *
 * The build, the test runner's aliases and the import check all ask here, so that a subpath is declared once.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {string | null | { readonly [condition: string]: ExportTarget }} ExportTarget
 * @typedef {{
 *   name: string, version?: string, private?: boolean,
 *   exports?: Record<string, ExportTarget>, imports?: Record<string, ExportTarget>,
 *   dependencies?: Record<string, string>, peerDependencies?: Record<string, string>,
 *   optionalDependencies?: Record<string, string>, devDependencies?: Record<string, string>,
 * }} Manifest
 */

/**
 * @param {ExportTarget | undefined} target
 * @returns {string[]} every file a target can resolve to, over all conditions
 */
function leaves(target) {
  if (target === null || target === undefined) return [];
  if (typeof target === 'string') return [target];
  return Object.values(target).flatMap(leaves);
}

/**
 * @param {Manifest} manifest
 * @returns {string[]} the built JavaScript files that `exports` and `imports` name, each once
 */
export function exportedFiles(manifest) {
  const targets = [...Object.values(manifest.exports ?? {}), ...Object.values(manifest.imports ?? {})];
  return [...new Set(targets.flatMap(leaves).filter((file) => /^\.\/dist\/.*\.js$/.test(file)))];
}

/**
 * @param {string} packageDir absolute folder of the package
 * @param {string} builtFile  such as './dist/node.js'
 * @returns {string} the absolute path of the source it is built from: `src/node.ts` or `src/node/index.ts`
 */
export function sourceOf(packageDir, builtFile) {
  const stem = builtFile.slice('./dist/'.length, -'.js'.length);
  const file = join(packageDir, 'src', `${stem}.ts`);
  const folder = join(packageDir, 'src', stem, 'index.ts');
  return existsSync(folder) ? folder : file;
}

/**
 * @param {ExportTarget | undefined} target
 * @returns {string | undefined} the file that Node picks for an `import`
 */
function resolveForNode(target) {
  if (target === null || target === undefined) return undefined;
  if (typeof target === 'string') return target;
  for (const [condition, nested] of Object.entries(target)) {
    if (condition === 'node' || condition === 'import' || condition === 'default')
      return resolveForNode(nested);
  }
  return undefined;
}

/**
 * @param {string} root folder of the workspace
 * @returns {{ dir: string, manifest: Manifest }[]} every package under `packages/`
 */
export function workspacePackages(root) {
  const parent = join(root, 'packages');
  return readdirSync(parent)
    .map((name) => join(parent, name))
    .filter((dir) => existsSync(join(dir, 'package.json')))
    .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) }));
}

/**
 * @param {string} root folder of the workspace
 * @returns {{ specifier: string, source: string }[]} every import specifier the packages declare, with its source
 */
export function sourceAliases(root) {
  const aliases = [];
  for (const { dir, manifest } of workspacePackages(root)) {
    for (const [subpath, target] of Object.entries(manifest.exports ?? {})) {
      const file = resolveForNode(target);
      if (!file?.endsWith('.js')) continue;
      aliases.push({ specifier: manifest.name + subpath.slice(1), source: sourceOf(dir, file) });
    }
  }
  return aliases;
}
