/** Adds zeros at the ends of spatial axes. */
import type { DataFormat, JsonObject, Tensor } from '@hadal/core';
import { pad } from '@hadal/core';
import { readDataFormat, requireDataFormat } from '../../layer/data-format';
import type { LayerOptions } from '../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../layer/options';
import { readSides, type SidePair, type Sides, SidesLayer } from './sides';

export interface ZeroPaddingOptions extends LayerOptions {
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

abstract class ZeroPadding extends SidesLayer {
  constructor(where: string, spatial: number, padding: Sides, options: ZeroPaddingOptions) {
    super(where, spatial, 'padding', padding, requireDataFormat(where, options.dataFormat), options);
  }

  get padding(): readonly SidePair[] {
    return this.sides;
  }

  protected override extentAfter(extent: number, [before, after]: SidePair): number {
    return extent + before + after;
  }

  override call(inputs: Tensor): Tensor {
    this.computeOutputShape(inputs.shape);
    return pad(inputs, this.pairs());
  }
}

/**
 * Adds zeros at the ends of sequences [batch, steps, channels].
 *
 * @example
 * zeroPadding1d([1, 2]).apply(zeros([2, 6, 3])).shape; // [2, 9, 3]
 */
export class ZeroPadding1D extends ZeroPadding {
  static readonly className = 'ZeroPadding1D';
  readonly className = ZeroPadding1D.className;

  /** @param padding a number for all sides, or [before, after] (default 1) */
  constructor(padding: Sides = 1, options: ZeroPaddingOptions = {}) {
    super('ZeroPadding1D', 1, padding, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): ZeroPadding1D {
    return fromEntries(
      ZeroPadding1D.className,
      config,
      (reader) =>
        new ZeroPadding1D(
          optional(reader, 'padding', (key) => readSides(reader, key)),
          { ...readLayerOptions(reader), dataFormat: readDataFormat(reader) },
        ),
    );
  }
}

/** Makes a {@link ZeroPadding1D} layer. */
export const zeroPadding1d = (padding?: Sides, options?: ZeroPaddingOptions): ZeroPadding1D =>
  new ZeroPadding1D(padding, options);

/**
 * Adds zeros at the ends of images [batch, height, width, channels].
 *
 * @example
 * zeroPadding2d(1).apply(zeros([2, 6, 6, 3])).shape; // [2, 8, 8, 3]
 */
export class ZeroPadding2D extends ZeroPadding {
  static readonly className = 'ZeroPadding2D';
  readonly className = ZeroPadding2D.className;

  /** @param padding a number for all sides, one for each axis, or [before, after] for each (default 1) */
  constructor(padding: Sides = 1, options: ZeroPaddingOptions = {}) {
    super('ZeroPadding2D', 2, padding, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): ZeroPadding2D {
    return fromEntries(
      ZeroPadding2D.className,
      config,
      (reader) =>
        new ZeroPadding2D(
          optional(reader, 'padding', (key) => readSides(reader, key)),
          { ...readLayerOptions(reader), dataFormat: readDataFormat(reader) },
        ),
    );
  }
}

/** Makes a {@link ZeroPadding2D} layer. */
export const zeroPadding2d = (padding?: Sides, options?: ZeroPaddingOptions): ZeroPadding2D =>
  new ZeroPadding2D(padding, options);

/**
 * Adds zeros at the ends of volumes [batch, depth, height, width, channels].
 *
 * @example
 * zeroPadding3d(1).apply(zeros([2, 6, 6, 6, 3])).shape; // [2, 8, 8, 8, 3]
 */
export class ZeroPadding3D extends ZeroPadding {
  static readonly className = 'ZeroPadding3D';
  readonly className = ZeroPadding3D.className;

  /** @param padding a number for all sides, one for each axis, or [before, after] for each (default 1) */
  constructor(padding: Sides = 1, options: ZeroPaddingOptions = {}) {
    super('ZeroPadding3D', 3, padding, options);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), dataFormat: this.dataFormat };
  }

  static fromConfig(config: JsonObject): ZeroPadding3D {
    return fromEntries(
      ZeroPadding3D.className,
      config,
      (reader) =>
        new ZeroPadding3D(
          optional(reader, 'padding', (key) => readSides(reader, key)),
          { ...readLayerOptions(reader), dataFormat: readDataFormat(reader) },
        ),
    );
  }
}

/** Makes a {@link ZeroPadding3D} layer. */
export const zeroPadding3d = (padding?: Sides, options?: ZeroPaddingOptions): ZeroPadding3D =>
  new ZeroPadding3D(padding, options);
