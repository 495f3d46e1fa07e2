/**
 * The layer: a function of tensors that owns weights.
 *
 * A layer is configured when it is made, builds its weights when it first learns its input shape, and is called any
 * number of times afterwards. Models are layers too.
 */
import type { DType, Generator, JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, isFloat, variable, withScope } from '@hadal/core';
import type { Initializer } from '../initializers/initializer';
import type { Regularizer } from '../regularizers/regularizer';
import { type CallContext, inferenceContext } from './context';
import { activeInitialValues } from './initial-values';
import { snakeCase } from './naming';
import type { LayerShape } from './shape';

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
  readonly initializer: Initializer;
  readonly regularizer?: Regularizer;
  /** Whether training changes it (default true). */
  readonly trainable?: boolean;
}

/** A weight with its place in the model, such as `dense_1/kernel`. */
export interface NamedWeight {
  readonly path: string;
  readonly variable: Variable;
}

/** What makes layers of a class again from a saved model. */
export interface LayerClass {
  readonly className: string;
  /** @throws {DataError} when the configuration does not fit */
  fromConfig(config: JsonObject): Layer;
}

interface OwnWeight {
  readonly name: string;
  readonly variable: Variable;
  readonly trainable: boolean;
  readonly regularizer: Regularizer | undefined;
}

/**
 * Base of all layers. Subclass it for a layer of your own: make weights in `build`, compute in `call`, and say how it
 * is saved with a static `className`, `getConfig` and a static `fromConfig`.
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
export abstract class Layer {
  /** The name under which the class is saved. */
  abstract readonly className: string;
  readonly dtype: DType;
  /** Shape of one input without the batch axis, where it was given. */
  readonly inputShape: LayerShape | undefined;
  /** Whether training changes the weights. A change takes effect with the next `compile` of the model. */
  trainable: boolean;

  #name: string | undefined;
  #path: string | undefined;
  #owner: string | undefined;
  #builtShape: LayerShape | undefined;
  readonly #weights: OwnWeight[] = [];

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
    this.trainable = trainable;
    this.dtype = dtype;
    this.inputShape = inputShape;
  }

  /** Computes the output. `inputs` has the dtype it came with; weights have the layer's dtype. */
  abstract call(inputs: Tensor, context: CallContext): Tensor;

  /** The shape of the output for an input shape. */
  abstract computeOutputShape(inputShape: LayerShape): LayerShape;

  /** Makes the weights, with `addWeight`. Called once, with the shape of the first input. */
  build(_inputShape: LayerShape): void {}

  /** The layer's name: the one given, or the one its model chose. */
  get name(): string {
    return this.#name ?? snakeCase(this.className);
  }

  /** Whether the user chose the name. */
  get hasName(): boolean {
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

  get built(): boolean {
    return this.#builtShape !== undefined;
  }

  /** The input shape the layer was built for. */
  get builtShape(): LayerShape | undefined {
    return this.#builtShape;
  }

  /** Layers inside this one. */
  get children(): readonly Layer[] {
    return [];
  }

  /** Random generators of the layer's own, whose state belongs into checkpoints. */
  get generators(): readonly Generator[] {
    return this.children.flatMap((child) => child.generators);
  }

  /** Names the layer within a model; weights made from then on carry the path. Called by models. */
  attach(name: string, path: string, owner: string | undefined): void {
    this.#name = name;
    this.#path = path;
    this.#owner = owner;
  }

  /** Builds the weights for an input shape, once. */
  ensureBuilt(inputShape: LayerShape): void {
    if (this.built) return;
    withScope(this.scope, () => this.build(inputShape));
    this.#builtShape = inputShape;
  }

  /**
   * Calls the layer.
   *
   * @param inputs  the batch comes first
   * @param context training or not (default: not)
   */
  apply(inputs: Tensor, context: CallContext = inferenceContext): Tensor {
    this.ensureBuilt([null, ...inputs.shape.slice(1)]);
    return withScope(this.scope, () => this.call(inputs, context));
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

  /** All weights with their places. */
  namedWeights(): readonly NamedWeight[] {
    return [
      ...this.#weights.map(({ name, variable }) => ({ path: `${this.path}/${name}`, variable })),
      ...this.children.flatMap((child) => child.namedWeights()),
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

  /** What `fromConfig` needs, as plain JSON. Subclasses add their own entries. */
  getConfig(): JsonObject {
    return {
      name: this.name,
      trainable: this.trainable,
      dtype: this.dtype,
      inputShape: this.inputShape ?? null,
    };
  }

  toString(): string {
    return `${this.className} "${this.name}"`;
  }

  /** What `console.log` shows. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }

  /** Makes a weight; for `build`. */
  protected addWeight(name: string, shape: readonly number[], options: WeightOptions): Variable {
    const { initializer, regularizer, trainable = true } = options;
    const path = `${this.path}/${name}`;
    const given = activeInitialValues();
    const initial =
      given === undefined ? initializer.make(shape, this.dtype) : given(path, shape, this.dtype);
    const made = variable(initial, { name: path, trainable });
    this.#weights.push({ name, variable: made, trainable, regularizer });
    return made;
  }
}
