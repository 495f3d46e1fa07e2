/** A factor for each channel at the end of a residual branch, near 0 at first. */
import { ConfigReader, type JsonObject, type Tensor, type Variable } from '@hadal/core';
import { Constant, Layer, type LayerOptions, type LayerShape, readLayerOptions } from '@hadal/layers';
import { channelsOf } from './parts';

/**
 * x · gamma, a factor per channel. Weight: `gamma` [channels]. Source: Touvron et al. (2021).
 */
export class LayerScale extends Layer {
  static readonly className = 'LayerScale';
  readonly className = LayerScale.className;
  #gamma: Variable | undefined;

  /** @param initValue what the factors begin as */
  constructor(
    readonly initValue: number,
    options: LayerOptions = {},
  ) {
    super(options);
  }

  override build(inputShape: LayerShape): void {
    const initializer = new Constant(this.initValue);
    this.#gamma = this.addWeight('gamma', [channelsOf({ shape: inputShape })], { initializer });
  }

  override call(inputs: Tensor): Tensor {
    return inputs.mul(this.#gamma!.value);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), initValue: this.initValue };
  }

  static fromConfig(config: JsonObject): LayerScale {
    const reader = new ConfigReader(LayerScale.className, config);
    const options = readLayerOptions(reader);
    const initValue = reader.number('initValue');
    reader.done();
    return new LayerScale(initValue, options);
  }
}
