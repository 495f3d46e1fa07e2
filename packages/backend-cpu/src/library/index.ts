/**
 * The library of this backend: whole operations with kernels of their own. `match` is what the scheduler asks,
 * `prepare` and the executable's `run` are what the backend calls.
 */
import type { Library, LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import type { CompositeDefinition } from '@hadal/core/graph';
import { isProductPayload, matchDot } from '@hadal/core/products';
import { type EmitOptions, loadRare } from '../emit/index';
import type { Modules } from '../memory/modules';
import type { LibraryExecutable } from './executable';
import { Machine } from './machine';
import { prepareProducts, threadedMatch } from './products';
import { rareCalls } from './rare';

export type { LibraryExecutable } from './executable';
export { loadRareCalls } from './rare';

/**
 * How the names of composites begin that code loaded on demand may take; one of another package that begins so is only asked
 * for in vain.
 */
const RARE = /^(argsort|scatter|cum|lstm|gru|attention)/;

export interface LibraryOptions extends EmitOptions {
  /** Modules over the memory that every address refers to. */
  readonly modules: Modules;
  /** Threads that a call may be dealt to; each gets a workspace. Default 1. */
  readonly threads?: number;
  /** Whether nothing runs in the host's thread: kernels of other packages are then left to their decomposition. */
  readonly isRemote?: boolean;
}

export class CpuLibrary implements Library {
  #machine: Machine | undefined;

  readonly #options: LibraryOptions;

  constructor(options: LibraryOptions) {
    this.#options = options;
  }

  match(request: LibraryRequest): LibraryMatch | undefined {
    const { node, operands } = request;
    switch (node.op) {
      case 'dot':
      case 'conv': {
        if (operands.some(({ dtype, storage }) => dtype !== 'float32' || storage !== 'f32')) return undefined;
        const match = node.op === 'dot' ? matchDot(node, operands) : rareCalls().matchConv(node, operands);
        if (match === undefined) return undefined;
        return threadedMatch(
          {
            ...match,
            plan: (epilogue, outputStrides, withSums) => {
              const call = match.plan(epilogue, outputStrides, withSums);
              return withSums ? { ...call, products: rareCalls().withOnes(call.products) } : call;
            },
          },
          this.#options.threads ?? 1,
        );
      }
      case 'composite':
        if (!this.#isRare(node.attributes.definition)) return undefined;
        return rareCalls().matchRare(node, operands, this.#options.threads);
      case 'scatterAdd':
        return rareCalls().matchRare(node, operands);
      // Generated code copies rows as fast.
      case 'gather':
        return undefined;
    }
  }

  /** Whether a composite is taken as a whole. */
  #isRare({ name, kernels }: CompositeDefinition): boolean {
    return RARE.test(name) || (kernels?.cpu !== undefined && !this.#options.isRemote);
  }

  /** Loads code that the call needs and no call before it did; undefined where nothing is missing. */
  load({ payload }: LibraryCall): Promise<void> | undefined {
    return isProductPayload(payload) ? loadRare(payload.epilogue.body) : undefined;
  }

  /** Makes the executable of a call that `match` offered, after `load`; calls with equal keys can share it. */
  prepare(call: LibraryCall): LibraryExecutable {
    this.#machine ??= new Machine(this.#options.modules);
    if (isProductPayload(call.payload)) {
      return prepareProducts(call.name, call.payload, this.#machine, this.#options);
    }
    return rareCalls().prepareRare(call, this.#machine, this.#options);
  }
}
