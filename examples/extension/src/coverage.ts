/** A metric of one's own, a mean of values, which the base gathers. */
import {
  ConfigReader,
  greaterEqual,
  type JsonObject,
  lessEqual,
  logicalAnd,
  slice,
  type Tensor,
} from '@hadal/core';
import { MeanMetric } from '@hadal/layers';

/**
 * The part of targets between the first and the last column of the outputs: how often an interval held.
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: new Pinball([0.1, 0.5, 0.9]), metrics: [new Coverage()] });
 */
export class Coverage extends MeanMetric {
  static readonly className = 'Coverage';
  readonly className = Coverage.className;
  readonly direction = 'up';

  constructor(name = 'coverage') {
    super(name);
  }

  protected override values(yTrue: Tensor, yPred: Tensor): Tensor {
    const [rows = 0, columns = 1] = yPred.shape;
    const [low, high] = [slice(yPred, [0, 0], [rows, 1]), slice(yPred, [0, columns - 1])];
    return logicalAnd(greaterEqual(yTrue, low), lessEqual(yTrue, high));
  }

  override getConfig(): JsonObject {
    return { name: this.name };
  }

  static fromConfig(config: JsonObject): Coverage {
    const reader = new ConfigReader(Coverage.className, config);
    const name = reader.string('name');
    reader.done();
    return new Coverage(name);
  }
}
