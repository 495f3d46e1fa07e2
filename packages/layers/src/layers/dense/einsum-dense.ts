/** A dense layer whose product is an einsum. */
import type { ConfigReader, JsonObject, JsonValue, Tensor, Variable } from '@hadal/core';
import { ArgumentError, DataError, einsum, isFloat, ShapeError } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, activate, checkActivation, requireActivation } from '../../all-activations';
import type { CallContext } from '../../layer/context';
import { Layer, type LayerOptions } from '../../layer/layer';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { penalizeActivity } from '../../layer/rules';
import { formatLayerShape, type LayerShape } from '../../layer/shape';
import { readWeightRules, TrainingRules, type WeightRuleOptions } from '../../layer/training-rules';
import { type EinsumShapes, einsumShapes, parseEinsum } from './einsum-shapes';

export interface EinsumDenseOptions extends LayerOptions, WeightRuleOptions {
  /** Applied to the result (default linear). */
  readonly activation?: ActivationLike;
  /** Letters of the output that have a bias of their own; without it there is no bias. */
  readonly biasAxes?: string;
}

/**
 * `activation(einsum(equation, x, kernel) + bias)`, such as 'abc,cd->abd' for a dense layer over steps. The shape is that
 * of the output after the batch; null is the extent of the input, and axes that '...' stands for are left out. Weights:
 * `kernel` with the extents of its letters, `bias` with those of `biasAxes` and 1 between them.
 *
 * @example
 * einsumDense('abc,cde->abde', [null, 4, 8], { biasAxes: 'de' }).apply(zeros([2, 10, 32])).shape; // [2, 10, 4, 8]
 */
export class EinsumDense extends Layer {
  static readonly className = 'EinsumDense';
  readonly className = EinsumDense.className;
  readonly activation: ActivationLike;
  readonly biasAxes: string | undefined;
  readonly #rules: TrainingRules;
  #kernel: Variable | undefined;
  #bias: Variable | undefined;

  /** @throws {ArgumentError} when the equation is not one of an input and a kernel */
  constructor(
    /** Input, kernel and output by the letters of their axes. */
    readonly equation: string,
    /** Extents of the output without the batch; null where the input says. */
    readonly outputShape: number | LayerShape,
    options: EinsumDenseOptions = {},
  ) {
    super(options);
    const { output } = parseEinsum(equation);
    const { biasAxes } = options;
    const unknown = [...(biasAxes ?? '')].find((letter) => !output.letters.includes(letter));
    if (unknown !== undefined) {
      throw new ArgumentError(
        'EinsumDense',
        `the bias axis '${unknown}' is not in the output of '${equation}'.`,
      );
    }
    this.biasAxes = biasAxes;
    this.activation = checkActivation(options.activation ?? 'linear');
    this.#rules = new TrainingRules(options);
  }

  #shapesFor(inputShape: LayerShape): EinsumShapes {
    const partial = typeof this.outputShape === 'number' ? [this.outputShape] : this.outputShape;
    return einsumShapes(this.equation, inputShape, partial, this.biasAxes);
  }

  override build(inputShape: LayerShape): void {
    const { kernel, bias } = this.#shapesFor(inputShape);
    const known = (shape: LayerShape): readonly number[] =>
      shape.map((extent) => {
        if (extent !== null) return extent;
        throw new ShapeError(
          'EinsumDense',
          `the kernel of '${this.equation}' needs extents that ${formatLayerShape(inputShape)} leaves open.`,
          'Give them in inputShape, or in the shape of the output.',
        );
      });
    this.#kernel = this.addWeight('kernel', known(kernel), this.#rules.kernel);
    if (bias !== undefined) this.#bias = this.addWeight('bias', known(bias), this.#rules.bias);
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    const x = isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
    const product = einsum(this.equation, x, this.#kernel!.value);
    const output = activate(
      this.activation,
      this.#bias === undefined ? product : product.add(this.#bias.value),
    );
    penalizeActivity(this.#rules.activityRegularizer, output, context);
    return output;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return this.#shapesFor(inputShape).output;
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      equation: this.equation,
      outputShape: this.outputShape,
      activation: serializeActivation('EinsumDense', this.activation),
      biasAxes: this.biasAxes ?? null,
      ...this.#rules.getConfig(),
    };
  }

  static fromConfig(config: JsonObject): EinsumDense {
    return fromEntries(
      EinsumDense.className,
      config,
      (reader) =>
        new EinsumDense(reader.string('equation'), readOutputShape(reader), {
          ...readLayerOptions(reader),
          activation: requireActivation(reader.string('activation', 'linear')),
          biasAxes: reader.optionalString('biasAxes'),
          ...readWeightRules(reader),
        }),
    );
  }
}

function readOutputShape(reader: ConfigReader): number | LayerShape {
  const value = reader.value('outputShape');
  if (typeof value === 'number') return reader.integer('outputShape');
  const isExtent = (extent: JsonValue): extent is number | null =>
    extent === null || (Number.isSafeInteger(extent) && Number(extent) > 0);
  if (Array.isArray(value) && value.every(isExtent)) return value;
  throw new DataError('EinsumDense', 'outputShape must be a whole number, or a list of these and null.');
}

/** Makes an {@link EinsumDense} layer. */
export const einsumDense = (
  equation: string,
  outputShape: number | LayerShape,
  options?: EinsumDenseOptions,
): EinsumDense => new EinsumDense(equation, outputShape, options);
