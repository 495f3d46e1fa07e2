/** Reshapes each sample. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, ShapeError } from '@hadal/core';
import { Layer, type LayerOptions } from '../../layer/layer';
import { readLayerOptions } from '../../layer/options';
import { formatLayerShape, knownSize, type LayerShape } from '../../layer/shape';

/**
 * [batch, …] → [batch, …targetShape]; one extent of the target may be -1 and follows from the others.
 *
 * @example
 * reshape([28, 28, 1]).apply(zeros([5, 784])).shape; // [5, 28, 28, 1]
 */
export class Reshape extends Layer {
  static readonly className = 'Reshape';
  readonly className = Reshape.className;

  constructor(
    /** Extents without the batch; -1 for the one that follows. */
    readonly targetShape: readonly number[],
    options: LayerOptions = {},
  ) {
    super(options);
    const open = targetShape.filter((extent) => extent === -1).length;
    if (
      open > 1 ||
      targetShape.some((extent) => !Number.isSafeInteger(extent) || extent < -1 || extent === 0)
    ) {
      throw new ArgumentError(
        'Reshape',
        `targetShape is [${targetShape}]; expected positive integers, one of which may be -1.`,
      );
    }
  }

  override build(inputShape: LayerShape): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: Tensor): Tensor {
    const [batch = 1] = inputs.shape;
    const shape = this.computeOutputShape(inputs.shape).slice(1);
    return inputs.reshape([batch, ...shape.map((extent) => extent ?? -1)]);
  }

  override computeOutputShape([batch = null, ...rest]: LayerShape): LayerShape {
    const size = knownSize(rest);
    const fixed = this.targetShape
      .filter((extent) => extent !== -1)
      .reduce((product, extent) => product * extent, 1);
    const open = this.targetShape.includes(-1);
    if (size === null) return [batch, ...this.targetShape.map((extent) => (extent === -1 ? null : extent))];
    if (open ? size % fixed !== 0 : size !== fixed) {
      throw new ShapeError(
        'Reshape',
        `a sample of shape ${formatLayerShape([batch, ...rest])} has ${size} elements and cannot become [${this.targetShape}].`,
        `The product of targetShape must be ${size}; one extent may be -1.`,
      );
    }
    return [batch, ...this.targetShape.map((extent) => (extent === -1 ? size / fixed : extent))];
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), targetShape: this.targetShape };
  }

  static fromConfig(config: JsonObject): Reshape {
    const reader = new ConfigReader(Reshape.className, config);
    const options = readLayerOptions(reader);
    const targetShape = reader.numbers('targetShape');
    reader.done();
    return new Reshape(targetShape, options);
  }
}

/** Makes a {@link Reshape} layer. */
export const reshape = (targetShape: readonly number[], options?: LayerOptions): Reshape =>
  new Reshape(targetShape, options);
