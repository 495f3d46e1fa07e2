/**
 * What the blocks of Transformers share: sublayers that are added to what they were given, normalized before (pre-norm)
 * or after (post-norm), and the network that is applied to every step.
 */
import type { JsonObject, ConfigReader as Reader, Tensor } from '@hadal/core';
import { ArgumentError, dropout as drop, isFloat } from '@hadal/core';
import { serializeActivation } from '../../activations';
import { type ActivationLike, checkActivation, requireActivation } from '../../all-activations';
import type { Initializer } from '../../initializers/initializer';
import {
  type InitializerLike,
  readInitializer,
  resolveInitializer,
  serializeInitializer,
} from '../../initializers/table';
import type { CallContext } from '../../layer/context';
import type { AnyLayer, Layer, LayerOptions } from '../../layer/layer';
import { maskOf, withMask } from '../../layer/mask';
import { inputList, OneOrMoreLayer, shapeList } from '../../layer/one-or-more';
import { readLayerOptions } from '../../layer/options';
import { requireDropoutRate, requirePositiveInteger } from '../../layer/rules';
import { formatLayerShape, type LayerShape, requireExtent, requireRank } from '../../layer/shape';
import { MultiHeadAttention } from '../attention/multi-head';
import { Dense } from '../dense/dense';
import { LayerNormalization } from '../normalization/layer-normalization';

export interface TransformerOptions extends LayerOptions {
  /** Part of what each sublayer gives, and of the weights of attention, that is dropped in training (default 0). */
  readonly dropout?: number;
  /** Between the two maps that are applied to every step (default relu). */
  readonly activation?: ActivationLike;
  /** Added to variances (default 1e-5). */
  readonly layerNormEpsilon?: number;
  /** Default glorotUniform. */
  readonly kernelInitializer?: InitializerLike;
  /** Default zeros. */
  readonly biasInitializer?: InitializerLike;
  /** Normalizes what goes into a sublayer (pre-norm) instead of the sum that comes out (post-norm, the default). */
  readonly normalizeFirst?: boolean;
}

/** Base of Transformer blocks. The width of the inputs stays. */
export abstract class TransformerBlock extends OneOrMoreLayer {
  readonly intermediateDim: number;
  readonly numHeads: number;
  readonly dropout: number;
  readonly activation: ActivationLike;
  readonly layerNormEpsilon: number;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly normalizeFirst: boolean;
  #owner: string | undefined;
  #children: readonly AnyLayer[] = [];

  constructor(where: string, intermediateDim: number, numHeads: number, options: TransformerOptions) {
    super(options);
    this.intermediateDim = requirePositiveInteger(where, 'intermediateDim', intermediateDim);
    this.numHeads = requirePositiveInteger(where, 'numHeads', numHeads);
    this.dropout = requireDropoutRate(where, 'dropout', options.dropout ?? 0);
    this.activation = checkActivation(options.activation ?? 'relu');
    this.layerNormEpsilon = options.layerNormEpsilon ?? 1e-5;
    this.kernelInitializer = resolveInitializer(options.kernelInitializer ?? 'glorotUniform');
    this.biasInitializer = resolveInitializer(options.biasInitializer ?? 'zeros');
    this.normalizeFirst = options.normalizeFirst ?? false;
  }

  override get children(): readonly AnyLayer[] {
    return this.#children;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override attach(name: string, path: string, owner: string | undefined): void {
    this.#owner = owner;
    super.attach(name, path, owner);
  }

