/** Kernels with which a convolution of a signal is its short-time Fourier transform. */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { abs, ShapeError, sqrt, square, sum, tensor } from '@hadal/core';
import {
  type FourierSide,
  fourierWaves,
  requireWindow,
  serializeWindow,
  type WindowLike,
  windowValues,
} from './fourier';
import { Initializer } from './initializer';

export const STFT_SIDES = ['real', 'imag'] as const satisfies readonly FourierSide[];
export const STFT_SCALINGS = ['density', 'spectrum'] as const;

/** What a window is divided by: its L2 norm, or its L1 norm. */
export type STFTScaling = (typeof STFT_SCALINGS)[number];

export interface STFTOptions {
  /** The part of the transform that the kernel gives (default real). */
  readonly side?: (typeof STFT_SIDES)[number];
  /** A window by name, its values, or null for none (default hann). */
  readonly window?: WindowLike;
  /** What the window is divided by: its L2 norm, its L1 norm, or with null nothing (default density). */
  readonly scaling?: STFTScaling | null;
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
  readonly window: WindowLike;
  readonly scaling: STFTScaling | null;
  readonly periodic: boolean;

  /** @throws {ArgumentError} when the window has a name that is not known */
  constructor({ side = 'real', window = 'hann', scaling = 'density', periodic = false }: STFTOptions = {}) {
    super();
    this.side = side;
    this.window = requireWindow('STFT', window);
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
    const sizes = { times: frame, frequencies, length: 2 * (frequencies - 1) };
    const kernel = tensor(fourierWaves(this.side, sizes, dtype), { shape, dtype });
    const window = this.#values(frame, dtype);
    return window === undefined ? kernel : kernel.mul(window.reshape([frame, 1, 1]));
  }

  /** The scaled window. */
  #values(length: number, dtype: DType): Tensor | undefined {
    const { window, scaling, periodic } = this;
    const values = windowValues('STFT', window, length, { periodic, dtype });
    if (values === undefined) return undefined;
    if (scaling === null) return values;
    return values.div(scaling === 'density' ? sqrt(sum(square(values))) : sum(abs(values)));
  }

  override getConfig(): JsonObject {
    const { side, window, scaling, periodic } = this;
    return { side, window: serializeWindow(window), scaling, periodic };
  }
}

/** Makes an {@link STFT} initializer. */
export const stft = (options?: STFTOptions): STFT => new STFT(options);
