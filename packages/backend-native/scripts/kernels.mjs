/**
 * Builds and runs the harness of native/test, without Node in the process:
 *
 *   node packages/backend-native/scripts/kernels.mjs [check | address | thread | bench] [cases]
 *
 * `check` runs every case, `address` and `thread` do so under AddressSanitizer and ThreadSanitizer (with the portable
 * kernels, which compile soonest: the others are the same templates), `bench` times kernels. Only cases whose names
 * contain `cases` are run; benchmarks are `matrices`, `small products` and `convolutions`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const native = join(folder, 'native');
const compiler = process.env.CXX ?? (process.platform === 'darwin' ? 'clang++' : 'g++');

/** @type {Readonly<Record<string, readonly string[]>>} */
const FLAGS = {
  check: ['-O3'],
  bench: ['-O3'],
  address: ['-O1', '-fsanitize=address', '-DHADAL_PORTABLE_ONLY'],
  thread: ['-O1', '-fsanitize=thread', '-DHADAL_PORTABLE_ONLY'],
};

const COMMON = [
  '-std=gnu++17',
  '-Wall',
  '-Wextra',
  '-Werror',
  '-Wno-psabi',
  '-fno-math-errno',
  '-fno-trapping-math',
  `-I${native}`,
];

/** Folders whose sources are kernels or what they need; the rest needs Node. */
const FOLDERS = [
  'isa',
  'pool',
  'products',
  'indexed',
  'recurrent',
  'attention',
  'pooling',
  'convolutions',
  'library',
  'test',
];
const FILES = ['loops/block_program.cc', 'memory/allocator.cc'];

/**
 * @param {string} mode
 * @returns {boolean} whether the compiler makes programs of this mode that run
 */
export function canRun(mode) {
  const source = join(tmpdir(), `hadal-probe-${process.pid}.cc`);
  const program = `${source}.out`;
  writeFileSync(source, 'int main() { return 0; }\n');
  const built = spawnSync(compiler, [...(FLAGS[mode] ?? []), source, '-o', program]);
  return built.status === 0 && spawnSync(program).status === 0;
}

/** @param {string} dependencies what the compiler wrote @param {number} time @returns {boolean} */
function isNewer(dependencies, time) {
  const files = readFileSync(dependencies, 'utf8').replaceAll('\\\n', ' ').split(/\s+/).slice(1);
  return files.some((file) => file !== '' && (!existsSync(file) || statSync(file).mtimeMs > time));
}

/**
 * Builds the harness, compiling only what has changed.
 *
 * @param {string} mode
 * @returns {string} the program
 */
function build(mode) {
  const flags = [...COMMON, ...(FLAGS[mode] ?? [])];
  const target = join(folder, 'build/harness', mode === 'bench' ? 'check' : mode);
  mkdirSync(target, { recursive: true });
  const sources = [
    ...FOLDERS.flatMap((each) => readdirSync(join(native, each)).map((file) => `${each}/${file}`)),
    ...FILES,
  ].filter((file) => file.endsWith('.cc'));
  const objects = sources.map((file) => join(target, `${file.replaceAll('/', '-')}.o`));
  const outdated = sources.flatMap((file, i) => {
    const object = objects[i] ?? '';
    const dependencies = `${object}.d`;
    const isCurrent = existsSync(object) && !isNewer(dependencies, statSync(object).mtimeMs);
    return isCurrent ? [] : [['-MMD', '-MF', dependencies, '-c', join(native, file), '-o', object]];
  });
  const lines = outdated.map((options) =>
    [compiler, ...flags, ...options].map((each) => `'${each}'`).join(' '),
  );
  const compiled = spawnSync('xargs', ['-P', `${availableParallelism()}`, '-I{}', 'sh', '-c', '{}'], {
    input: lines.map((line) => `"${line}"`).join('\n'),
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  if (compiled.status !== 0) throw new Error('The harness does not compile.');
  const program = join(target, 'harness');
  const linked = spawnSync(compiler, [...flags, ...objects, '-lpthread', '-o', program], {
    stdio: 'inherit',
  });
  if (linked.status !== 0) throw new Error('The harness does not link.');
  return program;
}

/**
 * @param {string} mode
 * @param {string} cases names of cases contain this
 * @returns {{ code: number | null, output: string }}
 */
export function runHarness(mode, cases = '') {
  const program = build(mode);
  const { status, stdout, stderr } = spawnSync(
    program,
    [mode === 'bench' ? `bench ${cases}`.trim() : cases],
    {
      encoding: 'utf8',
    },
  );
  return { code: status, output: stdout + stderr };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [mode = 'check', cases = ''] = process.argv.slice(2);
  if (!(mode in FLAGS)) throw new Error(`${mode} is none of ${Object.keys(FLAGS).join(', ')}.`);
  const { code, output } = runHarness(mode, cases);
  process.stdout.write(output);
  process.exitCode = code === 0 ? 0 : 1;
}