  /** Takes layers in, in the order of their weights; their sizes follow from that of the inputs. */
  protected adopt(layers: readonly AnyLayer[]): void {
    this.#children = layers;
    for (const layer of layers) layer.attach(layer.name, `${this.path}/${layer.name}`, this.#owner);
  }

  /** The width of sequences [batch, length, width], which the heads divide among them. */
  protected widthOf(inputShape: LayerShape | readonly LayerShape[]): number {
    const [sequence = []] = shapeList(inputShape);
    requireRank(this.className, sequence, 3, '[batch, length, width]');
    const width = requireExtent(this.className, sequence, 2, 'the width');
    if (width >= this.numHeads) return width;
    throw new ArgumentError(
      this.className,
      `the input ${formatLayerShape(sequence)} is ${width} wide, and there are ${this.numHeads} heads.`,
      'Every head needs at least one feature: use fewer heads.',
    );
  }

  protected makeAttention(name: string, width: number, useCausalMask = false): MultiHeadAttention {
    const { numHeads, dropout, dtype, kernelInitializer, biasInitializer } = this;
    return new MultiHeadAttention(numHeads, Math.floor(width / numHeads), {
      name,
      dropout,
      dtype,
      kernelInitializer,
      biasInitializer,
      useCausalMask,
    });
  }

  protected makeNormalization(name: string): LayerNormalization {
    return new LayerNormalization({ name, epsilon: this.layerNormEpsilon, dtype: this.dtype });
  }

  /** The two maps that are applied to every step. */
  protected makeFeedforward(width: number): readonly [inner: Dense, outer: Dense] {
    const { dtype, activation, kernelInitializer, biasInitializer } = this;
    const options = { dtype, kernelInitializer, biasInitializer };
    return [
      new Dense(this.intermediateDim, { ...options, activation, name: 'feedforward_intermediate_dense' }),
      new Dense(width, { ...options, name: 'feedforward_output_dense' }),
    ];
  }

  /** The first of the inputs, in floating point, with its mask. */
  protected sequenceIn(inputs: Tensor | readonly Tensor[]): Tensor {
    const [x] = inputList(inputs);
    if (x === undefined) throw new ArgumentError(this.scope, 'got no inputs.');
    return isFloat(x.dtype) ? x : withMask(x.cast(this.dtype), maskOf(x));
  }

  /** A sublayer whose result is added to what it was given. */
  protected added(
    x: Tensor,
    normalization: Layer,
    context: CallContext,
    sublayer: (x: Tensor) => Tensor,
  ): Tensor {
    const given = this.normalizeFirst ? normalization.apply(x, context) : x;
    const result = sublayer(given);
    const kept = context.training && this.dropout > 0 ? drop(result, this.dropout) : result;
    const sum = withMask(x.add(kept), maskOf(x));
    return this.normalizeFirst ? sum : normalization.apply(sum, context);
  }

  override computeOutputShape(inputShape: LayerShape | readonly LayerShape[]): LayerShape {
    const [sequence = []] = shapeList(inputShape);
    return sequence;
  }

  override computeMask(inputs: Tensor | readonly Tensor[]): readonly (Tensor | undefined)[] {
    const [x] = inputList(inputs);
    return [x && maskOf(x)];
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      intermediateDim: this.intermediateDim,
      numHeads: this.numHeads,
      dropout: this.dropout,
      activation: serializeActivation(this.className, this.activation),
      layerNormEpsilon: this.layerNormEpsilon,
      kernelInitializer: serializeInitializer(this.kernelInitializer),
      biasInitializer: serializeInitializer(this.biasInitializer),
      normalizeFirst: this.normalizeFirst,
    };
  }
}

/** What `getConfig` wrote. */
export const readTransformer = (
  reader: Reader,
): { readonly intermediateDim: number; readonly numHeads: number; readonly options: TransformerOptions } => ({
  intermediateDim: reader.integer('intermediateDim'),
  numHeads: reader.integer('numHeads'),
  options: {
    ...readLayerOptions(reader),
    dropout: reader.number('dropout', 0),
    activation: requireActivation(reader.string('activation', 'relu')),
    layerNormEpsilon: reader.number('layerNormEpsilon', 1e-5),
    kernelInitializer: readInitializer(reader, 'kernelInitializer', 'glorotUniform'),
    biasInitializer: readInitializer(reader, 'biasInitializer', 'zeros'),
    normalizeFirst: reader.boolean('normalizeFirst', false),
  },
});
