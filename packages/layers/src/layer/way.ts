/**
 * Further functions of a layer, beside its call: an embedding has a way back. Where models are put together such a way is
 * applied as layers are; it has no weights and no place of its own, but those of the layer it belongs to.
 */
import { type AnyLayer, Layer } from './layer';

/** Base of the further functions of layers. */
export abstract class LayerWay extends Layer {
  readonly className = 'LayerWay';

  /**
   * @param owner   whose weights it computes with
   * @param wayName what it is called in files
   */
  constructor(
    readonly owner: AnyLayer,
    readonly wayName: string,
  ) {
    super({ dtype: owner.dtype });
  }

  override get name(): string {
    return `${this.owner.name}.${this.wayName}`;
  }

  override get path(): string {
    return `${this.owner.path}.${this.wayName}`;
  }

  override get scope(): string {
    return this.owner.scope;
  }
}

/** The layer that has the weights. */
export const ownerOf = (layer: AnyLayer): AnyLayer => (layer instanceof LayerWay ? layer.owner : layer);

/** The way of a layer that has a name, if there is one. */
export function wayOf(layer: AnyLayer, name: unknown): LayerWay | undefined {
  if (!('ways' in layer) || !Array.isArray(layer.ways)) return undefined;
  return layer.ways.find((way): way is LayerWay => way instanceof LayerWay && way.wayName === name);
}
