/**
 * The network: a model without training. It owns layers and computes predictions; `Model` adds training and all that
 * goes with it. Programs that only predict load networks and carry nothing else.
 */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, DataError, ShapeError, stopGradient } from '@hadal/core';
import { type Arrangement, isTensor, type Replaced, type Tensors } from '../layer/arrangement';
import { type CallContext, inferenceContext } from '../layer/context';
import { activeInitialValues } from '../layer/initial-values';
import { type AnyLayer, Layer, type NamedWeight } from '../layer/layer';
import { maskOf } from '../layer/mask';
import { fitsShape, formatLayerShape, isShape, type LayerShape } from '../layer/shape';
import type { ArrayInput } from '../training/arrays';
import { type PredictData, type PredictOptions, predictBatches } from './predict';
import type { ModelStructure } from './structure';

export interface NetworkOptions {
  /** What errors and summaries call the model. */
  readonly name?: string;
}

/** Layers that compute together. Made by `sequential`, `model` or `loadModel`. */
export class Network<In extends Tensors = Tensor, Out extends Tensors = Tensor> extends Layer<In, Out> {
  readonly className: string;
  /** How the layers are connected. */
  readonly structure: ModelStructure;
  #inputShapes: readonly LayerShape[] | undefined;

  constructor(structure: ModelStructure, { name }: NetworkOptions = {}) {
    super({
      name,
      inputShape: structure.inputs.kind === 'one' ? structure.inputShapes?.[0]?.slice(1) : undefined,
    });
    this.structure = structure;
    this.className = structure.className;
    structure.attach('', this.name);
    // A saved model is built as a whole, once every layer knows its place.
    if (activeInitialValues() === undefined) this.buildWhereKnown();
  }

  /** The layers in order. */
  get layers(): readonly AnyLayer[] {
    return this.structure.layers;
  }

  override get children(): readonly AnyLayer[] {
    return this.structure.layers;
  }

