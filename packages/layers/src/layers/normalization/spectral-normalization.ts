/** Spectral normalization: the kernel of a layer is divided by its greatest singular value. */
import type { JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, all, ConfigReader, equal, matmul, normalize, stopGradient, where } from '@hadal/core';
import { TruncatedNormal } from '../../initializers/random';
import type { CallContext } from '../../layer/context';
import { type AnyLayer, Layer, type LayerOptions, type LayerReader, takesOne } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';

/** The spread with which the vector begins. */
const VECTOR_DEVIATION = 0.02;

export interface SpectralNormalizationOptions extends LayerOptions {
  /** How often the estimate of the singular vector is improved at every training step (default 1). */
  readonly powerIterations?: number;
}

/**
 * Wraps a layer. In training its kernel (or embeddings) is divided by its greatest singular value, which bounds how
 * much the layer stretches what it is given; the singular value is estimated by power iteration from one step to the
 * next. Shapes are those of the layer. Weights: `vector_u` [1, columns of the kernel], which is not trained, and those
 * of the layer.
 *
 * Source: Miyato et al. (2018).
 *
 * @example
 * const critic = sequential([spectralNormalization(dense(64, { activation: 'leakyRelu' })), dense(1)]);
 */
export class SpectralNormalization extends Layer {
  static readonly className = 'SpectralNormalization';
  readonly className = SpectralNormalization.className;
  /** The layer whose kernel is normalized. */
  readonly layer: Layer;
  readonly powerIterations: number;
  #vector: Variable | undefined;

  constructor(layer: Layer, options: SpectralNormalizationOptions = {}) {
    super(options);
    this.layer = layer;
    this.powerIterations = requirePositiveInteger(
      'SpectralNormalization',
      'powerIterations',
      options.powerIterations ?? 1,
    );
  }

  override get children(): readonly AnyLayer[] {
    return [this.layer];
  }

  override get supportsMasking(): boolean {
    return this.layer.supportsMasking;
  }

  override computeMask(inputs: Tensor, outputs: Tensor): readonly (Tensor | undefined)[] {
    return this.layer.computeMask(inputs, outputs);
  }

  override build(inputShape: LayerShape): void {
    this.layer.ensureBuilt(inputShape);
    this.#vector = this.addWeight('vector_u', [1, this.#kernel.shape.at(-1) ?? 1], {
      initializer: new TruncatedNormal({ stddev: VECTOR_DEVIATION }),
      trainable: false,
    });
  }

  /** The weight that is normalized. */
  get #kernel(): Variable {
    const weights = this.layer.innerWeights();
    const found =
      weights.find(({ path }) => path === 'kernel') ?? weights.find(({ path }) => path === 'embeddings');
    if (found !== undefined) return found.variable;
    throw new ArgumentError(
      'SpectralNormalization',
      `${this.layer} has neither a kernel nor embeddings.`,
      'Wrap a layer with a kernel, such as dense or conv2d.',
    );
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    if (context.training) this.#normalize();
    return this.layer.apply(inputs, context);
  }

  #normalize(): void {
    const kernel = stopGradient(this.#kernel.value);
    const matrix = kernel.reshape([-1, kernel.shape.at(-1) ?? 1]);
    const whole = { axis: [0, 1] };
    const start = this.#vector!.value;
    let right = start;
    let left = right;
    for (let step = 0; step < this.powerIterations; step++) {
      left = normalize(matmul(right, matrix, { transposeB: true }), whole);
      right = normalize(matmul(left, matrix), whole);
    }
    const isNothing = all(equal(kernel, 0));
    const greatest = matmul(matmul(left, matrix), right, { transposeB: true }).reshape([]);
    this.#vector!.assign(where(isNothing, start, right));
    this.#kernel.assign(kernel.div(where(isNothing, 1, greatest)));
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return this.layer.computeOutputShape(inputShape);
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      layer: { className: this.layer.className, config: this.layer.getConfig() },
      powerIterations: this.powerIterations,
    };
  }

  static fromConfig(config: JsonObject, read: LayerReader): SpectralNormalization {
    const where = SpectralNormalization.className;
    const reader = new ConfigReader(where, config);
    const layer = read(where, reader.value('layer'));
    if (!takesOne(layer)) throw new ArgumentError(where, `${layer} takes several inputs, expected one.`);
    const options = { ...readLayerOptions(reader), powerIterations: reader.integer('powerIterations', 1) };
    reader.done();
    return new SpectralNormalization(layer, options);
  }
}

/** Makes a {@link SpectralNormalization} around a layer. */
export const spectralNormalization = (
  layer: Layer,
  options?: SpectralNormalizationOptions,
): SpectralNormalization => new SpectralNormalization(layer, options);
