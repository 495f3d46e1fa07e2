/** The input of a model: it computes nothing and says what shape and dtype come in. */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, DTYPES } from '@hadal/core';
import { Layer, type LayerOptions } from '../layer/layer';
import { readLayerOptions } from '../layer/options';
import type { LayerShape } from '../layer/shape';

export interface InputLayerOptions extends Omit<LayerOptions, 'inputShape' | 'dtype'> {
  /** Dtype to which inputs are cast (default float32). */
  readonly dtype?: DType;
}

/** The first layer of a model whose input shape is known before any data. */
export class InputLayer extends Layer {
  static readonly className = 'InputLayer';
  readonly className = InputLayer.className;
  /** Dtype to which inputs are cast. */
  readonly inputDType: DType;

  /** @param shape the shape of one input, without the batch axis */
  constructor(shape: LayerShape, options: InputLayerOptions = {}) {
    const { dtype = 'float32', ...rest } = options;
    super({ ...rest, inputShape: shape });
    this.inputDType = dtype;
  }

  override call(inputs: Tensor): Tensor {
    return inputs.cast(this.inputDType);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), inputDType: this.inputDType };
  }

  static fromConfig(config: JsonObject): InputLayer {
    const reader = new ConfigReader(InputLayer.className, config);
    const { name, trainable, inputShape } = readLayerOptions(reader);
    const dtype = reader.choice('inputDType', DTYPES, 'float32');
    reader.done();
    if (inputShape === undefined) throw new ArgumentError('InputLayer', 'inputShape is missing.');
    return new InputLayer(inputShape, { name, trainable, dtype });
  }
}

/** Makes an {@link InputLayer}. */
export const inputLayer = (shape: LayerShape, options?: InputLayerOptions): InputLayer =>
  new InputLayer(shape, options);