  override get takesSeveral(): boolean {
    return this.structure.inputs.kind !== 'one';
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** The layers inside have left masks on the outputs already. */
  override computeMask(_inputs: In, outputs: Out): readonly (Tensor | undefined)[] {
    return tensorsOf('the output', this.structure.outputs, outputs).map(maskOf);
  }

  /** Places are those inside the model, so that they are the same wherever it is used. */
  override namedWeights(): readonly NamedWeight[] {
    return this.innerWeights();
  }

  override get built(): boolean {
    return this.#inputShapes !== undefined;
  }

  override get builtShape(): Replaced<In, LayerShape> | undefined {
    if (this.#inputShapes === undefined) return undefined;
    return this.structure.inputs.arrange(this.#inputShapes) as Replaced<In, LayerShape>;
  }

  /** The shapes of all inputs in order. */
  get inputShapes(): readonly LayerShape[] | undefined {
    return this.#inputShapes;
  }

  /** The shape of outputs for the shape the model was built for. */
  get outputShape(): Replaced<Out, LayerShape> | undefined {
    const shapes = this.outputShapes;
    if (shapes === undefined) return undefined;
    return this.structure.outputs.arrange(shapes) as Replaced<Out, LayerShape>;
  }

  /** The shapes of all outputs in order. */
  get outputShapes(): readonly LayerShape[] | undefined {
    return this.#inputShapes === undefined
      ? undefined
      : this.structure.computeOutputShapes(this.#inputShapes);
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
  override build(inputShape: Replaced<In, LayerShape>): void {
    this.#build(shapesIn(this.structure.inputs, inputShape));
  }

  /** Makes the weights where the layers say the shape of the inputs. */
  protected buildWhereKnown(): void {
    const { inputShapes } = this.structure;
    if (inputShapes !== undefined) this.#build(inputShapes);
  }

  #build(shapes: readonly LayerShape[]): void {
    const known = this.#inputShapes;
    if (known === undefined) {
      this.structure.build(shapes);
      this.#inputShapes = shapes;
      return;
    }
    if (shapes.every((shape, index) => fitsShape(shape, known[index] ?? []))) return;
    throw new ShapeError(
      'build',
      `the model is built for inputs ${known.map(formatLayerShape).join(', ')}, not ${shapes.map(formatLayerShape).join(', ')}.`,
    );
  }

  override call(inputs: In, context: CallContext): Out {
    const leaves = tensorsOf('the input', this.structure.inputs, inputs);
    this.requireInputs(leaves.map(({ shape }) => shape));
    return this.structure.outputs.arrange(this.structure.call(leaves, context)) as Out;
  }

  override computeOutputShape(inputShape: Replaced<In, LayerShape>): Replaced<Out, LayerShape> {
    const shapes = this.structure.computeOutputShapes(shapesIn(this.structure.inputs, inputShape));
    return this.structure.outputs.arrange(shapes) as Replaced<Out, LayerShape>;
  }

  /** The layer of a name, or at a position. */
  getLayer(which: string | number): AnyLayer {
    const found =
      typeof which === 'number' ? this.layers.at(which) : this.layers.find(({ name }) => name === which);
    if (found !== undefined) return found;
    throw new DataError(
      'getLayer',
      `the model has no layer ${JSON.stringify(which)}.`,
      `Its layers are: ${this.layers.map(({ name }) => name).join(', ')}.`,
    );
  }

  /**
   * Predictions for all inputs, computed batch by batch.
   *
   * @param data    samples along the first axis, arranged as the inputs of the model, or a dataset of batches
   * @param options batch size (default 32)
   * @returns a tensor [samples, …], or several, arranged as the outputs of the model
   * @throws {ShapeError} when the samples have another shape than the model was built for
   * @example
   * const probabilities = await model.predict(images);
   * console.log(await probabilities.array());
   */
  async predict(data: PredictData<In>, options: PredictOptions = {}): Promise<Out> {
    return this.#predict('predict', data, options);
  }

  /**
   * Predictions for one batch, left on the device.
   *
   * @param x a batch: samples along the first axis
   */
  async predictOnBatch(x: Replaced<In, ArrayInput>): Promise<Out> {
    return this.#predict('predictOnBatch', x, { batchSize: Number.MAX_SAFE_INTEGER });
  }

  async #predict(where: string, data: PredictData<In>, options: PredictOptions): Promise<Out> {
    const compute = async (x: readonly Tensor[]): Promise<readonly Tensor[]> => {
      this.buildFor(x.map(({ shape }) => shape));
      return this.computeBatch(x);
    };
    const outputs = await predictBatches(where, this.structure.inputs, data, options, compute);
    return this.structure.outputs.arrange(outputs) as Out;
  }

  /** Computes a batch whose shapes are checked; the results have memory of their own. Plans are kept by the device. */
  protected async computeBatch(x: readonly Tensor[]): Promise<readonly Tensor[]> {
    // Through an operation, so that a model that changes nothing does not hand out its input.
    const outputs = this.structure.call(x, inferenceContext).map((output) => stopGradient(output));
    await Promise.all([...x, ...outputs].map((each) => each.realize()));
    return outputs;
  }

  /** Builds the model for the shapes of a batch, or checks them against what it was built for. */
  protected buildFor(shapes: readonly (readonly number[])[]): void {
    if (!this.built) this.#build(shapes.map((shape) => [null, ...shape.slice(1)]));
    this.requireInputs(shapes);
  }

  /** Checks the shapes of a batch against what the model was built for. */
  protected requireInputs(shapes: readonly (readonly number[])[]): void {
    for (const [index, shape] of shapes.entries()) this.#requireInput(index, shape);
  }

  #requireInput(index: number, shape: readonly number[]): void {
    const expected = this.#inputShapes?.[index];
    if (expected === undefined || fitsShape(shape, expected)) return;
    const missingBatch = fitsShape([null, ...shape], expected);
    const missingChannel = fitsShape([...shape, 1], expected);
    const advice = missingBatch
      ? 'The batch axis is missing: batch the dataset with .batch(32), or add an axis with x.expandDims(0).'
      : missingChannel
        ? 'The channel axis is missing: add it with x.expandDims(-1).'
        : 'Reshape the data, or build a model for this shape.';
    const which = this.structure.inputs.kind === 'one' ? 'inputs have' : `input ${index} has`;
    throw new ShapeError(
      `model "${this.name}"`,
      `${which} shape [${shape.join(', ')}], expected ${formatLayerShape(expected)}.`,
      advice,
    );
  }

  override getConfig(): JsonObject {
    return { name: this.name, ...this.structure.getConfig() };
  }

  override toString(): string {
    const from = this.#inputShapes?.map(formatLayerShape).join(', ') ?? 'not built';
    const shapes = this.outputShapes;
    const to = shapes === undefined ? '' : ` → ${shapes.map(formatLayerShape).join(', ')}`;
    return `${super.toString()}: ${from}${to}, ${this.layers.length} layers, ${this.countParameters()} parameters`;
  }
}

/** A network of any inputs and outputs. */
export type AnyNetwork = Network<Tensors, Tensors>;

function tensorsOf(subject: string, arrangement: Arrangement, value: unknown): readonly Tensor[] {
  return arrangement.leavesIn('model', subject, value).map((leaf) => {
    if (isTensor(leaf)) return leaf;
    throw new ArgumentError('model', `${subject} has ${typeof leaf} where a tensor was expected.`);
  });
}

function shapesIn(arrangement: Arrangement, value: unknown): readonly LayerShape[] {
  return arrangement.leavesIn('build', 'the input shape', value).map((leaf) => {
    if (isShape(leaf)) return leaf;
    throw new ArgumentError(
      'build',
      `the input shape is ${JSON.stringify(value)}.`,
      'A shape is [null, 28, 28, 1].',
    );
  });
}
