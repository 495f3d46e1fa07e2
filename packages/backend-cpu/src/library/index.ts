/**
 * The library of this backend: whole operations with kernels of their own. `match` is what the scheduler asks,
 * `prepare` and the executable's `run` are what the backend calls.
 */
import { DeviceError } from '@hadal/core';
import {
  type Library,
  type LibraryCall,
  type LibraryMatch,
  type LibraryRequest,
  Loading,
} from '@hadal/core/backend';
import { type EmitOptions, loadRare } from '../emit/index';
import { matchDot } from './dot';
import type { LibraryExecutable } from './executable';
import { indexedExecutable, loadIndexed } from './indexed/load';
import { isIndexedPayload, matchIndexed } from './indexed/match';
import { Machine } from './machine';
import { isProductPayload, prepareProducts, productMatch } from './products';

export type { LibraryExecutable } from './executable';

export interface LibraryOptions extends EmitOptions {
  /** The memory that every address refers to. */
  readonly memory: WebAssembly.Memory;
}

/** Programs without convolutions do not carry what matches them. */
let matchConv: typeof import('./conv').matchConv | undefined;

/** Loads what matches convolutions; `match` asks for it when it meets the first. */
export async function loadConv(): Promise<void> {
  ({ matchConv } = await import('../on-demand'));
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
        if (node.op === 'conv' && matchConv === undefined) throw new Loading(loadConv());
        const match = node.op === 'dot' ? matchDot(node, operands) : matchConv?.(node, operands);
        return match === undefined ? undefined : productMatch(match);
      }
      case 'scatterAdd':
      case 'composite':
        return matchIndexed(node, operands);
      // Generated code copies rows as fast.
      case 'gather':
        return undefined;
    }
  }

  /** Loads code that the call needs and no call before it did; undefined where nothing is missing. */
  load({ payload }: LibraryCall): Promise<void> | undefined {
    if (isProductPayload(payload)) return loadRare(payload.epilogue.body);
    return isIndexedPayload(payload) ? loadIndexed() : undefined;
  }

  /** Makes the executable of a call that `match` offered, after `load`; calls with equal keys can share it. */
  prepare(call: LibraryCall): LibraryExecutable {
    this.#machine ??= new Machine(this.#options.memory);
    if (isProductPayload(call.payload)) {
      return prepareProducts(call.name, call.payload, this.#machine, this.#options);
    }
    if (isIndexedPayload(call.payload)) return indexedExecutable(call.name, call.payload, this.#machine);
    throw new DeviceError('cpu', `the library call ${call.name} was not made by this backend's library.`);
  }
}
