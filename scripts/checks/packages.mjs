/**
 * The packages as a user gets them: what their tarballs hold, the README's program in an empty project, and each
 * package's own README example with nothing but its declared dependencies.
 */
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { installedPackages, typescriptBlocks } from '../lib/markdown.mjs';
import { exportedFiles, workspacePackages } from '../lib/package-exports.mjs';
import {
  compileProject,
  copySources,
  npmProject,
  outsideProject,
  packPackages,
  runProgram,
  writeSources,
} from '../lib/packed.mjs';
import { run, tail } from '../lib/process.mjs';
import { root } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

/** @param {string} tarball @returns {Promise<string[]>} the files in it, below the package's folder */
async function filesOf(tarball) {
  const { code, stdout, output } = await run('tar', ['-tzf', tarball], { quiet: true });
  if (code !== 0) throw new Error(`${basename(tarball)} cannot be listed:\n${output}`);
  return stdout
    .trim()
    .split('\n')
    .map((path) => path.replace(/^package\//, './'));
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function packageContents() {
  const packages = workspacePackages(root);
  return Promise.all(
    packages.map(({ manifest }) =>
      fact(`${manifest.name} packs what its exports map names, and no sources or tests`, async () => {
        const files = await filesOf((await packPackages()).get(manifest.name) ?? '');
        const built = exportedFiles(manifest);
        const wanted = [
          ...built,
          ...built.map((file) => file.replace(/\.js$/, '.d.ts')),
          './README.md',
          './LICENSE',
        ];
        const missing = wanted.filter((file) => !files.includes(file));
        const surplus = files.filter(
          (file) => /^\.\/(src|test)\//.test(file) || /tsconfig|tsup|\.map$|binding\.gyp/.test(file),
        );
        if (missing.length) throw new Error(`missing: ${missing.join(', ')}`);
        if (surplus.length) throw new Error(`surplus: ${surplus.join(', ')}`);
      }),
    ),
  );
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function readmeProgram() {
  const name = 'the README program, installed by npm into an empty project, type-checks strictly and runs';
  return [
    await fact(name, async () => {
      const readme = readFileSync(join(root, 'README.md'), 'utf8');
      const program = typescriptBlocks(readme).join('\n');
      const named = installedPackages(readme);
      if (!program || named.length === 0)
        throw new Error('README.md has no ts block or no npm install command.');
      const project = await npmProject(named);
      writeSources(project, { 'program.ts': program });
      await compileProject(project, ['program.ts'], { types: [] });
      const start = performance.now();
      await runProgram(project, 'out/program.js');
      return `${((performance.now() - start) / 1000).toFixed(1)} s`;
    }),
  ];
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function packageReadmes() {
  const results = [];
  for (const { dir, manifest } of workspacePackages(root)) {
    const folder = basename(dir);
    const name = `the README of ${manifest.name} type-checks and runs with its declared dependencies alone`;
    results.push(
      await fact(name, async () => {
        const readme = existsSync(join(dir, 'README.md')) ? readFileSync(join(dir, 'README.md'), 'utf8') : '';
        const programs = typescriptBlocks(readme);
        if (programs.length === 0) throw new Error(`packages/${folder}/README.md has no ts block.`);
        const project = await outsideProject(folder);
        const sources = Object.fromEntries(programs.map((text, i) => [`example-${i + 1}.ts`, text]));
        writeSources(project, sources);
        await compileProject(project, Object.keys(sources), { types: ['node'] });
        for (let i = 1; i <= programs.length; i++) await runProgram(project, `out/example-${i}.js`);
      }),
    );
  }
  return results;
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function customBackend() {
  const name =
    'the custom backend, built outside the workspace against the packed packages, passes the conformance suite';
  return [
    await fact(name, async () => {
      const project = await outsideProject('custom-backend');
      copySources(project, join(root, 'examples/custom-backend/src'));
      await compileProject(project, ['conformance.ts'], { types: ['node'], resolution: 'Bundler' });
      return tail(await runProgram(project, 'out/conformance.js'), 1);
    }),
  ];
}
