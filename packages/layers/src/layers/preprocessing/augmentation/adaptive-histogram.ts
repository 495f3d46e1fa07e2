/** Spreads the values of pixels by the histograms of what is around them. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  arange,
  clip,
  concat,
  cumSum,
  gather,
  minimum,
  ones,
  padWith,
  permute,
  scatterAdd,
  tensor,
  zeros,
} from '@hadal/core';
import { fromEntries, optional, readAxes } from '../../../layer/options';
import { type Pair, requirePair } from '../../../layer/rules';
import { sizeOf } from '../image-layer';
import { PixelAugmentation, type PixelOptions, readPixelOptions } from './augmentation';
import { between, PIXEL_RANGE } from './factor';

export interface ContrastLimitedAdaptiveHistogramEqualizationOptions extends PixelOptions {
  /** How often a value may count, as a multiple of what it would if all were as frequent (default 4); 0 for no limit. */
  readonly clipLimit?: number;
  /** How many tiles have histograms of their own, down and across (default 8). */
  readonly tileGridSize?: Pair;
}

/** Values that are told apart. */
const BINS = 256;

/** For every position on an axis the tiles before and after it, and how much the later one counts. */
interface Between {
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly share: Float32Array;
}

/** @param tile extent of a tile; the tiles at the edges are there twice */
function tilesBetween(extent: number, tile: number, tiles: number): Between {
  const places = Array.from({ length: extent }, (_, at) => (at - tile / 2) / tile + 1);
  const inside = (index: number): number => Math.min(Math.max(index, 0), tiles + 1);
  return {
    before: Int32Array.from(places, (place) => inside(Math.floor(place))),
    after: Int32Array.from(places, (place) => inside(Math.floor(place) + 1)),
    share: Float32Array.from(places, (place) => place - Math.floor(place)),
  };
}

/**
 * Equalizes the histogram of every tile of an image, with a limit to how much contrast grows (CLAHE), in training and in
 * use. Between the middles of tiles values are interpolated.
 *
 * Source: Zuiderveld (1994).
 *
 * @example
 * contrastLimitedAdaptiveHistogramEqualization().apply(zeros([1, 64, 64, 3])).shape; // [1, 64, 64, 3]
 */
export class ContrastLimitedAdaptiveHistogramEqualization extends PixelAugmentation {
  static readonly className = 'ContrastLimitedAdaptiveHistogramEqualization';
  readonly className = ContrastLimitedAdaptiveHistogramEqualization.className;
  readonly clipLimit: number;
  readonly tileGridSize: readonly [number, number];

  /** @throws {ArgumentError} when an option is out of range */
  constructor(options: ContrastLimitedAdaptiveHistogramEqualizationOptions = {}) {
    const where = 'ContrastLimitedAdaptiveHistogramEqualization';
    super(where, options);
    this.clipLimit = options.clipLimit ?? 4;
    this.tileGridSize = requirePair(where, 'tileGridSize', options.tileGridSize ?? 8);
    if (!(this.clipLimit >= 0)) {
      throw new ArgumentError(where, `clipLimit is ${this.clipLimit}; expected a number of at least 0.`);
    }
  }

  protected override keep(images: Tensor): Tensor {
    return this.augment(images);
  }

  override augment(images: Tensor): Tensor {
    const [batch = 1, , , channels = 1] = images.shape;
    const [height, width] = sizeOf(images);
    const [rows, columns] = this.tileGridSize;
    const [tall, wide] = [Math.ceil(height / rows), Math.ceil(width / columns)];
    const margins = [0, tall * rows - height, wide * columns - width, 0].map((each) => [0, each] as const);
    const scaled = between(images, this.valueRange, PIXEL_RANGE);
    const pixels = clip(padWith(scaled, margins, 'symmetric'), ...PIXEL_RANGE).cast('int32');
    const tables = this.#tables(
      permute(pixels.reshape([batch, rows, tall, columns, wide, channels]), [0, 1, 3, 5, 2, 4]),
    );
    const flat = doubledEdges(doubledEdges(tables, 1), 2).reshape([
      batch * (rows + 2) * (columns + 2) * channels * BINS,
    ]);

