/** The workflow that publishes builds an addon for every package of a platform. */
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageOfThisPlatform, platformPackages } from '../lib/platform-packages.mjs';
import { root } from '../lib/workspace.mjs';

describe('the release workflow', () => {
  const workflow = readFileSync(join(root, '.github/workflows/release.yml'), 'utf8');

  it('builds each platform once', () => {
    const built = [...workflow.matchAll(/^ +- platform: (\S+)$/gm)].map(([, platform]) => platform);
    expect(built.sort()).toEqual(platformPackages().map(({ dir }) => basename(dir)));
  });

  it('gives addons to npm by names that this process would look for', () => {
    const { dir, manifest } = packageOfThisPlatform();
    expect(manifest.name).toBe(`@hadal/backend-native-${basename(dir)}`);
    expect(basename(dir)).toContain(`${process.platform}-${process.arch}`);
  });
});
