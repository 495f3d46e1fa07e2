/**
 * The network: a model without training. It owns layers and computes predictions; `Model` adds training and all that
 * goes with it. Programs that only predict load networks and carry nothing else.
 */
import type { JsonObject } from '@hadal/core';
import { DataError, ShapeError, stopGradient, Tensor } from '@hadal/core';
import { type CallContext, inferenceContext } from '../layer/context';
import { activeInitialValues } from '../layer/initial-values';
import { Layer } from '../layer/layer';
import { fitsShape, formatLayerShape, type LayerShape } from '../layer/shape';
import type { ArrayInput } from '../training/arrays';
import { type PredictData, type PredictOptions, predictBatches } from './predict';
import type { ModelStructure } from './structure';

export interface NetworkOptions {
  readonly name?: string;
}

/** Layers that compute together. Made by `sequential` or `loadModel`. */
export class Network extends Layer {
  readonly className: string;
  readonly structure: ModelStructure;
  #inputShape: LayerShape | undefined;

  constructor(structure: ModelStructure, { name }: NetworkOptions = {}) {
    super({ name, inputShape: structure.inputShape?.slice(1) });
    this.structure = structure;
    this.className = structure.className;
    structure.attach('', this.name);
    // A saved model is built as a whole, once every layer knows its place.
    if (structure.inputShape !== undefined && activeInitialValues() === undefined)
      this.build(structure.inputShape);
  }

  /** The layers in order. */
  get layers(): readonly Layer[] {
    return this.structure.layers;
  }

  override get children(): readonly Layer[] {
    return this.structure.layers;
  }

  override get built(): boolean {
    return this.#inputShape !== undefined;
  }

  override get builtShape(): LayerShape | undefined {
    return this.#inputShape;
  }

  /** The shape of outputs for the shape the model was built for. */
  get outputShape(): LayerShape | undefined {
    return this.#inputShape === undefined ? undefined : this.structure.computeOutputShape(this.#inputShape);
  }

  /** Names the layers by their place in the outer model. */
  override attach(name: string, path: string, owner: string | undefined): void {
    super.attach(name, path, owner);
    this.structure.attach(`${path}/`, name);
  }

  /**
   * Makes the weights for inputs of a shape.
   *
   * @param inputShape with the batch first: `[null, 28, 28, 1]`
   */
  override build(inputShape: LayerShape): void {
    if (this.#inputShape !== undefined) {
      if (fitsShape(inputShape, this.#inputShape)) return;
      throw new ShapeError(
        'build',
        `the model is built for inputs ${formatLayerShape(this.#inputShape)}, not ${formatLayerShape(inputShape)}.`,
      );
    }
    this.structure.build(inputShape);
    this.#inputShape = inputShape;
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    this.requireInput(inputs.shape);
    return this.structure.call(inputs, context);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return this.structure.computeOutputShape(inputShape);
  }

  /** The layer of a name, or at a position. */
  getLayer(which: string | number): Layer {
    const found =
      typeof which === 'number' ? this.layers.at(which) : this.layers.find(({ name }) => name === which);
    if (found !== undefined) return found;
    throw new DataError(
      'getLayer',
      `the model has no layer ${typeof which === 'number' ? `at ${which}` : `named "${which}"`}.`,
      `Its layers are: ${this.layers.map(({ name }) => name).join(', ')}.`,
    );
  }

  /**
   * Predictions for all inputs, computed batch by batch.
   *
   * @param data    samples along the first axis, or a dataset of batches
   * @param options batch size (default 32)
   * @returns a tensor [samples, …]
   * @throws {ShapeError} when the samples have another shape than the model was built for
   * @example
   * const probabilities = await model.predict(images);
   * console.log(await probabilities.array());
   */
  async predict(data: PredictData, options: PredictOptions = {}): Promise<Tensor> {
    return predictBatches('predict', data, options, (x) => this.#compute(x));
  }

  /**
   * Predictions for one batch, left on the device.
   *
   * @param x a batch: samples along the first axis
   */
  async predictOnBatch(x: ArrayInput): Promise<Tensor> {
    if (x instanceof Tensor) return this.#compute(x);
    return predictBatches('predictOnBatch', x, { batchSize: Number.MAX_SAFE_INTEGER }, (batch) =>
      this.#compute(batch),
    );
  }

  async #compute(x: Tensor): Promise<Tensor> {
    this.ensureBuilt([null, ...x.shape.slice(1)]);
    this.requireInput(x.shape);
    return this.computeBatch(x);
  }

  /** Computes a batch whose shape is checked; the result has memory of its own. Plans are kept by the device. */
  protected async computeBatch(x: Tensor): Promise<Tensor> {
    // Through an operation, so that a model that changes nothing does not hand out its input.
    const outputs = stopGradient(this.structure.call(x, inferenceContext));
    await Promise.all([x.realize(), outputs.realize()]);
    return outputs;
  }

  /** Checks the shape of a batch against what the model was built for. */
  protected requireInput(shape: readonly number[]): void {
    const expected = this.#inputShape;
    if (expected === undefined || fitsShape(shape, expected)) return;
    const missingBatch = fitsShape([null, ...shape], expected);
    const missingChannel = fitsShape([...shape, 1], expected);
    const advice = missingBatch
      ? 'The batch axis is missing: batch the dataset with .batch(32), or add an axis with x.expandDims(0).'
      : missingChannel
        ? 'The channel axis is missing: add it with x.expandDims(-1).'
        : 'Reshape the data, or build a model for this shape.';
    throw new ShapeError(
      `model "${this.name}"`,
      `inputs have shape [${shape.join(', ')}], expected ${formatLayerShape(expected)}.`,
      advice,
    );
  }

  override getConfig(): JsonObject {
    return { name: this.name, ...this.structure.getConfig() };
  }

  override toString(): string {
    const from = this.#inputShape === undefined ? 'not built' : formatLayerShape(this.#inputShape);
    const to = this.outputShape === undefined ? '' : ` → ${formatLayerShape(this.outputShape)}`;
    return `${super.toString()}: ${from}${to}, ${this.layers.length} layers, ${this.countParameters()} parameters`;
  }
}
