/**
 * Who takes part: Hadal always, each peer where it is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { builtProgram } from './built';
import type { ContestantSpec } from './contestant';

const benchFolder = join(import.meta.dirname, '..');
const peersFolder = join(benchFolder, 'peers');

/** The contestant that the others are compared with. */
export const hadal: ContestantSpec = {
  name: 'Hadal',
  command: process.execPath,
  args: [builtProgram('hadal')],
};

const nodePeers: readonly (ContestantSpec & { readonly package: string })[] = [
  {
    name: 'jax-js (wasm)',
    package: '@jax-js/jax',
    command: process.execPath,
    args: [join(peersFolder, 'jax-js.mjs')],
  },
  {
    name: 'TensorFlow.js (wasm)',
    package: '@tensorflow/tfjs-backend-wasm',
    command: process.execPath,
    args: [join(peersFolder, 'tfjs.mjs'), 'wasm'],
  },
  {
    name: 'TensorFlow.js (cpu)',
    package: '@tensorflow/tfjs',
    command: process.execPath,
    args: [join(peersFolder, 'tfjs.mjs'), 'cpu'],
  },
];

/** One thread everywhere. Debian's build picks slow paths on new processors unless it is told the instruction set. */
const pytorchEnvironment = {
  OMP_NUM_THREADS: '1',
  OPENBLAS_NUM_THREADS: '1',
  OPENBLAS_CORETYPE: 'SkylakeX',
  ATEN_CPU_CAPABILITY: 'avx512',
};

/** @returns a Python that can import PyTorch, HADAL_PYTHON first */
function pythonWithTorch(): string | undefined {
  const named = process.env.HADAL_PYTHON;
  return [...(named ? [named] : []), 'python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', 'import torch']).status === 0,
  );
}

/** Installs the peers that npm offers into bench/peers. @returns whether that worked */
export function installPeers(): boolean {
  const args = ['install', '--no-package-lock', '--no-audit', '--no-fund', '--ignore-scripts'];
  return spawnSync('npm', args, { cwd: peersFolder, stdio: 'inherit' }).status === 0;
}

export interface Peers {
  readonly present: readonly ContestantSpec[];
  /** One sentence for each absent peer, with how to get it. */
  readonly missing: readonly string[];
}

export function findPeers(): Peers {
  const isInstalled = (name: string): boolean => existsSync(join(peersFolder, 'node_modules', name));
  const present: ContestantSpec[] = nodePeers.filter((peer) => isInstalled(peer.package));
  const missing = nodePeers
    .filter((peer) => !isInstalled(peer.package))
    .map(({ name }) => `${name}: not installed; npm run bench -- --install-peers`);
  const python = pythonWithTorch();
  if (python) {
    present.push({
      name: 'PyTorch (cpu)',
      command: python,
      args: [join(peersFolder, 'pytorch.py')],
      env: pytorchEnvironment,
    });
  } else {
    missing.push('PyTorch (cpu): no python3 that imports torch; name one in HADAL_PYTHON');
  }
  return { present, missing };
}
