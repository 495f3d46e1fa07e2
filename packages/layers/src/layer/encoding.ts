/** Layers at the front of a model that make numbers of what is no tensor: text. */
import type { HostArray } from '@hadal/core';
import type { Arrangement } from './arrangement';
import type { AnyLayer } from './layer';

interface Encoder {
  /** Whether something is to be turned into numbers. */
  encodes(value: unknown): boolean;
  encode(value: unknown): HostArray;
}

const isEncoder = (layer: unknown): layer is Encoder =>
  typeof layer === 'object' && layer !== null && 'encodes' in layer && 'encode' in layer;

/**
 * The inputs of a model whose first layers may turn text into numbers.
 *
 * @param layers for each input the layer that it goes to, if it is only one
 */
export function encodingInputs(inputs: Arrangement, layers: readonly (AnyLayer | undefined)[]): Arrangement {
  if (!layers.some(isEncoder)) return inputs;
  return {
    ...inputs,
    leavesIn: (where, subject, value) =>
      inputs.leavesIn(where, subject, value).map((leaf, index) => {
        const layer: unknown = layers[index];
        return isEncoder(layer) && layer.encodes(leaf) ? layer.encode(leaf) : leaf;
      }),
  };
}
