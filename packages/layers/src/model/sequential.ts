/** The sequential model: layers one after the other. */
import type { Layer } from '../layer/layer';
import { Model } from './model';
import type { NetworkOptions } from './network';
import { SequentialStructure } from './sequential-structure';

/**
 * A chain of layers.
 *
 * @example
 * const model = sequential([
 *   flatten({ inputShape: [28, 28, 1] }),
 *   dense(64, { activation: 'relu' }),
 *   dense(10, { activation: 'softmax' }),
 * ]);
 */
export class Sequential extends Model {
  readonly #chain: SequentialStructure;

  constructor(layers: readonly Layer[] | SequentialStructure = [], options: NetworkOptions = {}) {
    const chain = layers instanceof SequentialStructure ? layers : chainOf(layers);
    super(chain, options);
    this.#chain = chain;
  }

  /** Adds a layer at the end. */
  add(layer: Layer): void {
    const before = this.outputShape;
    this.#chain.add(layer);
    this.#chain.attach('', this.name);
    this.forgetCompiled();
    if (before !== undefined) layer.ensureBuilt(before);
    else this.buildWhereKnown();
  }
}

function chainOf(layers: readonly Layer[]): SequentialStructure {
  const structure = new SequentialStructure();
  for (const layer of layers) structure.add(layer);
  return structure;
}

/** Makes a {@link Sequential} model. */
export const sequential = (layers: readonly Layer[] = [], options?: NetworkOptions): Sequential =>
  new Sequential(layers, options);