    const [y, x] = [tilesBetween(height, tall, rows), tilesBetween(width, wide, columns)];
    const own = pixels.slice([0, 0, 0, 0], [batch, height, width, channels]);
    const along = (values: Int32Array | Float32Array, axis: number, stride: number): Tensor =>
      tensor(values, { shape: [0, 1, 2, 3].map((each) => (each === axis ? values.length : 1)) }).mul(stride);
    const counting = (count: number): Int32Array => Int32Array.from({ length: count }, (_, i) => i);
    const perRow = (columns + 2) * channels * BINS;
    const base = own
      .add(along(counting(channels), 3, BINS))
      .add(along(counting(batch), 0, (rows + 2) * perRow));
    const read = (down: Int32Array, across: Int32Array): Tensor =>
      gather(flat, base.add(along(down, 1, perRow)).add(along(across, 2, channels * BINS)));
    const mix = (a: Tensor, b: Tensor, share: Tensor): Tensor => a.add(b.sub(a).mul(share));
    const right = along(x.share, 2, 1);
    const upper = mix(read(y.before, x.before), read(y.before, x.after), right);
    const lower = mix(read(y.after, x.before), read(y.after, x.after), right);
    return between(mix(upper, lower, along(y.share, 1, 1)).cast(images.dtype), PIXEL_RANGE, this.valueRange);
  }

  /** For each tile what becomes of every value: [batch, rows, columns, channels, BINS] of tiles with two more axes. */
  #tables(tiles: Tensor): Tensor {
    const [tall = 1, wide = 1] = tiles.shape.slice(4);
    const kinds = tiles.shape.slice(0, 4);
    const count = kinds.reduce((product, extent) => product * extent, 1);
    const size = tall * wide;
    const place = tiles.reshape([count, size]).add(arange(count).cast('int32').mul(BINS).reshape([count, 1]));
    const counted = scatterAdd(zeros([count * BINS]), place.reshape([count * size]), ones([count * size]));
    const histograms = counted.reshape([count, BINS]);
    const sums = cumSum(
      this.clipLimit === 0 ? histograms : limited(histograms, (this.clipLimit * size) / BINS),
      1,
    );
    const least = sums.slice([0, 0], [count, 1]);
    const others = least.neg().add(size);
    const spread = sums.sub(least).mul(PIXEL_RANGE[1]).div(others.equal(0).cast('float32').add(others));
    return clip(spread, ...PIXEL_RANGE).reshape([...kinds, BINS]);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), clipLimit: this.clipLimit, tileGridSize: this.tileGridSize };
  }

  static fromConfig(config: JsonObject): ContrastLimitedAdaptiveHistogramEqualization {
    const pair = (reader: ConfigReader): Pair | undefined =>
      optional(reader, 'tileGridSize', (key) => readAxes(reader, key) as Pair);
    return fromEntries(
      ContrastLimitedAdaptiveHistogramEqualization.className,
      config,
      (reader) =>
        new ContrastLimitedAdaptiveHistogramEqualization({
          ...readPixelOptions(reader),
          clipLimit: optional(reader, 'clipLimit', (key) => reader.number(key)),
          tileGridSize: pair(reader),
        }),
    );
  }
}

/** Histograms in which nothing counts more than a limit; what is cut off is spread over all values. */
function limited(histograms: Tensor, limit: number): Tensor {
  const cutOff = minimum(histograms, limit);
  return cutOff.add(histograms.sub(cutOff).sum({ axis: 1, keepDims: true }).div(BINS));
}

/** The first and the last position of an axis twice. */
function doubledEdges(x: Tensor, axis: number): Tensor {
  const part = (from: number, to: number): Tensor =>
    x.slice(
      x.shape.map((_, each) => (each === axis ? from : 0)),
      x.shape.map((extent, each) => (each === axis ? to : extent)),
    );
  const extent = x.shape[axis] ?? 1;
  return concat([part(0, 1), x, part(extent - 1, extent)], axis);
}

/** Makes a {@link ContrastLimitedAdaptiveHistogramEqualization} layer. */
export const contrastLimitedAdaptiveHistogramEqualization = (
  options?: ContrastLimitedAdaptiveHistogramEqualizationOptions,
): ContrastLimitedAdaptiveHistogramEqualization => new ContrastLimitedAdaptiveHistogramEqualization(options);
