/** A layer applied to every step of a sequence. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import { type AnyLayer, Layer, type LayerOptions, type LayerReader, takesOne } from '../../layer/layer';
import { maskOf, withMask } from '../../layer/mask';
import { readLayerOptions } from '../../layer/options';
import { formatLayerShape, type LayerShape } from '../../layer/shape';

/**
 * Applies one layer to all steps: [batch, time, …] → [batch, time, …what the layer gives]. All steps are computed
 * together, as one batch of batch · time samples. Weights: those of the layer.
 *
 * @example
 * timeDistributed(dense(4)).apply(zeros([2, 10, 3])).shape; // [2, 10, 4]
 */
export class TimeDistributed extends Layer {
  static readonly className = 'TimeDistributed';
  readonly className = TimeDistributed.className;

  constructor(
    /** What is applied to every step. */
    readonly layer: Layer,
    options: LayerOptions = {},
  ) {
    super(options);
  }

  override get children(): readonly AnyLayer[] {
    return [this.layer];
  }

  override get supportsMasking(): boolean {
    return true;
  }

  override build(inputShape: LayerShape): void {
    this.layer.ensureBuilt(stepShape(inputShape));
  }

  override call(inputs: Tensor, context: CallContext): Tensor {
    const [batch = 1, time = 1, ...rest] = inputs.shape;
    const steps = inputs.reshape([batch * time, ...rest]);
    const mask = maskOf(inputs);
    // A mask of batch and time says nothing about the inside of a step.
    if (mask !== undefined && mask.rank > 2) {
      withMask(steps, mask.reshape([batch * time, ...mask.shape.slice(2)]));
    }
    const outputs = this.layer.apply(steps, context);
    return outputs.reshape([batch, time, ...outputs.shape.slice(1)]);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    const [batch = null, time = null] = inputShape;
    return [batch, time, ...this.layer.computeOutputShape(stepShape(inputShape)).slice(1)];
  }

  override getConfig(): JsonObject {
    const { layer } = this;
    return { ...super.getConfig(), layer: { className: layer.className, config: layer.getConfig() } };
  }

  static fromConfig(config: JsonObject, read: LayerReader): TimeDistributed {
    const reader = new ConfigReader(TimeDistributed.className, config);
    const options = readLayerOptions(reader);
    const layer = read('layer', reader.value('layer'));
    reader.done();
    if (!takesOne(layer)) {
      throw new ArgumentError('TimeDistributed', `${layer.className} takes several inputs.`);
    }
    return new TimeDistributed(layer, options);
  }
}

function stepShape(shape: LayerShape): LayerShape {
  const [batch = null, , ...rest] = shape;
  if (shape.length >= 3) return [batch, ...rest];
  throw new ArgumentError(
    'TimeDistributed',
    `the input has shape ${formatLayerShape(shape)}.`,
    'Expected [batch, time, …] with at least one axis for each step.',
  );
}

/** Makes a {@link TimeDistributed} layer. */
export const timeDistributed = (layer: Layer, options?: LayerOptions): TimeDistributed =>
  new TimeDistributed(layer, options);
