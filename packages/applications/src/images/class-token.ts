/** A step in front of all others in which a Transformer gathers what it makes of the whole. */
import { broadcastTo, ConfigReader, concat, type JsonObject, type Tensor, type Variable } from '@hadal/core';
import { Layer, type LayerShape, RandomNormal, readLayerOptions } from '@hadal/layers';
import { channelsOf } from './parts';

/** [batch, length, width] → [batch, length + 1, width]. Weight: `cls_token` [1, 1, width]. */
export class ClassToken extends Layer {
  static readonly className = 'ClassToken';
  readonly className = ClassToken.className;
  #token: Variable | undefined;

  override build(inputShape: LayerShape): void {
    const shape = [1, 1, channelsOf({ shape: inputShape })];
    this.#token = this.addWeight('cls_token', shape, { initializer: new RandomNormal({ stddev: 0.02 }) });
  }

  override call(inputs: Tensor): Tensor {
    const [batch = 1, , width = 1] = inputs.shape;
    return concat([broadcastTo(this.#token!.value, [batch, 1, width]), inputs], 1);
  }

  override computeOutputShape([batch = null, length = null, width = null]: LayerShape): LayerShape {
    return [batch, length === null ? null : length + 1, width];
  }

  static fromConfig(config: JsonObject): ClassToken {
    const reader = new ConfigReader(ClassToken.className, config);
    const options = readLayerOptions(reader);
    reader.done();
    return new ClassToken(options);
  }
}
