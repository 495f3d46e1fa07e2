import { type Instruction, KERNEL_FORM_VERSION, type LoopKernel, type ScalarOp } from '@hadal/core/backend';
import { describe, expect, it } from 'vitest';
import { enableRelaxedSimd } from '../src/engine';
import { seededRandom } from './support/random-kernel';
import { type KernelRun, runEmitted } from './support/run-kernel';

const LENGTH = 103;
const CHAIN: readonly ScalarOp[] = [
  'exp',
  'tanh',
  'sin',
  'cos',
  'erf',
  'sqrt',
  'recip',
  'log',
  'rsqrt',
  'abs',
  'neg',
];

/** Everything at once over random floats: functions, products that can be fused with sums, comparisons. */
function floatRun(): KernelRun {
  const random = seededRandom(7);
  const address = { offset: 0, terms: [{ axis: 0, stride: 1 }] };
  const body: Instruction[] = [
    { op: 'load', to: 0, type: 'f32', buffer: 0, address },
    { op: 'load', to: 1, type: 'f32', buffer: 1, address },
  ];
  let next = 2;
  let sum = 1;
  const emit = (op: ScalarOp, ...operands: number[]): number => {
    body.push({ op, to: next, type: 'f32', from: 'f32', operands });
    return next++;
  };
  for (const op of CHAIN) {
    const value = emit(op, op === 'sqrt' || op === 'log' || op === 'rsqrt' ? emit('abs', 0) : 0);
    sum = emit('add', emit('mul', value, 1), sum);
  }
  const result = emit('max', sum, emit('pow', emit('abs', 0), 1));
  const kernel: LoopKernel = {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name: 'floats',
    key: 'floats',
    buffers: [
      { storage: 'f32', access: 'read' },
      { storage: 'f32', access: 'read' },
      { storage: 'f32', access: 'write' },
    ],
    scalars: [],
    integers: 0,
    grid: [LENGTH],
    vectorAxis: 'grid',
    stages: [{ loop: [], body, accumulators: [], stores: [{ buffer: 2, address, value: result }] }],
  };
  const values = (): Float32Array => Float32Array.from({ length: LENGTH }, () => (random() - 0.5) * 8);
  return { kernel, memory: [values(), values(), new Float32Array(LENGTH)], scalars: [], integers: [] };
}

describe('splitting axis 0', () => {
  it.each(enableRelaxedSimd() ? [true, false] : [false])(
    'gives the same bits wherever it is split, since tails round as vectors do: relaxed SIMD %s',
    (relaxed) => {
      const run = floatRun();
      const whole = runEmitted(run, relaxed);
      for (const splits of [[0.5], [0.01, 0.02, 0.03], [0.33, 0.34, 0.9]]) {
        expect(runEmitted(run, relaxed, splits)).toEqual(whole);
      }
    },
  );
});
