/** Kernels with which a convolution of a signal is its short-time Fourier transform. */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  abs,
  bartlettWindow,
  blackmanWindow,
  hammingWindow,
  hannWindow,
  hostArray,
  ShapeError,
  sqrt,
  square,
  sum,
  tensor,
} from '@hadal/core';
import { Initializer } from './initializer';

export const STFT_SIDES = ['real', 'imag'] as const;
export const STFT_SCALINGS = ['density', 'spectrum'] as const;

const WINDOWS: Readonly<Record<STFTWindow, typeof hannWindow>> = {
  bartlett: bartlettWindow,
  blackman: blackmanWindow,
  hamming: hammingWindow,
  hann: hannWindow,
};

export const STFT_WINDOWS = ['bartlett', 'blackman', 'hamming', 'hann'] as const;

export type STFTWindow = (typeof STFT_WINDOWS)[number];

export interface STFTOptions {
  /** The part of the transform that the kernel gives (default real). */
  readonly side?: (typeof STFT_SIDES)[number];
  /** A window by name, its values, or null for none (default hann). */
  readonly window?: STFTWindow | readonly number[] | null;
  /** What the window is divided by: its L2 norm, its L1 norm, or with null nothing (default density). */
  readonly scaling?: (typeof STFT_SCALINGS)[number] | null;
  /** Whether a window by name continues itself when repeated (default false). */
  readonly periodic?: boolean;
}

/**
 * One side of the short-time Fourier transform as a kernel of shape [frame length, 1, frequencies], of which there are
 * half the length of the transform and one more. Draws nothing.
 *
 * @example
 * const real = conv1d(129, 256, { strides: 128, useBias: false, kernelInitializer: new STFT({ window: 'hann' }) });
 */
export class STFT extends Initializer {
  static readonly className = 'STFT';
  readonly className = STFT.className;
  readonly side: (typeof STFT_SIDES)[number];
  readonly window: STFTWindow | readonly number[] | null;
  readonly scaling: (typeof STFT_SCALINGS)[number] | null;
  readonly periodic: boolean;

  /** @throws {ArgumentError} when the window has a name that is not known */
  constructor({ side = 'real', window = 'hann', scaling = 'density', periodic = false }: STFTOptions = {}) {
    super();
    if (typeof window === 'string' && !STFT_WINDOWS.includes(window)) {
      throw new ArgumentError(
        'STFT',
        `unknown window '${window}'.`,
        `Give one of ${STFT_WINDOWS.join(', ')}, or its values.`,
      );
    }
    this.side = side;
    this.window = window;
    this.scaling = scaling;
    this.periodic = periodic;
  }

  /** @throws {ShapeError} when the weight is no kernel of a signal with one channel, or the window has another length */
  override make(shape: readonly number[], dtype: DType): Tensor {
    const [frame = 0, channels, frequencies = 0] = shape;
    if (shape.length !== 3 || channels !== 1 || frequencies < 2) {
      throw new ShapeError(
        'STFT',
        `the weight has shape [${shape}], expected [frame length, 1, at least 2 frequencies].`,
      );
    }
    const waves = hostArray(dtype, frame * frequencies);
    const wave = this.side === 'real' ? Math.cos : Math.sin;
    const length = 2 * (frequencies - 1);
    for (let at = 0; at < waves.length; at++) {
      const [time, frequency] = [Math.floor(at / frequencies), at % frequencies];
      // Whole turns are taken off while numbers are whole: nothing is lost where time and frequency are large.
      waves[at] = wave((-2 * Math.PI * ((time * frequency) % length)) / length);
    }
    const kernel = tensor(waves, { shape, dtype });
    const window = this.#values(frame, dtype);
    return window === undefined ? kernel : kernel.mul(window.reshape([frame, 1, 1]));
  }

  /** The scaled window. */
  #values(length: number, dtype: DType): Tensor | undefined {
    const { window, scaling, periodic } = this;
    if (window === null) return undefined;
    const values =
      typeof window === 'string'
        ? WINDOWS[window](length, { periodic, dtype })
        : tensor([...window], { dtype });
    if (values.size !== length) {
      throw new ShapeError('STFT', `the window has ${values.size} values, the frame length is ${length}.`);
    }
    if (scaling === null) return values;
    return values.div(scaling === 'density' ? sqrt(sum(square(values))) : sum(abs(values)));
  }

  override getConfig(): JsonObject {
    const { side, window, scaling, periodic } = this;
    return {
      side,
      window: typeof window === 'string' || window === null ? window : [...window],
      scaling,
      periodic,
    };
  }
}

/** Makes an {@link STFT} initializer. */
export const stft = (options?: STFTOptions): STFT => new STFT(options);
