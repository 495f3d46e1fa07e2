/**
 * How fast the library kernels are, on one thread: matrix products of several sizes, and every convolution and matrix
 * product in one training step of a small image classifier (28 × 28 × 1; 3 × 3 convolutions of 32, 64 and 64 filters with
 * pooling between them; dense layers of 64 and 10) at batch 32.
 *
 *   npx tsx packages/backend-cpu/bench/library.ts [part of a name]
 */
import { setFlagsFromString } from 'node:v8';
import type { LibraryRequest, OperandView } from '@hadal/core/backend';
import { makeNode, type Node } from '@hadal/core/graph';
import { CpuLibrary, loadRareCalls } from '../src/library/index';
import { Modules } from '../src/memory/modules';
import { hasRelaxedSimd, MAXIMUM_PAGES, ModuleBuilder, Op } from '../src/wasm/index';

if (!process.argv.includes('--plain')) setFlagsFromString('--experimental-wasm-relaxed-simd');

await loadRareCalls();

const BATCH = 32;
const ENOUGH_MS = 500;
/** Smaller cases are repeated until the clock can tell. */
const LEAST_MULTIPLICATIONS = 2e6;
const PAGE = 65536;

const leaf = (shape: readonly number[]): Node => makeNode('iota', [], {}, shape, 'float32');
const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const rowMajor = (shape: readonly number[]): number[] => shape.map((_, i) => sizeOf(shape.slice(i + 1)));

const contiguous = (shape: readonly number[]): OperandView => ({
  shape,
  offset: 0,
  strides: rowMajor(shape),
  dtype: 'float32',
  storage: 'f32',
});

/** The view with its axes in another order. */
const permuted = (view: OperandView, order: readonly number[]): OperandView => ({
  ...view,
  shape: order.map((i) => view.shape[i] ?? 0),
  strides: order.map((i) => view.strides[i] ?? 0),
});

/** The view with some axes running backwards. */
const flipped = (view: OperandView, axes: readonly number[]): OperandView => ({
  ...view,
  offset: axes.reduce((at, i) => at + ((view.shape[i] ?? 1) - 1) * (view.strides[i] ?? 0), view.offset),
  strides: view.strides.map((stride, i) => (axes.includes(i) ? -stride : stride)),
});

interface Case {
  readonly name: string;
  readonly request: LibraryRequest;
  readonly outputStrides?: readonly number[];
  /** Multiplications that count: those by padding do not. */
  readonly multiplications: number;
  readonly inStep: boolean;
}

function product(name: string, left: OperandView, right: OperandView, inStep: boolean): Case {
  const [m = 0, k = 0] = left.shape;
  const [, n = 0] = right.shape;
  const attributes = { leftBatch: [], rightBatch: [], leftContract: [1], rightContract: [0] };
  const node = makeNode('dot', [leaf(left.shape), leaf(right.shape)], attributes, [m, n], 'float32');
  return {
    name,
    request: { node, operands: [left, right], alone: false },
    multiplications: m * k * n,
    inStep,
  };
}

/** Forward pass and both gradients of a 3 × 3 convolution without padding. */
function convolution(
  name: string,
  size: number,
  channels: number,
  filters: number,
  withInputGradient: boolean,
): Case[] {
  const out = size - 2;
  const multiplications = BATCH * out * out * 9 * channels * filters;
  const input = contiguous([BATCH, size, size, channels]);
  const kernel = contiguous([3, 3, channels, filters]);
  const gradient = contiguous([BATCH, out, out, filters]);
  const conv = (
    label: string,
    a: OperandView,
    b: OperandView,
    shape: readonly number[],
    padding: number,
    outputStrides?: readonly number[],
  ): Case => ({
    name: `${name} ${label}`,
    request: {
      node: makeNode(
        'conv',
        [leaf(a.shape), leaf(b.shape)],
        {
          stride: [1, 1],
          padding: [
            [padding, padding],
            [padding, padding],
          ],
          inputDilation: [1, 1],
          kernelDilation: [1, 1],
          groups: 1,
        },
        shape,
        'float32',
      ),
      operands: [a, b],
      alone: false,
    },
    outputStrides,
    multiplications,
    inStep: true,
  });
  const swappedKernel = permuted(flipped(kernel, [0, 1]), [0, 1, 3, 2]);
  return [
    conv('forward', input, kernel, gradient.shape, 0),
    ...(withInputGradient ? [conv('input gradient', gradient, swappedKernel, input.shape, 2)] : []),
    conv(
      'filter gradient',
      permuted(input, [3, 1, 2, 0]),
      permuted(gradient, [1, 2, 0, 3]),
      [channels, 3, 3, filters],
      0,
      [filters, 3 * channels * filters, channels * filters, 1],
    ),
  ];
}

function dense(name: string, inputs: number, units: number): Case[] {
  const x = contiguous([BATCH, inputs]);
  const w = contiguous([inputs, units]);
  const g = contiguous([BATCH, units]);
  return [
    product(`${name} forward`, x, w, true),
    product(`${name} input gradient`, g, permuted(w, [1, 0]), true),
    product(`${name} weight gradient`, permuted(x, [1, 0]), g, true),
  ];
}

const square = (n: number): Case => product(`product ${n}`, contiguous([n, n]), contiguous([n, n]), false);

