/**
 * Resampling one axis: which positions every position of the result is made of, and with what weights.
 *
 * Both follow from the extents alone, so they are computed on the host in double precision and enter the graph as
 * constants: no device rounds a coordinate to the other side of a pixel.
 */
import { ArgumentError } from '../../errors';

/** How values between pixels come about. */
export type ResizeMethod = 'nearest' | 'bilinear' | 'bicubic' | 'lanczos3' | 'lanczos5';

/** Where pixels lie on an axis, and how they are weighted. */
export interface Resampling {
  readonly method: ResizeMethod;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
  readonly antialias: boolean;
}

/** `count` weighted positions for each of `size` results, row by row. */
export interface Taps {
  readonly size: number;
  readonly count: number;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
}

type Kernel = (distance: number) => number;

const triangle: Kernel = (distance) => Math.max(0, 1 - Math.abs(distance));

/** Keys' cubic convolution (1981) with slope `a` at distance 1. */
const cubic =
  (a: number): Kernel =>
  (distance) => {
    const x = Math.abs(distance);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  };

/** The sinc function windowed by its own middle lobe (Lanczos). */
const lanczos =
  (reach: number): Kernel =>
  (distance) => {
    const x = Math.PI * Math.abs(distance);
    if (x === 0) return 1;
    return x < Math.PI * reach ? (reach * Math.sin(x) * Math.sin(x / reach)) / x ** 2 : 0;
  };

/** The slopes that PyTorch takes: that of OpenCV, and with antialiasing that of Pillow. */
const CUBIC_SLOPE = -0.75;
const ANTIALIAS_CUBIC_SLOPE = -0.5;

/** The place on an axis of extent `from` that position `index` of an axis of extent `to` is read at. */
function sourcePosition(index: number, from: number, to: number, resampling: Resampling): number {
  if (resampling.alignCorners) return to > 1 ? (index * (from - 1)) / (to - 1) : 0;
  return resampling.halfPixelCenters ? ((index + 0.5) * from) / to - 0.5 : (index * from) / to;
}

/** The one position that is nearest. */
function nearestPosition(index: number, from: number, to: number, resampling: Resampling): number {
  if (resampling.alignCorners) return Math.floor(sourcePosition(index, from, to, resampling) + 0.5);
  return resampling.halfPixelCenters
    ? Math.floor(((index + 0.5) * from) / to)
    : Math.floor((index * from) / to);
}

const clamp = (position: number, extent: number): number => Math.min(Math.max(position, 0), extent - 1);

/** Makes taps from a list of (position, weight) per result; shorter lists are filled up with weight 0. */
function tapsOf(size: number, list: (index: number) => readonly (readonly [number, number])[]): Taps {
  const lists = Array.from({ length: size }, (_, index) => list(index));
  const count = Math.max(1, ...lists.map(({ length }) => length));
  const indices = new Int32Array(size * count);
  const weights = new Float64Array(size * count);
  lists.forEach((taps, index) => {
    taps.forEach(([position, weight], tap) => {
      indices[index * count + tap] = position;
      weights[index * count + tap] = weight;
    });
  });
  return { size, count, indices, weights };
}

/** The taps that resize an axis from extent `from`, at least 1, to extent `to`. */
export function resizeTaps(from: number, to: number, resampling: Resampling): Taps {
  if (resampling.antialias || isLanczos(resampling.method)) return normalizedTaps(from, to, resampling);
  if (resampling.method === 'nearest') {
    return tapsOf(to, (index) => [[clamp(nearestPosition(index, from, to, resampling), from), 1]]);
  }
  const [kernel, reach] = resampling.method === 'bilinear' ? [triangle, 1] : [cubic(CUBIC_SLOPE), 2];
  return tapsOf(to, (index) => {
    const place = sourcePosition(index, from, to, resampling);
    const first = Math.floor(place) - reach + 1;
    return Array.from({ length: 2 * reach }, (_, tap) => {
      const position = first + tap;
      return [clamp(position, from), kernel(place - position)] as const;
    });
  });
}

/** A kernel and how far it reaches. */
function kernelOf(method: ResizeMethod): readonly [kernel: Kernel, reach: number] {
  if (method === 'lanczos3') return [lanczos(3), 3];
  if (method === 'lanczos5') return [lanczos(5), 5];
  return method === 'bilinear' ? [triangle, 1] : [cubic(ANTIALIAS_CUBIC_SLOPE), 2];
}

export const isLanczos = (method: ResizeMethod): boolean => method === 'lanczos3' || method === 'lanczos5';

/**
 * Weights that sum to 1 at the edges too, with nothing read beside the axis. With antialiasing the kernel is stretched
 * where an axis shrinks, so that every pixel counts.
 */
function normalizedTaps(from: number, to: number, { method, antialias }: Resampling): Taps {
  const [kernel, reach] = kernelOf(method);
  const scale = from / to;
  const stretch = antialias ? Math.max(1, scale) : 1;
  return tapsOf(to, (index) => {
    const center = scale * (index + 0.5);
    const first = Math.max(0, Math.floor(center - reach * stretch + 0.5));
    const end = Math.min(from, Math.floor(center + reach * stretch + 0.5));
    const taps = Array.from({ length: end - first }, (_, tap) => {
      const position = first + tap;
      return [position, kernel((position - center + 0.5) / stretch)] as const;
    });
    const total = taps.reduce((sum, [, weight]) => sum + weight, 0);
    return taps.map(([position, weight]) => [position, weight / total] as const);
  });
}

/** How positions beside an axis are filled: abc continues as … */
export type FillMode =
  /** … a fixed value: kkkk|abc|kkkk */
  | 'constant'
  /** … its last element: aaaa|abc|cccc */
  | 'nearest'
  /** … mirrored at the edge: baab would be …cba|abc|cba… */
  | 'reflect'
  /** … mirrored at the last element: …cb|abc|ba… */
  | 'mirror'
  /** … repeated: …abc|abc|abc… */
  | 'wrap';

export const FILL_MODES: readonly FillMode[] = ['constant', 'nearest', 'reflect', 'mirror', 'wrap'];

export function requireFillMode(where: string, mode: FillMode): FillMode {
  if (FILL_MODES.includes(mode)) return mode;
  throw new ArgumentError(
    where,
    `fill mode '${String(mode)}' is unknown.`,
    `Use one of '${FILL_MODES.join("', '")}'.`,
  );
}
