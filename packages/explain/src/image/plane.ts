/**
 * Planes: single-channel pictures of plain numbers, and how to resample them.
 */

/** A row-major grid of numbers. */
export interface Plane {
  readonly width: number;
  readonly height: number;
  readonly values: ArrayLike<number>;
}

/**
 * Resamples with bilinear interpolation between pixel centres, the edge pixels continuing outwards: what PyTorch calls
 * `interpolate(mode='bilinear', align_corners=False)`.
 */
export function resizeBilinear({ width, height, values }: Plane, newWidth: number, newHeight: number): Plane {
  const columns = samplePoints(width, newWidth);
  const rows = samplePoints(height, newHeight);
  const result = new Float64Array(newWidth * newHeight);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      const above = mix(values, row.low * width, column);
      const below = mix(values, row.high * width, column);
      result[y * newWidth + x] = above + (below - above) * row.share;
    }
  }
  return { width: newWidth, height: newHeight, values: result };
}

interface SamplePoint {
  readonly low: number;
  readonly high: number;
  /** How much of `high` there is in the mix. */
  readonly share: number;
}

function samplePoints(extent: number, newExtent: number): readonly SamplePoint[] {
  return Array.from({ length: newExtent }, (_, index) => {
    const center = Math.max(0, ((index + 0.5) * extent) / newExtent - 0.5);
    const low = Math.min(Math.floor(center), extent - 1);
    return { low, high: Math.min(low + 1, extent - 1), share: center - low };
  });
}

function mix(values: ArrayLike<number>, rowStart: number, { low, high, share }: SamplePoint): number {
  const left = values[rowStart + low]!;
  return left + (values[rowStart + high]! - left) * share;
}

/**
 * The value below which `percent` of the magnitudes lie: the scale of a heat map that a few outliers should not darken.
 *
 * @returns 0 for an empty plane
 */
export function magnitudePercentile(values: ArrayLike<number>, percent: number): number {
  const magnitudes = Float64Array.from(values, Math.abs).sort();
  if (magnitudes.length === 0) return 0;
  return magnitudes[Math.round((percent / 100) * (magnitudes.length - 1))]!;
}
