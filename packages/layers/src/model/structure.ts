/**
 * The structure of a model: which layers it has and how they are connected. A chain is one structure; functional
 * graphs are another one over the same interface, so that training, saving and prediction know neither.
 */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ShapeError, withScope } from '@hadal/core';
import type { CallContext } from '../layer/context';
import type { Layer } from '../layer/layer';
import { snakeCase, uniqueName } from '../layer/naming';
import type { LayerShape } from '../layer/shape';

export interface ModelStructure {
  /** The name under which models of this structure are saved. */
  readonly className: string;
  readonly layers: readonly Layer[];
  /** Shape of the input with the batch first, where the layers say it. */
  readonly inputShape: LayerShape | undefined;
  /** Names the layers for their place in a model. */
  attach(prefix: string, owner: string): void;
  /** Makes all weights. */
  build(inputShape: LayerShape): void;
  call(inputs: Tensor, context: CallContext): Tensor;
  computeOutputShape(inputShape: LayerShape): LayerShape;
  getConfig(): JsonObject;
}

/** Layers one after the other. */
export class SequentialStructure implements ModelStructure {
  readonly className = 'Sequential';
  readonly #layers: Layer[] = [];

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  get inputShape(): LayerShape | undefined {
    const shape = this.#layers[0]?.inputShape;
    return shape === undefined ? undefined : [null, ...shape];
  }

  /** Adds a layer at the end and gives it a name that is unique in this model. */
  add(layer: Layer): void {
    if (this.#layers.includes(layer)) {
      throw new ArgumentError(
        'sequential',
        `layer "${layer.name}" is already in this model.`,
        'A layer appears once in a chain; make a second one for weights of its own.',
      );
    }
    const taken = new Set(this.#layers.map(({ name }) => name));
    if (layer.hasName && taken.has(layer.name)) {
      throw new ArgumentError('sequential', `there is already a layer named "${layer.name}".`);
    }
    const name = layer.hasName ? layer.name : uniqueName(snakeCase(layer.className), taken);
    layer.attach(name, name, undefined);
    this.#layers.push(layer);
  }

  attach(prefix: string, owner: string): void {
    for (const layer of this.#layers) layer.attach(layer.name, `${prefix}${layer.name}`, owner);
  }

  build(inputShape: LayerShape): void {
    let shape = inputShape;
    for (const layer of this.#layers) {
      layer.ensureBuilt(shape);
      shape = withScope(layer.scope, () => layer.computeOutputShape(shape));
    }
  }

  call(inputs: Tensor, context: CallContext): Tensor {
    if (this.#layers.length === 0) throw new ShapeError('sequential', 'the model has no layers.');
    return this.#layers.reduce((x, layer) => layer.apply(x, context), inputs);
  }

  computeOutputShape(inputShape: LayerShape): LayerShape {
    return this.#layers.reduce(
      (shape, layer) => withScope(layer.scope, () => layer.computeOutputShape(shape)),
      inputShape,
    );
  }

  getConfig(): JsonObject {
    return {
      layers: this.#layers.map((layer) => ({ className: layer.className, config: layer.getConfig() })),
    };
  }
}
