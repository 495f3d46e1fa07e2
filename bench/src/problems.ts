/**
 * The workloads: what is computed, with seeded data, written to a file that every contestant reads.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type {
  Block,
  EagerProblem,
  GemmProblem,
  LayerSpec,
  Problem,
  TrainingProblem,
} from '../peers/protocol.mjs';

export interface Workload {
  readonly name: string;
  /** What one repetition is called in the table, such as 'steps/s'. */
  readonly unit: string;
  /** What is reported for one repetition a second: 1, or the GFLOP of one product. */
  readonly scale: number;
  readonly problem: Problem;
}

const adam = { learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };

/** The network of the examples, at the batch size that the targets name. */
const convolutional: TrainingProblem = {
  kind: 'training',
  input: [28, 28, 1],
  classes: 10,
  batch: 32,
  batches: 4,
  layers: [
    { kind: 'conv', filters: 32, kernel: 3 },
    { kind: 'pool', window: 2 },
    { kind: 'conv', filters: 64, kernel: 3 },
    { kind: 'pool', window: 2 },
    { kind: 'conv', filters: 64, kernel: 3 },
    { kind: 'flatten' },
    { kind: 'dense', units: 64, relu: true },
    { kind: 'dense', units: 10, relu: false },
  ],
  adam,
};

const perceptron: TrainingProblem = {
  kind: 'training',
  input: [784],
  classes: 10,
  batch: 32,
  batches: 4,
  layers: [
    { kind: 'dense', units: 64, relu: true },
    { kind: 'dense', units: 64, relu: true },
    { kind: 'dense', units: 10, relu: false },
  ],
  adam,
};

/** A small deterministic generator (mulberry32): uniform numbers in [0, 1). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function block(shape: number[], value: () => number): Block {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, data: Float32Array.from({ length: size }, value) };
}

/** The product of two square matrices of values in [-1, 1). */
export function gemmProblem(size: number): Problem {
  const next = uniforms(1);
  const spec: GemmProblem = {
    kind: 'gemm',
    size,
    probes: Array.from({ length: 256 }, () => Math.floor(next() * size * size)),
  };
  const matrix = (): Block => block([size, size], () => next() * 2 - 1);
  return { spec, blocks: [matrix(), matrix()] };
}

/** A long chain of small operations, called one by one: what each costs is the library's own work. */
export function eagerProblem(spec: EagerProblem): Problem {
  const next = uniforms(3);
  // Factors below 1 keep the chain bounded.
  return { spec, blocks: [block([4], next), block([4], () => 0.5 + next() / 4), block([4], next)] };
}

/** Kernels uniform in ±sqrt(6 / fan-in), biases zero, images in [0, 1), labels below the number of classes. */
export function trainingProblem(spec: TrainingProblem): Problem {
  const next = uniforms(2);
  const parameters = parameterShapes(spec.input, spec.layers).flatMap(({ kernel, bias }) => {
    const fanIn = kernel.slice(0, -1).reduce((a, b) => a * b, 1);
    const limit = Math.sqrt(6 / fanIn);
    return [block(kernel, () => (next() * 2 - 1) * limit), block([bias], () => 0)];
  });
  const data = Array.from({ length: spec.batches }, () => [
    block([spec.batch, ...spec.input], next),
    block([spec.batch], () => Math.floor(next() * spec.classes)),
  ]);
  return { spec, blocks: [...parameters, ...data.flat()] };
}

/** The kernel (HWIO, or in × out) and bias of every layer that has parameters. */
function parameterShapes(
  input: readonly number[],
  layers: readonly LayerSpec[],
): { kernel: number[]; bias: number }[] {
  const shapes: { kernel: number[]; bias: number }[] = [];
  let [height = 1, width = 1, channels = 1] = input.length === 3 ? input : [1, 1, input[0]];
  for (const layer of layers) {
    if (layer.kind === 'conv') {
      shapes.push({ kernel: [layer.kernel, layer.kernel, channels, layer.filters], bias: layer.filters });
      height -= layer.kernel - 1;
      width -= layer.kernel - 1;
      channels = layer.filters;
    } else if (layer.kind === 'pool') {
      height = Math.floor(height / layer.window);
      width = Math.floor(width / layer.window);
    } else if (layer.kind === 'flatten') {
      channels *= height * width;
      height = 1;
      width = 1;
    } else {
      shapes.push({ kernel: [channels, layer.units], bias: layer.units });
      channels = layer.units;
    }
  }
  return shapes;
}

export const workloads: readonly Workload[] = [
  { name: 'GEMM 512, one thread', unit: 'GFLOP/s', scale: (2 * 512 ** 3) / 1e9, problem: gemmProblem(512) },
  { name: 'CNN training step, batch 32', unit: 'steps/s', scale: 1, problem: trainingProblem(convolutional) },
  { name: 'MLP training step, batch 32', unit: 'steps/s', scale: 1, problem: trainingProblem(perceptron) },
  {
    name: 'Eager operations on [4], read after 1,000',
    unit: 'op/ms',
    scale: 10,
    problem: eagerProblem({ kind: 'eager', chains: 10, pairs: 500 }),
  },
];

/**
 * @param folder absolute folder, created when missing
 * @param name   of the file
 * @returns the file's absolute path: a line of JSON, then the blocks as little-endian float32
 */
export function writeProblem(folder: string, name: string, { spec, blocks }: Problem): string {
  mkdirSync(folder, { recursive: true });
  const header = `${JSON.stringify({ spec, shapes: blocks.map(({ shape }) => shape) })}\n`;
  const path = join(folder, name);
  writeFileSync(
    path,
    Buffer.concat([Buffer.from(header), ...blocks.map(({ data }) => Buffer.from(data.buffer))]),
  );
  return path;
}
