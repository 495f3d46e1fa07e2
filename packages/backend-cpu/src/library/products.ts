/** Library calls that are lists of products: the workspace that they need, and how they are prepared and run. */
import { bytesPerStorage, type Epilogue, type LibraryMatch } from '@hadal/core/backend';
import {
  decodeProducts,
  isProductPayload,
  type ProductMatch,
  type ProductPayload,
  productMatch,
} from '@hadal/core/products';
import type { EmitOptions } from '../emit/index';
import type { ModuleBuilder } from '../wasm/index';
import type { LibraryExecutable } from './executable';
import { type BlockKernels, emitBlockModule, emitRowModule } from './gemm/block';
import { type Addresses, type PlannedProduct, ProductRun, planProduct, workspaceBytes } from './gemm/run';
import type { Helpers, Machine } from './machine';
import { rareCalls } from './rare';

/** Workspaces begin at a multiple of this, so that vectors lie within cache lines. */
const CACHE_LINE_BYTES = 64;

/** A match as the scheduler wants it, with a workspace for each thread. */
export function threadedMatch(match: ProductMatch, threads: number): LibraryMatch {
  let dots = false;
  const offered = productMatch(match, (products) => {
    const planned = products.map(planProduct);
    dots = planned.some(({ blocking }) => blocking.access === 'dots');
    return workspaceBytes(planned, threads) + CACHE_LINE_BYTES;
  });
  return {
    ...offered,
    call: (...layout) => {
      const call = offered.call(...layout);
      if (!dots || !isProductPayload(call.payload)) return call;
      rareCalls();
      return { ...call, key: `${call.key} dots`, payload: { ...call.payload, dots } satisfies Payload };
    },
  };
}

/** The payload of a call; `dots` where some product is read as dot products, with kernels of their own. */
type Payload = ProductPayload & { readonly dots?: boolean };

/** Operands of a product: left and right. */
const OPERANDS = 2;

/** What a product call is made of, for executors that make its calls themselves. */
export interface PreparedProducts {
  readonly helpers: Helpers;
  readonly kernels: BlockKernels;
  readonly epilogue: Epilogue;
  readonly bytesPerStorage: typeof bytesPerStorage;
  plan(integers: ArrayLike<number>): readonly PlannedProduct[];
  addresses(bindings: readonly number[]): Addresses;
}

/** Kernels of an epilogue, of which those for one row and those for more are made when they are first needed. */
function blockKernels(
  machine: Machine,
  epilogue: Epilogue,
  options: EmitOptions,
  dots: ModuleBuilder | undefined,
): BlockKernels {
  const made = dots && machine.instantiate<Pick<BlockKernels, 'dots'>>(dots);
  let block: Pick<BlockKernels, 'block'> | undefined;
  let row: Pick<BlockKernels, 'wide' | 'narrow'> | undefined;
  const rowKernels = (): Pick<BlockKernels, 'wide' | 'narrow'> => {
    row ??= machine.instantiate<Pick<BlockKernels, 'wide' | 'narrow'>>(emitRowModule(epilogue, options));
    return row;
  };
  return {
    ...made,
    get block() {
      block ??= machine.instantiate<Pick<BlockKernels, 'block'>>(emitBlockModule(epilogue, options));
      return block.block;
    },
    get wide() {
      return rowKernels().wide;
    },
    get narrow() {
      return rowKernels().narrow;
    },
  };
}

/** Makes the executable of every product call with this epilogue. */
export function prepareProducts(
  name: string,
  { epilogue, dots }: Payload,
  machine: Machine,
  options: EmitOptions,
): LibraryExecutable {
  const kernels = blockKernels(
    machine,
    epilogue,
    options,
    dots ? rareCalls().emitDotsModule(epilogue, options) : undefined,
  );
  const plans = new PlanCache();
  const sideEnd = OPERANDS + epilogue.sideInputs.length;
  const outputEnd = sideEnd + epilogue.outputs.length;
  const addressesOf = (bindings: readonly number[]): Addresses => ({
    operands: [bindings[0] ?? 0, bindings[1] ?? 0],
    sideInputs: bindings.slice(OPERANDS, sideEnd),
    outputs: bindings.slice(sideEnd, outputEnd),
    sums: bindings[outputEnd] ?? 0,
    workspace: Math.ceil((bindings.at(-1) ?? 0) / CACHE_LINE_BYTES) * CACHE_LINE_BYTES,
  });
  return {
    name,
    products: {
      helpers: machine.helpers,
      kernels,
      epilogue,
      bytesPerStorage,
      plan: (integers) => plans.get(integers),
      addresses: addressesOf,
    },
    run: (bindings, scalars, integers) => {
      const at = addressesOf(bindings);
      for (const planned of plans.get(integers)) {
        new ProductRun(machine, kernels, epilogue, planned, at, scalars).run();
      }
    },
  };
}

/** Calls of one epilogue whose plans are kept, the latest first. */
const PLANS_KEPT = 64;

/** Plans by their integers: decoding and blocking are done once per call, not at every run. */
class PlanCache {
  readonly #entries: { readonly integers: Int32Array; readonly plan: readonly PlannedProduct[] }[] = [];

  get(integers: ArrayLike<number>): readonly PlannedProduct[] {
    const position = this.#entries.findIndex((entry) => sameNumbers(entry.integers, integers));
    const [known] = position < 0 ? [] : this.#entries.splice(position, 1);
    const entry = known ?? {
      integers: Int32Array.from(integers),
      plan: decodeProducts(integers).map(planProduct),
    };
    this.#entries.unshift(entry);
    if (this.#entries.length > PLANS_KEPT) this.#entries.pop();
    return entry.plan;
  }
}

function sameNumbers(a: Int32Array, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
