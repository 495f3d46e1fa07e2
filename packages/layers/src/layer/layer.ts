/**
 * The layer: a function of tensors that owns weights.
 *
 * A layer is configured when it is made, builds its weights when it first learns its input shape, and is called any
 * number of times afterwards. Models are layers too.
 */
import type { DType, Generator, JsonObject, JsonValue, Tensor, Variable } from '@hadal/core';
import { ArgumentError, isFloat, variable, withScope } from '@hadal/core';
import type { Constraint } from '../constraints/constraint';
import type { Initializer } from '../initializers/initializer';
import type { Regularizer } from '../regularizers/regularizer';
import { type Arranged, isTensor, type Replaced, type Tensors } from './arrangement';
import { type CallContext, inferenceContext } from './context';
import { activeInitialValues } from './initial-values';
import { maskOf, withMask } from './mask';
import { snakeCase } from './naming';
import type { LayerShape } from './shape';
import type { SymbolicTensor } from './symbolic';

/** Options that every layer takes. */
export interface LayerOptions {
  /** Unique within a model; by default the class name in snake case, counted. */
  readonly name?: string;
  /** Whether training changes the weights (default true). */
  readonly trainable?: boolean;
  /** Dtype of the weights and the computation (default float32). */
  readonly dtype?: DType;
  /** Shape of one input without the batch axis; needed on the first layer only, and only to build before seeing data. */
  readonly inputShape?: LayerShape;
}

/** How a weight is made. */
export interface WeightOptions {
  /** What it begins as. */
  readonly initializer: Initializer;
  /** A penalty on it, which is added to the loss. */
  readonly regularizer?: Regularizer;
  /** What it is brought back to after every update. */
  readonly constraint?: Constraint;
  /** Whether training changes it (default true). */
  readonly trainable?: boolean;
}

/** A weight with its place in the model, such as `dense_1/kernel`. */
export interface NamedWeight {
  /** Names of layers and the weight, with `/` between them. */
  readonly path: string;
  /** What holds its value. */
  readonly variable: Variable;
}

/** What makes layers of a class again from a saved model. */
export interface LayerClass {
  /** The name that files have. */
  readonly className: string;
  /**
   * @param config what `getConfig` gave
   * @param read   makes the layers inside, which are saved as `{ className, config }`
   * @throws {DataError} when the configuration does not fit
   */
  fromConfig(config: JsonObject, read: LayerReader): AnyLayer;
}

/** Makes the layer that was saved inside another one. */
export type LayerReader = (where: string, value: JsonValue | undefined) => AnyLayer;

/** A layer of any inputs and outputs. */
export type AnyLayer = Layer<Tensors, Tensors>;

/** Whether a layer takes one input, as those in a chain do. */
export const takesOne = (layer: AnyLayer): layer is Layer => !layer.takesSeveral;

/**
 * What may be given instead of tensors while a model is put together. It knows itself what becomes of it, so that
 * programs that only compute do not carry it.
 */
interface StandIn {
  pass(layer: AnyLayer, inputs: unknown): unknown;
}

const isStandIn = (value: unknown): value is StandIn =>
  typeof value === 'object' && value !== null && 'pass' in value;

/** One tensor or stand-in, or several by position or by name, as a list. */
function leavesOf(value: unknown): readonly unknown[] {
  if (isTensor(value) || isStandIn(value)) return [value];
  return typeof value === 'object' && value !== null ? Object.values(value) : [value];
}

/** The shapes of tensors with the batch left open, arranged as these are. */
function shapesLike(inputs: Tensors): Arranged<LayerShape> {
  const shapeOf = ({ shape }: Tensor): LayerShape => [null, ...shape.slice(1)];
  if (isTensor(inputs)) return shapeOf(inputs);
  if (Array.isArray(inputs)) return inputs.map(shapeOf);
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, shapeOf(input)]));
}

interface OwnWeight {
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
  readonly regularizer: Regularizer | undefined;
  readonly constraint: Constraint | undefined;
}

/**
 * Base of all layers. Subclass it for a layer of your own: make weights in `build`, compute in `call`, and say how it
 * is saved with a static `className`, `getConfig` and a static `fromConfig`. A layer of several inputs or outputs names
 * their arrangement: `Layer<readonly [Tensor, Tensor]>` takes two by position, `Layer<{ image: Tensor; text: Tensor }>`
 * two by name.
 *
 * @example
 * class Scale extends Layer {
 *   static readonly className = 'Scale';
 *   readonly className = Scale.className;
 *   #factor: Variable | undefined;
 *   override build(inputShape: LayerShape): void {
 *     this.#factor = this.addWeight('factor', [], { initializer: new Constant(1) });
 *   }
 *   call(inputs: Tensor): Tensor {
 *     return inputs.mul(this.#factor!.value);
 *   }
 *   computeOutputShape(inputShape: LayerShape): LayerShape {
 *     return inputShape;
 *   }
 *   static fromConfig(config: JsonObject): Scale {
 *     const reader = new ConfigReader('Scale', config);
 *     const options = readLayerOptions(reader);
 *     reader.done();
 *     return new Scale(options);
 *   }
 * }
 */
