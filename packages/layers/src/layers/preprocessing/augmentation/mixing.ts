/** Mixes the images of a batch with each other, and their labels with them. */
import type { ConfigReader, DataFormat, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  Generator,
  gather,
  isFloat,
  moveAxis,
  randomBeta,
  randomPermutation,
  where,
} from '@hadal/core';
import type { Replaced } from '../../../layer/arrangement';
import { type CallContext, inferenceContext } from '../../../layer/context';
import { requireDataFormat } from '../../../layer/data-format';
import { inputList, OneOrMoreLayer, shapeList } from '../../../layer/one-or-more';
import { fromEntries, optional } from '../../../layer/options';
import { type LayerShape, requireRank } from '../../../layer/shape';
import type { SymbolicTensor } from '../../../layer/symbolic';
import { type AugmentationOptions, readAugmentation } from './augmentation';
import { drawnBoxes } from './boxes';
import { drawn, type Factor, type Interval, oneEach, rangeOf, readFactor } from './factor';

/** Images and their labels, one-hot or otherwise in floating point. */
export type Labelled<T = Tensor> = readonly [images: T, labels: T];

/** How a batch is mixed. */
interface Mixture {
  readonly images: Tensor;
  /** For each image the one that it is mixed with. */
  readonly partners: Tensor;
  /** What is left of each image, [batch, 1, 1, 1]. */
  readonly share: Tensor;
}

/** In training, images alone or [images, labels] are mixed; in use nothing changes. */
abstract class Mixing extends OneOrMoreLayer {
  readonly dataFormat: DataFormat;
  readonly seed: number | undefined;
  readonly #generator: Generator | undefined;

  constructor(where: string, options: AugmentationOptions) {
    super(options);
    this.dataFormat = requireDataFormat(where, options.dataFormat);
    this.seed = options.seed;
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  /** @param images [batch, height, width, channels] */
  protected abstract mix(images: Tensor, generator: Generator | undefined): Mixture;

  /** Mixes images, or images and labels, which come back in the same arrangement. */
  override apply(inputs: Labelled, context?: CallContext): Labelled;
  override apply(inputs: Tensor, context?: CallContext): Tensor;
  override apply(inputs: Labelled<SymbolicTensor>): Labelled<SymbolicTensor>;
  override apply(inputs: SymbolicTensor): SymbolicTensor;
  override apply(
    inputs: Tensor | Labelled | SymbolicTensor | Labelled<SymbolicTensor>,
    context: CallContext = inferenceContext,
  ): Tensor & Labelled & SymbolicTensor & Labelled<SymbolicTensor> {
    // What comes out is arranged as what goes in, which the signatures say.
    return super.apply(inputs as Tensor, context) as Tensor &
      Labelled &
      SymbolicTensor &
      Labelled<SymbolicTensor>;
  }

  override call(inputs: Tensor | readonly Tensor[], { training }: CallContext): Tensor {
    const [given, labels, more] = inputList(inputs);
    if (given === undefined || more !== undefined) {
      throw new ArgumentError(
        this.scope,
        `got ${inputList(inputs).length} inputs.`,
        'Expected images, or [images, labels].',
      );
    }
    requireRank(this.scope, given.shape, 4, 'a batch of images');
    const images = isFloat(given.dtype) ? given : given.cast(this.dtype);
    const results = training
      ? this.#mixed(images, labels)
      : [images, ...(labels === undefined ? [] : [labels])];
    // The arrangement of the inputs, which `apply` says.
    return (labels === undefined ? results[0] : results) as Tensor;
  }

  #mixed(images: Tensor, labels: Tensor | undefined): readonly Tensor[] {
    if (labels !== undefined && !isFloat(labels.dtype)) {
      throw new ArgumentError(
        this.scope,
        `labels are ${labels.dtype}, and mixed ones lie between classes.`,
        'Make them one-hot: oneHot(labels, classes).',
      );
    }
    const isFirst = this.dataFormat === 'channelsFirst';
    const mixture = this.mix(isFirst ? moveAxis(images, 1, -1) : images, this.#generator);
    const mixed = isFirst ? moveAxis(mixture.images, -1, 1) : mixture.images;
    if (labels === undefined) return [mixed];
    const share = mixture.share
      .cast(labels.dtype)
      .reshape(labels.shape.map((extent, axis) => (axis === 0 ? extent : 1)));
    return [mixed, blended(labels, gather(labels, mixture.partners), share)];
  }

  override computeOutputShape(inputShape: LayerShape | readonly LayerShape[]): Replaced<Tensor, LayerShape> {
    const shapes = shapeList(inputShape);
    // As in `call`.
    return (shapes.length === 1 ? shapes[0] : shapes) as LayerShape;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat, seed: this.seed ?? null };
  }
}

