/** Layers that are put together from others in code, and saved by their options alone. */
import type { Tensor } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import { type AnyLayer, Layer, type LayerOptions, type Tensors } from '@hadal/layers';

/** Base of layers that own others. They are made in the constructor, each with a name of its own. */
export abstract class CompositeLayer<In extends Tensors = Tensor, Out extends Tensors = Tensor> extends Layer<
  In,
  Out
> {
  readonly #children: AnyLayer[] = [];
  #owner: string | undefined;

  override get children(): readonly AnyLayer[] {
    // Base classes ask before the list is there.
    return this.#children ?? [];
  }

  override attach(name: string, path: string, owner: string | undefined): void {
    this.#owner = owner;
    super.attach(name, path, owner);
  }

  /** Takes a layer in; the order is that of the weights. */
  protected adopt<T extends AnyLayer>(layer: T): T {
    this.#children.push(layer);
    layer.attach(layer.name, `${this.path}/${layer.name}`, this.#owner);
    return layer;
  }
}

/** Checks sizes that have to be positive integers. */
export function requireSizes(where: string, sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (Number.isSafeInteger(value) && value > 0) continue;
    throw new ArgumentError(where, `${name} is ${value}; expected a positive integer.`);
  }
}

/** Checks that heads share the features among them evenly. */
export function requireHeads(where: string, width: number, heads: number): void {
  if (width % heads === 0) return;
  throw new ArgumentError(
    where,
    `${heads} heads cannot share ${width} features evenly.`,
    'Choose a width that is a multiple of the heads.',
  );
}

/** Options of a layer that are its own business and not those of layers inside it. */
export const ownOptions = ({ name, trainable, dtype, inputShape }: LayerOptions): LayerOptions => ({
  name,
  trainable,
  dtype,
  inputShape,
});
