/** Multiplies and shifts: x · scale + offset. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, tensor } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { SameShapeLayer } from '../../layer/same-shape';

/** One number, or one for each position of the last axis. */
export type Scale = number | readonly number[];

function requireFinite(name: string, value: Scale): Scale {
  const list = typeof value === 'number' ? [value] : value;
  if (list.length > 0 && list.every(Number.isFinite)) return value;
  throw new ArgumentError(
    'Rescaling',
    `${name} is ${JSON.stringify(value)}; expected a number, or a list of them.`,
  );
}

/**
 * x · scale + offset, in training and in use: `rescaling(1 / 255)` brings pixels from [0, 255] to [0, 1],
 * `rescaling(1 / 127.5, -1)` to [-1, 1]. Input of any shape and dtype; the output has the layer's dtype.
 *
 * @example
 * await rescaling(2, 1).apply(tensor([1, 2])).data(); // Float32Array [3, 5]
 */
export class Rescaling extends SameShapeLayer {
  static readonly className = 'Rescaling';
  readonly className = Rescaling.className;
  /** What inputs are multiplied by. */
  readonly scale: Scale;
  /** What is added then. */
  readonly offset: Scale;

  /** @throws {ArgumentError} when scale or offset are not finite */
  constructor(scale: Scale, offset: Scale = 0, options: LayerOptions = {}) {
    super(options);
    this.scale = requireFinite('scale', scale);
    this.offset = requireFinite('offset', offset);
  }

  override call(inputs: Tensor): Tensor {
    const operand = (value: Scale): Tensor | number =>
      typeof value === 'number' ? value : tensor([...value], { dtype: this.dtype });
    return inputs.cast(this.dtype).mul(operand(this.scale)).add(operand(this.offset));
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), scale: this.scale, offset: this.offset };
  }

  static fromConfig(config: JsonObject): Rescaling {
    return fromEntries(
      Rescaling.className,
      config,
      (reader) =>
        new Rescaling(
          readScale(reader, 'scale'),
          optional(reader, 'offset', (key) => readScale(reader, key)),
          readLayerOptions(reader),
        ),
    );
  }
}

const readScale = (reader: ConfigReader, key: string): Scale =>
  typeof reader.value(key) === 'number' ? reader.number(key) : reader.numbers(key);

/** Makes a {@link Rescaling} layer. */
export const rescaling = (scale: Scale, offset?: Scale, options?: LayerOptions): Rescaling =>
  new Rescaling(scale, offset, options);
