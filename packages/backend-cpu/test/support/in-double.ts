/** A kernel with float64 in place of float32. */
import type { LoopKernel, Register } from '@hadal/core/backend';
import type { KernelRun } from './run-kernel';

const wide = <T extends Register>(type: T): T | 'f64' => (type === 'f32' ? 'f64' : type);

export function inDouble({ kernel, memory, ...rest }: KernelRun): KernelRun {
  const stages = kernel.stages.map((stage) => ({
    ...stage,
    body: stage.body.map((instruction) => {
      switch (instruction.op) {
        case 'axis':
        case 'integer':
          return instruction;
        case 'constant':
        case 'scalar':
        case 'load':
          return { ...instruction, type: wide(instruction.type) };
        default:
          return { ...instruction, type: wide(instruction.type), from: wide(instruction.from) };
      }
    }),
    accumulators: stage.accumulators.map((each) => ({ ...each, type: wide(each.type) })),
  }));
  const buffers = kernel.buffers.map(({ storage, access }) => ({
    access,
    storage: storage === 'f32' ? ('f64' as const) : storage,
  }));
  const widened: LoopKernel = { ...kernel, stages, buffers, scalars: kernel.scalars.map(wide) };
  return {
    ...rest,
    kernel: widened,
    memory: memory.map((array) => (array instanceof Float32Array ? Float64Array.from(array) : array)),
  };
}