export abstract class Layer<In extends Tensors = Tensor, Out extends Tensors = Tensor> {
  /** The name under which the class is saved. */
  abstract readonly className: string;
  /** Dtype of the weights and the computation. */
  readonly dtype: DType;
  /** Shape of one input without the batch axis, where it was given. */
  readonly inputShape: LayerShape | undefined;
  /** Whether training changes the weights. A change takes effect with the next `compile` of the model. */
  trainable: boolean;

  #name: string | undefined;
  #path: string | undefined;
  #owner: string | undefined;
  #builtShape: Replaced<In, LayerShape> | undefined;
  readonly #weights: OwnWeight[] = [];
  /** Whether the user chose the name; models never change it. */
  readonly hasChosenName: boolean;

  constructor(options: LayerOptions = {}) {
    const { name, trainable = true, dtype = 'float32', inputShape } = options;
    if (name !== undefined && !/^[A-Za-z0-9_.-]+$/.test(name)) {
      throw new ArgumentError('layer', `the name '${name}' may only have letters, digits, '_', '.' and '-'.`);
    }
    if (!isFloat(dtype))
      throw new ArgumentError('layer', `dtype is ${dtype}; layers compute in floating point.`);
    inputShape?.forEach((extent, axis) => {
      if (extent !== null && !(Number.isSafeInteger(extent) && extent > 0)) {
        throw new ArgumentError(
          'layer',
          `inputShape has extent ${extent} at axis ${axis}; expected a positive integer or null.`,
        );
      }
    });
    this.#name = name;
    this.hasChosenName = name !== undefined;
    this.trainable = trainable;
    this.dtype = dtype;
    this.inputShape = inputShape;
  }

  /** Computes the output. `inputs` has the dtype it came with; weights have the layer's dtype. */
  abstract call(inputs: In, context: CallContext): Out;

  /** The shape of the output for an input shape. */
  abstract computeOutputShape(inputShape: Replaced<In, LayerShape>): Replaced<Out, LayerShape>;

  /** Makes the weights, with `addWeight`. Called once, with the shape of the first input. */
  build(_inputShape: Replaced<In, LayerShape>): void {}

  /** Whether several inputs are taken, where a single one is what most layers take. */
  get takesSeveral(): boolean {
    return false;
  }

  /** Whether others may come with the only input that is needed, as initial states with a sequence. */
  get mayTakeSeveral(): boolean {
    return this.takesSeveral;
  }

  /** Whether the layer heeds the masks of its inputs, or leaves them as they are. Other layers drop them. */
  get supportsMasking(): boolean {
    return false;
  }

  /**
   * The masks of the outputs in order, where `supportsMasking` is true. By default that of the only input.
   *
   * @param inputs  what the layer was called with; `maskOf` gives the mask of each
   * @param _outputs what it gave
   */
  computeMask(inputs: In, _outputs: Out): readonly (Tensor | undefined)[] {
    return isTensor(inputs) ? [maskOf(inputs)] : [];
  }

  /** The layer's name: the one given, or the one its model chose. */
  get name(): string {
    return this.#name ?? snakeCase(this.className);
  }

  /** Whether there is a name beyond that of the class: chosen by the user, or given by a model. */
  get isNamed(): boolean {
    return this.#name !== undefined;
  }

  /** Place within the model, such as `encoder/dense_1`. */
  get path(): string {
    return this.#path ?? this.name;
  }

  /** The layer for messages: `layer "dense_1" of model "classifier"`. */
  get scope(): string {
    return this.#owner === undefined
      ? `layer "${this.name}"`
      : `layer "${this.name}" of model "${this.#owner}"`;
  }

  /** Whether the weights are made. */
  get built(): boolean {
    return this.#builtShape !== undefined;
  }

  /** The input shape the layer was built for. */
  get builtShape(): Replaced<In, LayerShape> | undefined {
    return this.#builtShape;
  }

  /** Layers inside this one. */
  get children(): readonly AnyLayer[] {
    return [];
  }

  /** Random generators of the layer's own, whose state belongs into checkpoints. */
  get generators(): readonly Generator[] {
    return this.children.flatMap((child) => child.generators);
  }

  /** Names the layer within a model, and those inside it; weights made from then on carry the path. Called by models. */
  attach(name: string, path: string, owner: string | undefined): void {
    this.#name = name;
    this.#path = path;
    this.#owner = owner;
    for (const child of this.children) child.attach(child.name, `${path}/${child.name}`, owner);
  }

  /** Builds the weights for an input shape, once. */
  ensureBuilt(inputShape: Replaced<In, LayerShape>): void {
    if (this.built) return;
    withScope(this.scope, () => this.build(inputShape));
    this.#builtShape = inputShape;
  }

