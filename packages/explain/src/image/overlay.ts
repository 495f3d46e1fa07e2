/**
 * Heat maps over images: where a model looked, drawn on what it looked at.
 */
import { ArgumentError, type HostArray } from '@hadal/core';
import { type ColorMapName, colorAt } from './color-map';
import { enlarge, imageExtents, type Picture, type PictureOptions, toPicture } from './picture';
import { magnitudePercentile, type Plane, resizeBilinear } from './plane';

export interface OverlayOptions extends PictureOptions {
  /**
   * Default 'blueRed' for a heat map with negative values (blue: against, red: for), 'inferno' for one without.
   */
  readonly colorMap?: ColorMapName;
  /** How much of the image the strongest heat covers, 0 to 1. Default 0.85. Where there is no heat the image shows. */
  readonly opacity?: number;
  /** How bright the image is under the heat, 0 (black) to 1 (as it is). Dimmed images let fine heat stand out. Default 1. */
  readonly brightness?: number;
  /** Magnitudes above this percentile all count as strongest, so that one outlier does not hide the rest. Default 99. */
  readonly percentile?: number;
  /** Every pixel of the image becomes a square of scale × scale pixels; the heat map is interpolated. Default 1. */
  readonly scale?: number;
}

export const OVERLAY_DEFAULTS = { opacity: 0.85, brightness: 1, percentile: 99, scale: 1 } as const;

/**
 * Draws a heat map over an image.
 *
 * @param image shape [height, width], [height, width, 1] or [height, width, 3]
 * @param heat  shape [h, w] or [h, w, channels], of any size; channels are summed and the map is stretched over the image
 * @param options colours, strength and size; see `OverlayOptions`
 * @returns a picture of scale · width × scale · height pixels
 * @throws {ShapeError} when a shape is not that of one image
 * @throws {ArgumentError} when an option is out of range or the heat map holds NaN or infinity
 * @example
 * const picture = overlay(image, heatMap, { scale: 8 });
 * await writeFile('where.png', encodePng(picture));
 */
export function overlay(image: HostArray, heat: HostArray, options: OverlayOptions = {}): Picture {
  const { opacity, brightness, percentile, scale } = { ...OVERLAY_DEFAULTS, ...options };
  requireBetween('opacity', opacity, 0, 1);
  requireBetween('brightness', brightness, 0, 1);
  requireBetween('percentile', percentile, 0, 100);
  const base = enlarge(toPicture(image, options), scale);
  const plane = heatPlane(heat);
  const signed = Array.from(plane.values).some((value) => value < 0);
  const colorMap = options.colorMap ?? (signed ? 'blueRed' : 'inferno');
  const strongest = magnitudePercentile(plane.values, percentile) || magnitudePercentile(plane.values, 100);
  const { values } = resizeBilinear(plane, base.width, base.height);

  const data = base.data.slice();
  for (let pixel = 0; pixel < values.length; pixel++) {
    const level = strongest === 0 ? 0 : Math.min(1, Math.max(-1, values[pixel]! / strongest));
    const color = colorAt(colorMap, colorMap === 'blueRed' ? (level + 1) / 2 : Math.abs(level));
    const cover = opacity * Math.abs(level);
    for (let index = 0; index < 3; index++) {
      const under = brightness * data[pixel * 3 + index]!;
      data[pixel * 3 + index] = Math.round(under + (color[index]! - under) * cover);
    }
  }
  return { width: base.width, height: base.height, data };
}

/** The heat map as a plane, its channels summed. */
function heatPlane(heat: HostArray): Plane {
  const { width, height, channels } = imageExtents('overlay', heat.shape);
  const values = new Float64Array(width * height);
  for (const [index, value] of heat.data.entries()) {
    if (!Number.isFinite(value)) {
      throw new ArgumentError(
        'overlay',
        `the heat map holds ${value} at element ${index}; expected finite numbers.`,
      );
    }
    const pixel = Math.floor(index / channels);
    values[pixel] = values[pixel]! + value;
  }
  return { width, height, values };
}

function requireBetween(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new ArgumentError('overlay', `${name} is ${value}; expected a number from ${least} to ${most}.`);
}