const blended = (a: Tensor, b: Tensor, share: Tensor): Tensor => a.mul(share).add(b.mul(share.neg().add(1)));

/**
 * Blends each image of a batch with another one in training, and their labels alike: the share of the first is drawn
 * from a beta distribution.
 *
 * Images [batch, height, width, channels], or [images, labels] with labels in floating point; the same comes out.
 *
 * Source: Zhang et al. (2017).
 *
 * @param alpha both parameters of the beta distribution: the greater, the more images are alike in share
 * @example
 * const [x, y] = mixUp(0.2).apply([images, oneHot(classes, 10)], { ...inferenceContext, training: true });
 */
export class MixUp extends Mixing {
  static readonly className = 'MixUp';
  readonly className = MixUp.className;

  constructor(
    readonly alpha: number = 0.2,
    options: AugmentationOptions = {},
  ) {
    super('MixUp', options);
    if (!(alpha > 0 && Number.isFinite(alpha))) {
      throw new ArgumentError('MixUp', `alpha is ${alpha}; expected a number above 0.`);
    }
  }

  protected override mix(images: Tensor, generator: Generator | undefined): Mixture {
    const partners = randomPermutation(images.shape[0] ?? 1, { generator });
    const share = randomBeta(oneEach(images), this.alpha, this.alpha, { generator }).cast(images.dtype);
    return { images: blended(images, gather(images, partners), share), partners, share };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), alpha: this.alpha };
  }

  static fromConfig(config: JsonObject): MixUp {
    return fromEntries(
      MixUp.className,
      config,
      (reader) =>
        new MixUp(
          optional(reader, 'alpha', (key) => reader.number(key)),
          readAugmentation(reader),
        ),
    );
  }
}

/** Keeps the parameter of the beta distribution above 0. */
const LEAST_ALPHA = 1e-6;

/**
 * Puts a box of another image of the batch into each image in training, and mixes their labels by area. The area is
 * drawn from a beta distribution, whose parameters are drawn from a range in [0, 1].
 *
 * Images [batch, height, width, channels], or [images, labels] with labels in floating point; the same comes out.
 *
 * Source: Yun et al. (2019).
 *
 * @example
 * const [x, y] = cutMix().apply([images, oneHot(classes, 10)], { ...inferenceContext, training: true });
 */
export class CutMix extends Mixing {
  static readonly className = 'CutMix';
  readonly className = CutMix.className;
  readonly factor: Interval;

  constructor(factor: Factor = 1, options: AugmentationOptions = {}) {
    super('CutMix', options);
    this.factor = rangeOf('CutMix', 'factor', factor, [0, 1]);
  }

  protected override mix(images: Tensor, generator: Generator | undefined): Mixture {
    const alpha = drawn([1], this.factor, images, generator).add(LEAST_ALPHA).cast('float32');
    const kept = randomBeta(oneEach(images), alpha, alpha, { generator }).cast(images.dtype);
    const side = kept.neg().add(1).sqrt();
    const { inside, area } = drawnBoxes(images, [side, side], generator);
    const partners = randomPermutation(images.shape[0] ?? 1, { generator });
    return { images: where(inside, gather(images, partners), images), partners, share: area.neg().add(1) };
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), factor: this.factor };
  }

  static fromConfig(config: JsonObject): CutMix {
    const make = (reader: ConfigReader): CutMix =>
      new CutMix(readFactor(reader, 'factor'), readAugmentation(reader));
    return fromEntries(CutMix.className, config, make);
  }
}

/** Makes a {@link MixUp} layer. */
export const mixUp = (alpha?: number, options?: AugmentationOptions): MixUp => new MixUp(alpha, options);

/** Makes a {@link CutMix} layer. */
export const cutMix = (factor?: Factor, options?: AugmentationOptions): CutMix => new CutMix(factor, options);