  /**
   * Calls the layer. With symbolic tensors nothing is computed: the result stands for what a model will compute.
   *
   * @param inputs  the batch comes first
   * @param context training or not (default: not)
   * @throws {ArgumentError} when several inputs are given to a layer of one
   * @example
   * const probabilities = layer.apply(features);
   * const hidden = dense(64, { activation: 'relu' }).apply(input([784])); // for model({ inputs, outputs })
   */
  apply(inputs: In, context?: CallContext): Out;
  apply(inputs: Replaced<In, SymbolicTensor>): Replaced<Out, SymbolicTensor>;
  apply(
    inputs: In | Replaced<In, SymbolicTensor>,
    context: CallContext = inferenceContext,
  ): Out | Replaced<Out, SymbolicTensor> {
    const leaves = leavesOf(inputs);
    if (leaves.length !== 1 && !this.mayTakeSeveral) {
      throw new ArgumentError(this.scope, `got ${leaves.length} inputs, but takes one.`);
    }
    const standIn = leaves.find(isStandIn);
    if (standIn !== undefined) return standIn.pass(this, inputs) as Replaced<Out, SymbolicTensor>;
    if (!leaves.every(isTensor)) {
      throw new ArgumentError(this.scope, 'got something that is no tensor.', 'Expected tensors.');
    }
    return this.#compute(inputs as In, leaves, context);
  }

  #compute(inputs: In, leaves: readonly Tensor[], context: CallContext): Out {
    this.ensureBuilt(shapesLike(inputs) as Replaced<In, LayerShape>);
    const outputs = withScope(this.scope, () => this.call(inputs, context));
    const masks = this.supportsMasking ? this.computeMask(inputs, outputs) : [];
    attachMasks(leavesOf(outputs).filter(isTensor), masks, leaves);
    context.observe?.(this, outputs);
    return outputs;
  }

  /** All weights, in the order they were made, those of inner layers after its own. */
  get weights(): readonly Variable[] {
    return this.namedWeights().map(({ variable }) => variable);
  }

  /** The weights that training changes. */
  get trainableWeights(): readonly Variable[] {
    if (!this.trainable) return [];
    return [
      ...this.#weights.filter(({ trainable }) => trainable).map(({ variable }) => variable),
      ...this.children.flatMap((child) => child.trainableWeights),
    ];
  }

  /** The weights that training leaves alone. */
  get nonTrainableWeights(): readonly Variable[] {
    const trainable = new Set(this.trainableWeights);
    return this.weights.filter((variable) => !trainable.has(variable));
  }

  /** All weights with their places, which begin with the name of this layer. */
  namedWeights(): readonly NamedWeight[] {
    return this.innerWeights().map(({ path, variable }) => ({ path: `${this.name}/${path}`, variable }));
  }

  /** All weights with their places inside this layer. */
  innerWeights(): readonly NamedWeight[] {
    return [
      ...this.#weights.map(({ name, variable }) => ({ path: name, variable })),
      ...this.children.flatMap((child) =>
        child.innerWeights().map(({ path, variable }) => ({ path: `${child.name}/${path}`, variable })),
      ),
    ];
  }

  /** Elements of all weights together. */
  countParameters(): number {
    return this.weights.reduce((sum, { size }) => sum + size, 0);
  }

  /** The penalties of the weights' regularizers, as scalars to be added to the loss. */
  regularizationLosses(): readonly Tensor[] {
    const own = this.trainable ? this.#weights : [];
    return [
      ...own.flatMap(({ regularizer, trainable, variable }) =>
        regularizer === undefined || !trainable ? [] : [regularizer.penalty(variable.value)],
      ),
      ...this.children.flatMap((child) => child.regularizationLosses()),
    ];
  }

  /** Brings weights that have constraints back to what these permit. Training does so after every update. */
  constrainWeights(): void {
    if (!this.trainable) return;
    for (const { constraint, trainable, variable } of this.#weights) {
      if (constraint !== undefined && trainable) variable.assign(constraint.apply(variable.value));
    }
    for (const child of this.children) child.constrainWeights();
  }

  /** What `fromConfig` needs, as plain JSON. Subclasses add their own entries. */
  getConfig(): JsonObject {
    return {
      name: this.name,
      trainable: this.trainable,
      dtype: this.dtype,
      inputShape: this.inputShape ?? null,
    };
  }

  /** The class and the name. */
  toString(): string {
    return `${this.className} "${this.name}"`;
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Makes a weight; for `build`. */
  protected addWeight(name: string, shape: readonly number[], options: WeightOptions): Variable {
    const { initializer, regularizer, constraint, trainable = true } = options;
    const path = `${this.path}/${name}`;
    const given = activeInitialValues();
    const initial =
      given === undefined ? initializer.make(shape, this.dtype) : given(path, shape, this.dtype);
    const made = variable(initial, { name: path, trainable });
    this.#weights.push({ name, variable: made, trainable, regularizer, constraint });
    return made;
  }
}

/** Masks go with outputs; an input that is handed on as it came keeps the one it has. */
function attachMasks(
  outputs: readonly Tensor[],
  masks: readonly (Tensor | undefined)[],
  inputs: readonly Tensor[],
): void {
  for (const [index, output] of outputs.entries()) {
    if (!inputs.includes(output)) withMask(output, masks[index]);
  }
}
