/** A kernel that takes as long as it is told. */
import { KERNEL_FORM_VERSION, type LoopKernel } from '@hadal/core/backend';
import { all } from '@hadal/testkit';
import type { NativeBackend } from '../../src/backend';

const POINTS = 2 ** 16;

/** At every point, the sum of the sines of the numbers below the argument. */
const longKernel: LoopKernel = {
  kind: 'loop',
  version: KERNEL_FORM_VERSION,
  name: 'long',
  key: 'long',
  buffers: [{ storage: 'f32', access: 'write' }],
  scalars: [],
  integers: 1,
  grid: [POINTS],
  vectorAxis: 'grid',
  stages: [
    {
      loop: [{ argument: 0 }],
      body: [
        { op: 'axis', to: 0, type: 'i32', axis: 1 },
        { op: 'convert', to: 1, type: 'f32', from: 'i32', operands: [0] },
        { op: 'sin', to: 2, type: 'f32', from: 'f32', operands: [1] },
      ],
      accumulators: [{ kind: 'sum', type: 'f32', value: 2, to: 3 }],
      stores: [],
    },
    {
      loop: [],
      body: [],
      accumulators: [],
      stores: [{ buffer: 0, address: { offset: 0, terms: [{ axis: 0, stride: 1 }] }, value: 3 }],
    },
  ],
};

/** Submits it; 2^21 terms take minutes. */
export function runLong(backend: NativeBackend, terms: number): void {
  const out = backend.alloc(POINTS * 4);
  const exec = backend.prepare(longKernel);
  backend.run([{ kind: 'kernel', exec, bindings: [all(out)], scalars: [], integers: [terms] }]);
}
