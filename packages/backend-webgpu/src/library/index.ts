/**
 * The library of this backend: whole operations with shaders of their own. `match` is what the scheduler asks, `shaderOf`
 * prints the shader of a call.
 */
import type { Library, LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { DeviceError } from '@hadal/core/errors';
import type { Shader } from '../shader';
import { isProductPayload, matchProducts, type TileSources } from './products/match';
import { MadeShaders } from './products/reuse';
import { productShader } from './products/shader';
import { isRare, rareCalls } from './rare';
import type { LibraryTraits } from './traits';

export type { LibraryTraits } from './traits';

export class ShaderLibrary implements Library {
  readonly #traits: LibraryTraits;
  readonly #tiles: TileSources;

  /** @param tuning tiles that are measured, where they are to be */
  constructor(traits: LibraryTraits, tuning?: TileSources['tuning']) {
    this.#traits = traits;
    this.#tiles = { made: new MadeShaders(), tuning };
  }

  match(request: LibraryRequest): LibraryMatch | undefined {
    const { node } = request;
    switch (node.op) {
      case 'dot':
      case 'conv':
        return matchProducts(request, this.#traits, this.#tiles);
      case 'scatterAdd':
        return rareCalls().matchRareCall(request, this.#traits);
      case 'composite':
        return isRare(node.attributes.definition.name)
          ? rareCalls().matchRareCall(request, this.#traits)
          : undefined;
      // Loop kernels copy rows as fast.
      case 'gather':
        return undefined;
    }
  }

  /** Shaders of calls with equal keys are equal. */
  shaderOf(call: LibraryCall): Shader {
    const { name, payload } = call;
    if (isProductPayload(payload)) return productShader(name, payload);
    const shader = rareCalls().rareShader(call);
    if (shader !== undefined) return shader;
    throw new DeviceError('webgpu', `the library call ${name} was not made by this backend's library.`);
  }
}
