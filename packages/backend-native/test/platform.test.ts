/** The packages of platforms, as npm reads them, against what is looked for at run time. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PLATFORMS, platformName, platformPackage, platformsOf, thisPlatform } from '../src/platform';

const folder = join(import.meta.dirname, '..');
const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path, 'package.json'), 'utf8'));
const parent = read();

describe('the packages of platforms', () => {
  it('are those that are looked for, and npm is told of all', () => {
    expect(readdirSync(join(folder, 'npm')).sort()).toEqual(PLATFORMS);
    expect(Object.keys(parent.optionalDependencies)).toEqual(PLATFORMS.map(platformPackage));
  });

  it.each(PLATFORMS)('%s is installed where it is looked for, and nowhere else', (platform) => {
    const { name, version, os, cpu, libc } = read('npm', platform);
    expect(name).toBe(platformPackage(platform));
    expect(version).toBe(parent.version);
    expect([os, cpu, libc ?? [undefined]].map((list: unknown[]) => list.length)).toEqual([1, 1, 1]);
    expect(platformName({ os: os[0], cpu: cpu[0], libc: libc?.[0] })).toBe(platform);
  });

  it('fits versions that are published together exactly', () => {
    expect(new Set(Object.values(parent.optionalDependencies))).toEqual(new Set(['workspace:*']));
  });

  it('has no script that would run at the user, and nothing that npm would compile', () => {
    for (const manifest of [parent, ...PLATFORMS.map((platform) => read('npm', platform))]) {
      const scripts = Object.keys(manifest.scripts ?? {});
      expect(scripts.filter((name) => /install|prepare/.test(name))).toEqual([]);
      expect(manifest.files).not.toContain('binding.gyp');
    }
  });
});

describe('the platform of this process', () => {
  it('is the system that Node runs on, with its C library on Linux alone', () => {
    const { os, cpu, libc } = thisPlatform();
    expect([os, cpu]).toEqual([process.platform, process.arch]);
    expect(libc === undefined).toBe(process.platform !== 'linux');
  });

  it('is one of those of its system and processor', () => {
    const { platform, arch } = process;
    const here = platformName(thisPlatform());
    expect(platformsOf(platform, arch).includes(here)).toBe(PLATFORMS.includes(here));
  });

  it('is looked for with glibc first, and under no other processor', () => {
    expect(platformsOf('linux', 'arm64')).toEqual(['linux-arm64-gnu', 'linux-arm64-musl']);
    expect(platformsOf('darwin', 'x64')).toEqual(['darwin-x64']);
    expect(platformsOf('linux', 'x6')).toEqual([]);
  });
});
