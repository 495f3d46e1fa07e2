/** A package of extensions, built outside the workspace as its author would, and what happens with two copies of core. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileProject, copySources, outsideProject, runProgram } from '../lib/packed.mjs';
import { tail } from '../lib/process.mjs';
import { root } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

/** A release of core that differs in nothing but its version. */
const OTHER_VERSION = '999.0.0';

/** Gives what each mixture of two copies is told. */
const TWO_COPIES = `
import { interpreter, setDevice, tensor } from '@hadal/core';
import * as other from './core-of-another-version/dist/index.js';
setDevice(interpreter());
for (const mix of [() => tensor(1).add(other.tensor(2)), () => setDevice(other.interpreter())]) {
  try {
    mix();
    console.log('nothing');
  } catch (error) {
    console.log(error.message.replaceAll('\\n', ' '));
  }
}
`;

/** @param {string} project with core installed @returns {string} the version that is installed */
function installOtherCore(project) {
  const installed = join(project, 'node_modules/@hadal/core');
  const copy = join(project, 'core-of-another-version');
  cpSync(installed, copy, { recursive: true, dereference: true });
  const { version } = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
  const index = join(copy, 'dist/index.js');
  // Chunks are named after what they hold, so the version is looked for in all of them.
  const files = new Set(
    [...readFileSync(index, 'utf8').matchAll(/"(\.\/[^"]+\.js)"/g)].map(([, file]) => file ?? ''),
  );
  let replaced = 0;
  for (const file of ['./index.js', ...files]) {
    const path = join(copy, 'dist', file);
    const text = readFileSync(path, 'utf8');
    const changed = text.replaceAll(JSON.stringify(version), JSON.stringify(OTHER_VERSION));
    if (changed !== text) replaced++;
    writeFileSync(path, changed);
  }
  if (replaced === 0) throw new Error(`The version ${version} is nowhere in the built core.`);
  return version;
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function extension() {
  return [
    await fact(
      'the package of extensions, built outside the workspace, type-checks, trains, saves and loads',
      async () => {
        const project = await outsideProject('extension');
        copySources(project, join(root, 'examples/extension/src'));
        await compileProject(project, ['main.ts'], { types: ['node'], resolution: 'Bundler' });
        return tail(await runProgram(project, 'out/main.js'), 3);
      },
    ),
    await fact(
      'two copies of core at different versions are told apart, both versions being named',
      async () => {
        const project = await outsideProject('extension');
        const version = installOtherCore(project);
        writeFileSync(join(project, 'two-copies.mjs'), TWO_COPIES);
        const lines = (await runProgram(project, 'two-copies.mjs')).trim().split('\n');
        const [mixed = '', device = ''] = lines;
        if (!mixed.includes(`of version ${OTHER_VERSION}, this is ${version}`))
          throw new Error(`tensors: ${mixed}`);
        if (!device.includes(`this copy of @hadal/core, ${version}`)) throw new Error(`devices: ${device}`);
      },
    ),
  ];
}
