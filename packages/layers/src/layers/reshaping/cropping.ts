/** Cuts off the ends of spatial axes. */
import type { DataFormat, JsonObject, Tensor } from '@hadal/core';
import { ShapeError, slice } from '@hadal/core';
import { readDataFormat, requireDataFormat } from '../../layer/data-format';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { formatLayerShape, type LayerShape } from '../../layer/shape';
import { readSides, type SidePair, type Sides, SidesLayer } from './sides';

export interface CroppingOptions extends LayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

abstract class Cropping extends SidesLayer {
  constructor(where: string, spatial: number, cropping: Sides, options: CroppingOptions) {
    super(where, spatial, 'cropping', cropping, requireDataFormat(where, options.dataFormat), options);
  }

  get cropping(): readonly SidePair[] {
    return this.sides;
  }

  protected override extentAfter(extent: number, [before, after]: SidePair, inputShape: LayerShape): number {
    const left = extent - before - after;
    if (left > 0) return left;
    throw new ShapeError(
      this.className,
      `cutting ${before} and ${after} off an extent of ${extent} leaves nothing of ${formatLayerShape(inputShape)}.`,
      'Cut less, or use larger inputs.',
    );
  }

  override call(inputs: Tensor): Tensor {
    this.computeOutputShape(inputs.shape);
    const pairs = this.pairs();
    return slice(
      inputs,
      pairs.map(([before]) => before),
      inputs.shape.map((extent, axis) => extent - (pairs[axis]?.[1] ?? 0)),
    );
  }
}

/**
 * Cuts off the ends of sequences [batch, steps, channels].
 *
 * @example
 * cropping1d([1, 2]).apply(zeros([2, 6, 3])).shape; // [2, 3, 3]
 */
export class Cropping1D extends Cropping {
  static readonly className = 'Cropping1D';
  readonly className = Cropping1D.className;

  /** @param cropping a number for all sides, or [before, after] (default 1) */
  constructor(cropping: Sides = 1, options: LayerOptions = {}) {
    super('Cropping1D', 1, cropping, options);
  }

  static fromConfig(config: JsonObject): Cropping1D {
    return fromEntries(
      Cropping1D.className,
      config,
      (reader) =>
        new Cropping1D(
          optional(reader, 'cropping', (key) => readSides(reader, key)),
          readLayerOptions(reader),
        ),
    );
  }
}

/** Makes a {@link Cropping1D} layer. */
export const cropping1d = (cropping?: Sides, options?: LayerOptions): Cropping1D =>
  new Cropping1D(cropping, options);

/**
 * Cuts off the ends of images [batch, height, width, channels].
 *
 * @example
 * cropping2d(1).apply(zeros([2, 6, 6, 3])).shape; // [2, 4, 4, 3]
 */
export class Cropping2D extends Cropping {
  static readonly className = 'Cropping2D';
  readonly className = Cropping2D.className;

  /** @param cropping a number for all sides, one for each axis, or [before, after] for each (default 0) */
  constructor(cropping: Sides = 0, options: CroppingOptions = {}) {
    super('Cropping2D', 2, cropping, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): Cropping2D {
    return fromEntries(
      Cropping2D.className,
      config,
      (reader) =>
        new Cropping2D(
          optional(reader, 'cropping', (key) => readSides(reader, key)),
          { ...readLayerOptions(reader), dataFormat: readDataFormat(reader) },
        ),
    );
  }
}

/** Makes a {@link Cropping2D} layer. */
export const cropping2d = (cropping?: Sides, options?: CroppingOptions): Cropping2D =>
  new Cropping2D(cropping, options);

/**
 * Cuts off the ends of volumes [batch, depth, height, width, channels].
 *
 * @example
 * cropping3d(1).apply(zeros([2, 6, 6, 6, 3])).shape; // [2, 4, 4, 4, 3]
 */
export class Cropping3D extends Cropping {
  static readonly className = 'Cropping3D';
  readonly className = Cropping3D.className;

  /** @param cropping a number for all sides, one for each axis, or [before, after] for each (default 1) */
  constructor(cropping: Sides = 1, options: CroppingOptions = {}) {
    super('Cropping3D', 3, cropping, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): Cropping3D {
    return fromEntries(
      Cropping3D.className,
      config,
      (reader) =>
        new Cropping3D(
          optional(reader, 'cropping', (key) => readSides(reader, key)),
          { ...readLayerOptions(reader), dataFormat: readDataFormat(reader) },
        ),
    );
  }
}

/** Makes a {@link Cropping3D} layer. */
export const cropping3d = (cropping?: Sides, options?: CroppingOptions): Cropping3D =>
  new Cropping3D(cropping, options);
