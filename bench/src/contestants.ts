/**
 * Who takes part: Hadal's own devices, and each peer where it is installed. A peer may take part in several settings, of
 * which the fastest is the one that Hadal is compared with.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ProblemSpec } from '../peers/protocol.mjs';
import { adapterOfRun } from './adapter';
import { ownNames, peerNames } from './arguments';
import { builtProgram } from './built';
import type { ContestantSpec } from './contestant';

const benchFolder = join(import.meta.dirname, '..');
const peersFolder = join(benchFolder, 'peers');
/** Made by `--install-peers`. */
const environmentFolder = join(peersFolder, '.venv');
const environmentPython = join(environmentFolder, 'bin/python');

type OwnName = (typeof ownNames)[number];
type PeerName = (typeof peerNames)[number];

/** A contestant in one setting. */
export interface Entrant extends ContestantSpec {
  /** Settings of one library have the same group. */
  readonly group: OwnName | PeerName;
  readonly isOwn: boolean;
  /** Whether the setting makes a difference for a problem; left out, for all. */
  readonly applies?: (spec: ProblemSpec) => boolean;
}

/** Hadal on one of its devices: `cpu`, `native`, `webgpu` or `interpreter`. */
export function hadalProgram(device: string, threads: number): ContestantSpec {
  return {
    name: `hadal-${device}`,
    command: process.execPath,
    args: [builtProgram('hadal/main'), device],
    env: { HADAL_CPU_THREADS: String(threads), HADAL_NATIVE_THREADS: String(threads) },
  };
}

const hasImages = (spec: ProblemSpec): boolean =>
  spec.kind === 'conv' ||
  ((spec.kind === 'training' || spec.kind === 'inference') && spec.input.length === 3);

/** Eager additions are about single calls, and a product or convolution alone has nothing to compile. */
const isCompilable = ({ kind }: ProblemSpec): boolean =>
  kind === 'training' || kind === 'inference' || kind === 'rows';

const torchSettings: readonly { name: string; applies?: (spec: ProblemSpec) => boolean }[] = [
  { name: 'eager' },
  { name: 'channels-last', applies: hasImages },
  { name: 'compile', applies: isCompilable },
];

/** Debian's build of PyTorch picks slow paths on new processors unless it is told the instruction set. */
const debianEnvironment = { OPENBLAS_CORETYPE: 'SkylakeX', ATEN_CPU_CAPABILITY: 'avx512' };

/**
 * Results stay in the heap. By default glibc maps large ones anew at every call and gives them back, and where page
 * faults are dear (virtual machines) PyTorch then spends most of its time in them: a convolution of 1 ms takes 15.
 */
const keptMemory = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 34),
  MALLOC_TOP_PAD_: String(2 ** 28),
};

/** @returns a Python that can import PyTorch: HADAL_PYTHON first, then what `--install-peers` made */
function pythonWithTorch(): { python: string; version: string } | undefined {
  const named = process.env.HADAL_PYTHON;
  for (const python of [...(named ? [named] : []), environmentPython, 'python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(
      python,
      ['-c', 'import numpy, torch; print(torch.__version__, end="")'],
      {
        encoding: 'utf8',
      },
    );
    if (status === 0) return { python, version: stdout };
  }
  return undefined;
}

function torchEntrants(threads: number): readonly Entrant[] | string {
  const found = pythonWithTorch();
  if (!found) return 'torch: no python3 that imports torch; npm run bench -- --install-peers';
  const count = String(threads);
  const { python, version } = found;
  return torchSettings.map(({ name, applies }) => ({
    name: `PyTorch ${version} (${name})`,
    group: 'torch',
    isOwn: false,
    command: python,
    args: [join(peersFolder, 'torch/main.py'), name, count],
    env: {
      OMP_NUM_THREADS: count,
      OPENBLAS_NUM_THREADS: count,
      ...keptMemory,
      ...(version.startsWith('1.') ? debianEnvironment : {}),
    },
    ...(applies && { applies }),
  }));
}

const isInstalled = (name: string): boolean => existsSync(join(peersFolder, 'node_modules', name));

/** Entrants that are programs of Node, or what to do to get them. */
function nodeEntrants(
  group: PeerName,
  packageName: string,
  programs: readonly { name: string; args: readonly string[] }[],
): readonly Entrant[] | string {
  if (!isInstalled(packageName)) return `${group}: not installed; npm run bench -- --install-peers`;
  return programs.map(({ name, args: [file = '', ...rest] }) => ({
    name,
    group,
    isOwn: false,
    command: process.execPath,
    args: [join(peersFolder, file), ...rest],
  }));
}

