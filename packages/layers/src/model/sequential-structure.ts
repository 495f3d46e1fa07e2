/** Layers one after the other. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ShapeError, withScope } from '@hadal/core';
import { type Arrangement, ONE } from '../layer/arrangement';
import type { CallContext } from '../layer/context';
import { encodingInputs } from '../layer/encoding';
import type { Layer } from '../layer/layer';
import { freeName } from '../layer/naming';
import type { LayerShape } from '../layer/shape';
import type { ModelStructure } from './structure';

export class SequentialStructure implements ModelStructure {
  readonly className = 'Sequential';
  readonly outputs = ONE;
  readonly #layers: Layer[] = [];

  get inputs(): Arrangement {
    return encodingInputs(ONE, this.#layers.slice(0, 1));
  }

  get layers(): readonly Layer[] {
    return this.#layers;
  }

  get outputNames(): readonly string[] {
    return this.#layers.slice(-1).map(({ name }) => name);
  }

  get inputShapes(): readonly LayerShape[] | undefined {
    const shape = this.#layers[0]?.inputShape;
    return shape === undefined ? undefined : [[null, ...shape]];
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
    if (layer.hasChosenName && taken.has(layer.name)) {
      throw new ArgumentError('sequential', `there is already a layer named "${layer.name}".`);
    }
    const name = freeName(layer, taken);
    layer.attach(name, name, undefined);
    this.#layers.push(layer);
  }

  attach(prefix: string, owner: string): void {
    for (const layer of this.#layers) layer.attach(layer.name, `${prefix}${layer.name}`, owner);
  }

  build(inputShapes: readonly LayerShape[]): void {
    let [shape = []] = inputShapes;
    for (const layer of this.#layers) {
      layer.ensureBuilt(shape);
      shape = shapeAfter(layer, shape);
    }
  }

  call(inputs: readonly Tensor[], context: CallContext): readonly Tensor[] {
    if (this.#layers.length === 0) throw new ShapeError('sequential', 'the model has no layers.');
    return inputs.map((input) => this.#layers.reduce((x, layer) => layer.apply(x, context), input));
  }

  computeOutputShapes(inputShapes: readonly LayerShape[]): readonly LayerShape[] {
    return inputShapes.map((input) => this.#layers.reduce((shape, layer) => shapeAfter(layer, shape), input));
  }

  getConfig(): JsonObject {
    return {
      layers: this.#layers.map((layer) => ({ className: layer.className, config: layer.getConfig() })),
    };
  }
}

const shapeAfter = (layer: Layer, shape: LayerShape): LayerShape =>
  withScope(layer.scope, () => layer.computeOutputShape(shape));
