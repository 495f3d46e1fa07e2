/** What Fourier transforms of signals are made of: windows by name, and the waves that a frame is compared with. */
import type { ConfigReader, DType, Tensor } from '@hadal/core';
import {
  ArgumentError,
  bartlettWindow,
  blackmanWindow,
  hammingWindow,
  hannWindow,
  hostArray,
  ShapeError,
  tensor,
} from '@hadal/core';

const WINDOWS = {
  bartlett: bartlettWindow,
  blackman: blackmanWindow,
  hamming: hammingWindow,
  hann: hannWindow,
} as const;

export const STFT_WINDOWS = ['bartlett', 'blackman', 'hamming', 'hann'] as const;

/** Windows that can be named. */
export type STFTWindow = (typeof STFT_WINDOWS)[number];

/** A window by name, its values, or null for none. */
export type WindowLike = STFTWindow | readonly number[] | null;

/**
 * Checks the name of a window, which plain JavaScript may have misspelt.
 *
 * @throws {ArgumentError} when it is not known
 */
export function requireWindow(where: string, window: WindowLike): WindowLike {
  if (typeof window !== 'string' || STFT_WINDOWS.includes(window)) return window;
  throw new ArgumentError(
    where,
    `unknown window '${String(window)}'.`,
    `Give one of ${STFT_WINDOWS.join(', ')}, or its values.`,
  );
}

/** A saved window: its name, its values, or none. */
export function readWindow(reader: ConfigReader): WindowLike {
  const saved = reader.value('window');
  if (saved === undefined) return null;
  return Array.isArray(saved) ? reader.numbers('window') : reader.choice('window', STFT_WINDOWS);
}

/** A window as it is saved. */
export const serializeWindow = (window: WindowLike): string | number[] | null =>
  typeof window === 'string' || window === null ? window : [...window];

/**
 * The values of a window, [length]; undefined for none.
 *
 * @throws {ShapeError} when it was given with another number of values
 */
export function windowValues(
  where: string,
  window: WindowLike,
  length: number,
  options: { readonly periodic: boolean; readonly dtype: DType },
): Tensor | undefined {
  if (window === null) return undefined;
  if (typeof window === 'string') return WINDOWS[window](length, options);
  if (window.length === length) return tensor([...window], { dtype: options.dtype });
  throw new ShapeError(where, `the window has ${window.length} values, the frame length is ${length}.`);
}

/** The cosines or the negative sines of a transform. */
export type FourierSide = 'real' | 'imag';

/**
 * The waves of a transform of a length, [times, frequencies]: the sum over time of a frame times these is one side of its
 * transform.
 */
export function fourierWaves(
  side: FourierSide,
  { times, frequencies, length }: { times: number; frequencies: number; length: number },
  dtype: DType,
): ReturnType<typeof hostArray> {
  const waves = hostArray(dtype, times * frequencies);
  const wave = side === 'real' ? Math.cos : Math.sin;
  for (let at = 0; at < waves.length; at++) {
    const [time, frequency] = [Math.floor(at / frequencies), at % frequencies];
    // Whole turns are taken off while numbers are whole: nothing is lost where time and frequency are large.
    waves[at] = wave((-2 * Math.PI * ((time * frequency) % length)) / length);
  }
  return waves;
}
