/**
 * How small a useful program is: load a saved multilayer perceptron, predict on the CPU backend.
 *
 * Bundled from the packed packages and minified, as an application would ship it. Chunks that are only imported
 * dynamically do not count, and are not there when the bundle is run: the figure belongs to something that works.
 */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { outsideProject } from '../lib/packed.mjs';
import { run, tail } from '../lib/process.mjs';
import { root } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

/** Gzipped bytes that the bundle may have: 59,855 were measured. */
const limitBytes = 60_000;

/** The same for the program on WebGPU: 61,600 were measured. */
const webGpuLimitBytes = 70_000;

/** @param {number} bytes @returns {string} */
const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} KB`;

/**
 * @param {import('esbuild').Metafile['outputs']} outputs
 * @param {string} entry
 * @returns {Set<string>} the entry and all chunks that it imports statically, by path
 */
function staticChunks(outputs, entry) {
  const found = new Set();
  /** @param {string} path */
  const visit = (path) => {
    if (found.has(path)) return;
    found.add(path);
    for (const each of outputs[path]?.imports ?? []) if (each.kind === 'import-statement') visit(each.path);
  };
  visit(entry);
  return found;
}

/**
 * Bundles and minifies a program of the project.
 *
 * @param {string} project absolute folder
 * @param {string} file    below the project
 * @returns {Promise<{ name: string, contents: Uint8Array, codeBytes: number }[]>} the files that are loaded with it, the
 *   entry first; `codeBytes` leaves out what files say to import from each other
 */
async function bundle(project, file) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: project,
    entryPoints: [file],
    entryNames: '[name].bundle',
    outExtension: { '.js': '.mjs' },
    outdir: project,
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]?.entryPoint === file);
  if (!entry) throw new Error(`esbuild made nothing of ${file}.`);
  return [...staticChunks(metafile.outputs, entry)].map((path) => {
    const name = basename(path);
    const parts = Object.values(metafile.outputs[path]?.inputs ?? {});
    const codeBytes = parts.reduce((sum, { bytesInOutput }) => sum + bytesInOutput, 0);
    const contents = outputFiles.find(({ path }) => basename(path) === name)?.contents;
    if (!contents) throw new Error(`esbuild wrote no ${name}.`);
    return { name, contents, codeBytes };
  });
}

/** The same program twice: each name from the package that has it, and all from the umbrella. */
const sameProgram = {
  'apart.mjs': `export { cpu } from '@hadal/backend-cpu';
export { setDevice, tensor } from '@hadal/core';
export { dense } from '@hadal/layers';
`,
  'together.mjs': "export { cpu, dense, setDevice, tensor } from 'hadal';\n",
};

/** Bytes by which names may differ. */
const umbrellaBytes = 200;

async function umbrellaSize() {
  const project = await outsideProject('hadal');
  const sizes = [];
  for (const [file, text] of Object.entries(sameProgram)) {
    writeFileSync(join(project, file), text);
    const files = await bundle(project, file);
    sizes.push(files.reduce((sum, { codeBytes }) => sum + codeBytes, 0));
  }
  const [apart = 0, together = 0] = sizes;
  const figure = `${kilobytes(together)} minified, ${kilobytes(apart)} from the packages themselves`;
  if (together - apart > umbrellaBytes) throw new Error(figure);
  return figure;
}

/** What a process reads that predicts as soon as it can, unbundled. */
const startProgram = `import { cpu } from '@hadal/backend-cpu';
import { fileStorage, loadModel, setDevice, tensor } from '@hadal/layers/predict';
setDevice(await cpu());
const model = await loadModel(fileStorage('digits'));
await (await model.predict(tensor(new Float32Array(784), { shape: [1, 784] }))).data();
`;

/** Bytes of modules that such a process may load before it begins: 469,000 were measured, 1,250,000 from the indices. */
const limitStartBytes = 480_000;

async function startSize() {
  const project = await outsideProject('runtime');
  const file = 'start.mjs';
  writeFileSync(join(project, file), startProgram);
  const { metafile } = await build({
    absWorkingDir: project,
    entryPoints: [file],
    outdir: project,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    metafile: true,
    write: false,
    logLevel: 'silent',
  });
  const { inputs } = metafile;
  const loaded = new Set([file]);
  for (const path of loaded)
    for (const each of inputs[path]?.imports ?? [])
      if (each.kind === 'import-statement' && !each.external) loaded.add(each.path);
  const bytes = [...loaded].reduce((sum, path) => sum + (inputs[path]?.bytes ?? 0), 0);
  const figure = `${kilobytes(bytes)} in ${loaded.size} modules`;
  if (bytes >= limitStartBytes) throw new Error(figure);
  return figure;
}

/**
 * @param {readonly { contents: Uint8Array }[]} files
 * @param {number} limit gzipped bytes that are too many
 * @returns {string} the figures
 */
function sizeWithin(files, limit) {
  const bytes = files.reduce((sum, { contents }) => sum + gzipSync(contents, { level: 9 }).byteLength, 0);
  const minified = files.reduce((sum, { contents }) => sum + contents.byteLength, 0);
  const figure = `${kilobytes(bytes)} gzipped, ${kilobytes(minified)} minified`;
  if (bytes >= limit) throw new Error(figure);
  return figure;
}

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function bundleSize() {
  const name = `loading a saved MLP and predicting takes less than ${kilobytes(limitBytes)} of gzipped code`;
  return [
    await fact(name, async () => {
      const project = await outsideProject('runtime');
      for (const file of ['small-model.mjs', 'small-predict.mjs']) {
        copyFileSync(join(root, 'scripts/checks/programs', file), join(project, file));
      }
      const files = await bundle(project, 'small-predict.mjs');
      for (const { name: file, contents } of files) writeFileSync(join(project, file), contents);
      const program = ['small-model.mjs', `./${files[0]?.name}`];
      const { code, output } = await run(process.execPath, program, { cwd: project, quiet: true });
      if (code !== 0) throw new Error(`The bundle does not predict (exit code ${code}):\n${tail(output)}`);
      return sizeWithin(files, limitBytes);
    }),
    await fact(`on WebGPU it takes less than ${kilobytes(webGpuLimitBytes)}`, async () => {
      const project = await outsideProject('runtime');
      const text = readFileSync(join(root, 'scripts/checks/programs/small-predict.mjs'), 'utf8');
      const file = 'small-predict-webgpu.mjs';
      writeFileSync(
        join(project, file),
        text.replaceAll('backend-cpu', 'backend-webgpu').replace(/\bcpu\b/g, 'webgpu'),
      );
      return sizeWithin(await bundle(project, file), webGpuLimitBytes);
    }),
    await fact(
      `a process that predicts loads less than ${kilobytes(limitStartBytes)} of modules at its start`,
      startSize,
    ),
    await fact('a bundle carries nothing of hadal that its program does not use', umbrellaSize),
  ];
}
