/**
 * The library of this backend: whole operations with shaders of their own. `match` is what the scheduler asks, `shaderOf`
 * prints the shader of a call.
 */

import type { Library, LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { DeviceError } from '@hadal/core/errors';
import type { Shader } from '../shader';
import { isIndexedCode, matchIndexedCall } from './indexed/match';
import { scanShader } from './indexed/scan';
import { scatterShader } from './indexed/scatter';
import { isProductPayload, matchProducts } from './products/match';
import { productShader } from './products/shader';
import type { LibraryTraits } from './traits';

export type { LibraryTraits } from './traits';

export class ShaderLibrary implements Library {
  readonly #traits: LibraryTraits;

  constructor(traits: LibraryTraits) {
    this.#traits = traits;
  }

  match(request: LibraryRequest): LibraryMatch | undefined {
    switch (request.node.op) {
      case 'dot':
      case 'conv':
        return matchProducts(request, this.#traits);
      case 'scatterAdd':
      case 'composite':
        return matchIndexedCall(request, this.#traits);
      // Loop kernels copy rows as fast.
      case 'gather':
        return undefined;
    }
  }

  /** Shaders of calls with equal keys are equal. */
  shaderOf({ name, payload }: LibraryCall): Shader {
    if (isProductPayload(payload)) return productShader(name, payload);
    if (isIndexedCode(payload)) {
      return payload.kind === 'scatter' ? scatterShader(name, payload) : scanShader(name, payload);
    }
    throw new DeviceError('webgpu', `the library call ${name} was not made by this backend's library.`);
  }
}