const onnxEntrants = (kind: 'node' | 'web', engine: string, threads: number): readonly Entrant[] | string =>
  nodeEntrants(`onnxruntime-${kind}`, `onnxruntime-${kind}`, [
    { name: `onnxruntime-${kind} (${engine})`, args: ['onnxruntime.mjs', kind, String(threads)] },
  ]);

/** A peer on the adapter of this run, which it finds through the package `webgpu`. */
function gpuEntrants(
  group: PeerName,
  packageName: string,
  program: { name: string; args: readonly string[] },
): readonly Entrant[] | string {
  const adapter = adapterOfRun();
  if (typeof adapter === 'string') return `${group}: ${adapter}`;
  const entrants = nodeEntrants(group, isInstalled('webgpu') ? packageName : 'webgpu', [program]);
  return typeof entrants === 'string' ? entrants : entrants.map((each) => ({ ...each, env: adapter.env }));
}

const finders: Readonly<Record<PeerName, (threads: number) => readonly Entrant[] | string>> = {
  torch: torchEntrants,
  'onnxruntime-node': (threads) => onnxEntrants('node', 'native', threads),
  'onnxruntime-web': (threads) => onnxEntrants('web', 'wasm', threads),
  tfjs: (threads) =>
    nodeEntrants('tfjs', '@tensorflow/tfjs-backend-wasm', [
      { name: 'TensorFlow.js (wasm)', args: ['tfjs/main.mjs', 'wasm', String(threads)] },
      { name: 'TensorFlow.js (cpu)', args: ['tfjs/main.mjs', 'cpu', String(threads)] },
    ]),
  'jax-js': () =>
    nodeEntrants('jax-js', '@jax-js/jax', [{ name: 'jax-js (wasm)', args: ['jax-js/main.mjs'] }]),
  'tfjs-webgpu': () =>
    gpuEntrants('tfjs-webgpu', '@tensorflow/tfjs-backend-webgpu', {
      name: 'TensorFlow.js (webgpu)',
      args: ['tfjs/main.mjs', 'webgpu'],
    }),
  'jax-js-webgpu': () =>
    gpuEntrants('jax-js-webgpu', '@jax-js/jax', {
      name: 'jax-js (webgpu)',
      args: ['jax-js/main.mjs', 'webgpu'],
    }),
};

/** Installs what npm offers into bench/peers, and PyTorch into an environment there. @returns what went wrong */
export function installPeers(): string[] {
  const problems: string[] = [];
  const does = (command: string, args: readonly string[]): boolean =>
    spawnSync(command, args, { cwd: peersFolder, stdio: 'inherit' }).status === 0;
  if (!does('npm', ['install', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts']))
    problems.push('npm could not install its peers.');
  if (pythonWithTorch()) return problems;
  // What the interpreter already has need not be fetched again.
  const hasEnvironment = does('python3', ['-m', 'venv', '--system-site-packages', environmentFolder]);
  if (!hasEnvironment || !does(environmentPython, ['-m', 'pip', 'install', 'torch', 'numpy']))
    problems.push('pip could not install PyTorch; name a Python that has it in HADAL_PYTHON.');
  return problems;
}

export interface Entrants {
  readonly present: readonly Entrant[];
  /** One sentence for each absent contestant, with how to get it. */
  readonly missing: readonly string[];
}

/** Hadal's own entrants of these names. The addon of the native device may be missing, and so may an adapter of WebGPU. */
export async function ownEntrants(names: readonly string[], threads: number): Promise<Entrants> {
  const present: Entrant[] = [];
  const missing: string[] = [];
  for (const group of ownNames.filter((name) => names.includes(name))) {
    const device = group.slice('hadal-'.length);
    if (group === 'hadal-native') {
      const available = await import('@hadal/backend-native').then(({ isAvailable }) => isAvailable());
      if (!available.ok) {
        missing.push(`${group}: ${available.reason}`);
        continue;
      }
    }
    const program = hadalProgram(device, threads);
    if (group === 'hadal-webgpu') {
      const adapter = adapterOfRun();
      if (typeof adapter === 'string') missing.push(`${group}: ${adapter}`);
      else present.push({ ...program, env: { ...program.env, ...adapter.env }, group, isOwn: true });
      continue;
    }
    present.push({ ...program, group, isOwn: true });
  }
  return { present, missing };
}

export function peerEntrants(names: readonly string[], threads: number): Entrants {
  const present: Entrant[] = [];
  const missing: string[] = [];
  for (const name of peerNames.filter((peer) => names.includes(peer))) {
    const found = finders[name](threads);
    if (typeof found === 'string') missing.push(found);
    else present.push(...found);
  }
  return { present, missing };
}
