/** Library calls that are lists of products: their description, and how they are prepared and run. */
import type { Epilogue, LibraryCall, LibraryMatch } from '@hadal/core/backend';
import type { EmitOptions } from '../emit/index';
import type { LibraryExecutable } from './executable';
import { type BlockKernels, emitBlockModule } from './gemm/block';
import type { Machine } from './gemm/machine';
import { type PlannedProduct, ProductRun, planProduct, workspaceBytes } from './gemm/run';
import type { ProductMatch } from './matched';
import { decodeProducts, encodeProducts } from './product';

/** The payload of a call: the epilogue in the terms of its products. */
export class ProductPayload {
  constructor(readonly epilogue: Epilogue) {}
}

/** A match as the scheduler wants it. */
export const productMatch = (match: ProductMatch): LibraryMatch => ({
  epilogue: match.epilogue,
  stridedOutput: match.stridedOutput,
  call: (epilogue, outputStrides): LibraryCall => {
    const call = match.plan(epilogue, outputStrides);
    return {
      kind: 'library',
      name: match.name,
      key: `product ${JSON.stringify(call.epilogue)}`,
      integers: encodeProducts(call.products),
      epilogue,
      workspaceBytes: workspaceBytes(call.products.map(planProduct)),
      payload: new ProductPayload(call.epilogue),
    };
  },
});

/** Operands of a product: left and right. */
const OPERANDS = 2;

/** Makes the executable of every product call with this epilogue. */
export function prepareProducts(
  name: string,
  { epilogue }: ProductPayload,
  machine: Machine,
  options: EmitOptions,
): LibraryExecutable {
  const kernels = machine.instantiate<BlockKernels>(emitBlockModule(epilogue, options));
  const plans = new WeakMap<readonly number[], readonly PlannedProduct[]>();
  const planOf = (integers: readonly number[]): readonly PlannedProduct[] => {
    const known = plans.get(integers);
    if (known !== undefined) return known;
    const plan = decodeProducts(integers).map(planProduct);
    plans.set(integers, plan);
    return plan;
  };
  const sideEnd = OPERANDS + epilogue.sideInputs.length;
  const outputEnd = sideEnd + epilogue.outputs.length;
  return {
    name,
    run: (addresses, scalars, integers) => {
      const at = {
        operands: [addresses[0] ?? 0, addresses[1] ?? 0] as const,
        sideInputs: addresses.slice(OPERANDS, sideEnd),
        outputs: addresses.slice(sideEnd, outputEnd),
        workspace: addresses[outputEnd] ?? 0,
      };
      for (const planned of planOf(integers)) {
        new ProductRun(machine, kernels, epilogue, planned, at, scalars).run();
      }
    },
  };
}
