/**
 * The packages that bring the addon of @hadal/backend-native to users, one for each platform. Their manifests are part of
 * the workspace; the addon, which is never committed, joins them when it is built.
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

const parent = join(root, 'packages/backend-native');
const builtAddon = join(parent, 'build/Release/hadal.node');

/**
 * @typedef {{ name: string, version: string, os: string[], cpu: string[], libc?: string[] }} PlatformManifest
 * @typedef {{ dir: string, manifest: PlatformManifest }} PlatformPackage
 */

/** @returns {PlatformPackage[]} every platform's package, without an addon */
export function platformPackages() {
  return readdirSync(join(parent, 'npm'))
    .map((name) => join(parent, 'npm', name))
    .map((dir) => ({ dir, manifest: JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) }));
}

/** @returns {string | undefined} the C library of this process, as npm's field `libc` calls it */
function libraryHere() {
  if (process.platform !== 'linux') return undefined;
  /** @type {{ header?: { glibcVersionRuntime?: string } }} */
  const report = /** @type {object} */ (process.report.getReport());
  return report.header?.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}

/**
 * @returns {PlatformPackage} the package whose fields npm finds fitting here
 * @throws {Error} where no addon is made for this platform
 */
export function packageOfThisPlatform() {
  const library = libraryHere();
  const fitting = platformPackages().find(
    ({ manifest: { os, cpu, libc } }) =>
      os.includes(process.platform) &&
      cpu.includes(process.arch) &&
      (libc === undefined || (library !== undefined && libc.includes(library))),
  );
  if (fitting) return fitting;
  throw new Error(`No addon is made for ${process.platform} on ${process.arch}.`);
}

/**
 * Makes the package of this platform from the addon that has been built here.
 *
 * @param {string} [folder] where; the platform's own folder in the workspace when left out
 * @returns {string} the folder: its manifest, README, licence and addon
 * @throws {Error} when no addon has been built
 */
export function makePlatformPackage(folder) {
  if (!existsSync(builtAddon))
    throw new Error(`There is no ${builtAddon}; node scripts/bootstrap.mjs builds it.`);
  const { dir } = packageOfThisPlatform();
  const target = folder ?? dir;
  if (target !== dir) {
    mkdirSync(target, { recursive: true });
    for (const file of ['package.json', 'README.md']) cpSync(join(dir, file), join(target, file));
    copyFileSync(join(root, 'LICENSE'), join(target, 'LICENSE'));
  }
  copyFileSync(builtAddon, join(target, 'hadal.node'));
  return target;
}