const CASES: readonly Case[] = [
  ...[128, 256, 512, 1024].map(square),
  product(
    'product 512, right transposed',
    contiguous([512, 512]),
    permuted(contiguous([512, 512]), [1, 0]),
    false,
  ),
  product('row × 1024²', contiguous([1, 1024]), contiguous([1024, 1024]), false),
  product('row × 1024² transposed', contiguous([1, 1024]), permuted(contiguous([1024, 1024]), [1, 0]), false),
  ...convolution('conv 28×28×1→32', 28, 1, 32, false),
  ...convolution('conv 13×13×32→64', 13, 32, 64, true),
  ...convolution('conv 5×5×64→64', 5, 64, 64, true),
  ...dense('dense 576→64', 576, 64),
  ...dense('dense 64→10', 64, 10),
];

/** Processor time of this process: other work on the machine does not count, though it slows caches and clocks. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Multiply-adds per turn of the calibrating loop: enough chains to hide their latency. */
const CHAINS = 12;
const TURNS = 4000;

/** A loop of nothing but multiply-adds in registers: what one thread can reach at this moment. */
function makeCalibration(relaxed: boolean): () => number {
  const module = new ModuleBuilder();
  const { code } = module.function({ parameters: ['i32'], results: ['i32'], exportAs: 'calibrate' });
  const chains = Array.from({ length: CHAINS }, () => code.local('v128'));
  const [a, b, i] = [code.local('v128'), code.local('v128'), code.local('i32')] as const;
  code.while(i, code.parameter(0), 1, () => {
    for (const chain of chains) {
      if (relaxed) code.get(a).get(b).get(chain).op(Op.f32x4_relaxed_madd).set(chain);
      else code.get(chain).get(a).get(b).op(Op.f32x4_mul).op(Op.f32x4_add).set(chain);
    }
  });
  code.i32(0);
  for (const chain of chains) code.get(chain).op(Op.v128_any_true).op(Op.i32_add);
  const { calibrate } = new WebAssembly.Instance(new WebAssembly.Module(module.encode())).exports;
  if (typeof calibrate !== 'function') throw new Error('the calibration was not exported');
  return () => {
    const start = processorMs();
    calibrate(TURNS);
    return (TURNS * CHAINS * 4 * 2) / (processorMs() - start) / 1e6;
  };
}

interface Measurement {
  /** Best time of one run. */
  readonly milliseconds: number;
  /** Median of the rate over the rate of bare multiply-adds in the same moment: robust on a busy machine. */
  readonly share: number;
  /** Best rate of bare multiply-adds, in GFLOP/s. */
  readonly ceiling: number;
}

function measure({ request, outputStrides, multiplications }: Case): Measurement {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES });
  const relaxed = hasRelaxedSimd();
  const library = new CpuLibrary({ modules: new Modules(memory), relaxed });
  const call = library
    .match(request)
    ?.call(
      { sideInputs: [], scalars: [], body: [], outputs: [{ register: 0, storage: 'f32' }] },
      outputStrides,
    );
  if (call === undefined) throw new Error('the library leaves this to generated code');
  const sizes = [
    ...request.operands.map(({ shape }) => 4 * sizeOf(shape)),
    4 * sizeOf(request.node.shape),
    call.workspaceBytes,
  ];
  const addresses: number[] = [];
  let used = 0;
  for (const size of sizes) {
    addresses.push(used);
    used += Math.ceil(size / 64) * 64;
  }
  memory.grow(Math.ceil(used / PAGE));
  const values = new Float32Array(memory.buffer);
  for (let i = 0; i < values.length; i++) values[i] = ((i * 7919) % 1000) / 1000 - 0.5;
  const executable = library.prepare(call);
  const calibrate = makeCalibration(relaxed);
  let milliseconds = Number.POSITIVE_INFINITY;
  let ceiling = 0;
  const shares: number[] = [];
  const repeats = Math.max(1, Math.round(LEAST_MULTIPLICATIONS / multiplications));
  const until = performance.now() + ENOUGH_MS;
  while (performance.now() < until) {
    const before = calibrate();
    const start = processorMs();
    for (let i = 0; i < repeats; i++) executable.run(addresses, [], call.integers);
    const elapsed = (processorMs() - start) / repeats;
    const around = (before + calibrate()) / 2;
    ceiling = Math.max(ceiling, around);
    milliseconds = Math.min(milliseconds, elapsed);
    shares.push((2 * multiplications) / elapsed / 1e6 / around);
  }
  shares.sort((x, y) => x - y);
  return { milliseconds, ceiling, share: shares[shares.length >> 1] ?? 0 };
}

const wanted = process.argv.slice(2).find((argument) => !argument.startsWith('--')) ?? '';
let total = 0;
let totalAtShare = 0;
console.log(`relaxed SIMD: ${hasRelaxedSimd()}`);
for (const each of CASES) {
  if (!each.name.includes(wanted)) continue;
  const { milliseconds, share, ceiling } = measure(each);
  const rate = (2 * each.multiplications) / milliseconds / 1e6;
  if (each.inStep) {
    total += milliseconds;
    totalAtShare += (2 * each.multiplications) / (share * ceiling) / 1e6;
  }
  const columns = [
    `${milliseconds.toFixed(3)} ms`,
    `${rate.toFixed(1)} GFLOP/s`,
    `${(100 * share).toFixed(0)} %`,
  ];
  console.log(
    `${each.name.padEnd(34)}${columns.map((text) => text.padStart(15)).join('')} of ${ceiling.toFixed(1)}`,
  );
}
if (total > 0) {
  console.log(
    `one training step: ${total.toFixed(1)} ms at best, ${totalAtShare.toFixed(1)} ms at the median shares`,
  );
}
