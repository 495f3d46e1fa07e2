/** A backend whose kernels compute one scalar operation wrongly. */
import { PlainBackend } from '@hadal/testkit';
import type { LibraryCall, LoopKernel, ScalarOp } from '../../../src/backend/index';

/** Every `op` of a kernel becomes a multiplication. */
export function sabotaged(op: ScalarOp): PlainBackend {
  return new (class extends PlainBackend {
    override prepare(kernel: LoopKernel | LibraryCall) {
      if (kernel.kind !== 'loop') return super.prepare(kernel);
      const stages = kernel.stages.map((stage) => ({
        ...stage,
        body: stage.body.map((instruction) =>
          instruction.op === op && 'operands' in instruction
            ? { ...instruction, op: 'mul' as const }
            : instruction,
        ),
      }));
      return super.prepare({ ...kernel, stages });
    }
  })();
}
