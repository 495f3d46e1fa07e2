/** The frequencies in a signal over time, by convolutions whose kernels may be trained. */
import type { ConfigReader, DataFormat, JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, atan2, concat, conv1d, isFloat, log, maximum, pad, sqrt, square } from '@hadal/core';
import { readWindow, requireWindow, serializeWindow, type WindowLike } from '../../../initializers/fourier';
import { STFT, STFT_SCALINGS, type STFTScaling } from '../../../initializers/stft';
import { imageExtents, readDataFormat, requireDataFormat } from '../../../layer/data-format';
import { Layer, type LayerOptions } from '../../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../../layer/options';
import {
  PADDINGS,
  type Padding,
  requirePadding,
  requirePositiveInteger,
  windowedExtent,
} from '../../../layer/rules';
import { type LayerShape, requireRank } from '../../../layer/shape';

const MODES = ['log', 'magnitude', 'psd', 'real', 'imag', 'angle', 'stft'] as const;

/**
 * `real`, `imag` and `angle` are parts of the transform, `stft` both parts after each other; `magnitude` and its logarithm
 * `log` are how loud a frequency is; `psd` the power of each of a spectrum with one side.
 */
export type SpectrogramMode = (typeof MODES)[number];

export interface STFTSpectrogramOptions extends LayerOptions {
  /** What comes out (default log). */
  readonly mode?: SpectrogramMode;
  /** Samples of a frame (default 256). */
  readonly frameLength?: number;
  /** Samples between the starts of frames, at most the length of one (default half of it). */
  readonly frameStep?: number;
  /** Length of the transform, at least that of a frame (default the next power of two). */
  readonly fftLength?: number;
  /** A window by name, its values, or null for none (default hann). */
  readonly window?: WindowLike;
  /** Whether a window by name continues itself when repeated (default false). */
  readonly periodic?: boolean;
  /** What the window is divided by: its L2 norm, its L1 norm, or with null nothing (default density). */
  readonly scaling?: STFTScaling | null;
  /** Default valid. */
  readonly padding?: Padding;
  /** Gives frequencies an axis of their own, as images have (default false). */
  readonly expandDims?: boolean;
  /** Where the channels are (default channelsLast). */
  readonly dataFormat?: DataFormat;
}

/** The least power and magnitude, that roots and logarithms have slopes. */
const EPSILON = 1e-7;

/**
 * The short-time Fourier transform of each channel of a signal: [batch, samples, channels] → [batch, frames, channels ·
 * frequencies], or with `expandDims` [batch, frames, frequencies, channels]; with channels first [batch, channels, samples]
 * → [batch, channels · frequencies, frames] or [batch, channels, frames, frequencies]. There are fftLength / 2 + 1
 * frequencies, and twice as many values in mode `stft`.
 *
 * Weights: `real_kernel` and `imag_kernel` [frameLength, 1, frequencies], as far as the mode needs them. They are trained
 * unless `trainable` is false.
 *
 * @example
 * const sound = zeros([2, 1000, 1]); // signals of one channel
 * stftSpectrogram({ frameLength: 200, frameStep: 100, trainable: false }).apply(sound).shape; // [2, 9, 129]
 */
export class STFTSpectrogram extends Layer {
  static readonly className = 'STFTSpectrogram';
  readonly className = STFTSpectrogram.className;
  readonly mode: SpectrogramMode;
  readonly frameLength: number;
  readonly frameStep: number | undefined;
  readonly fftLength: number | undefined;
  readonly window: WindowLike;
  readonly periodic: boolean;
  readonly scaling: STFTScaling | null;
  readonly padding: Padding;
  readonly expandDims: boolean;
  readonly dataFormat: DataFormat;
  #real: Variable | undefined;
  #imag: Variable | undefined;

  /** @throws {ArgumentError} when lengths do not fit each other, or a name is unknown */
  constructor(options: STFTSpectrogramOptions = {}) {
    super(options);
    const where = 'STFTSpectrogram';
    const { mode = 'log', frameLength = 256, frameStep, fftLength, window = 'hann' } = options;
    if (!MODES.includes(mode)) {
      throw new ArgumentError(where, `mode '${String(mode)}' is unknown.`, `Use one of ${MODES.join(', ')}.`);
    }
    this.mode = mode;
    this.frameLength = requirePositiveInteger(where, 'frameLength', frameLength);
    this.frameStep =
      frameStep === undefined ? undefined : requirePositiveInteger(where, 'frameStep', frameStep);
    this.fftLength =
      fftLength === undefined ? undefined : requirePositiveInteger(where, 'fftLength', fftLength);
    if (this.step < 1 || this.step > frameLength) {
      throw new ArgumentError(where, `frameStep is ${this.step}; expected 1 to frameLength ${frameLength}.`);
    }
    if (this.transformLength < frameLength || this.transformLength < 2) {
      throw new ArgumentError(
        where,
        `fftLength is ${this.transformLength}; expected at least 2, and at least frameLength ${frameLength}.`,
      );
    }
    this.window = requireWindow(where, window);
    this.periodic = options.periodic ?? false;
    this.scaling = options.scaling === undefined ? 'density' : options.scaling;
    this.padding = requirePadding(where, options.padding ?? 'valid');
    this.expandDims = options.expandDims ?? false;
    this.dataFormat = requireDataFormat(where, options.dataFormat);
  }

  /** Samples between the starts of frames. */
  get step(): number {
    return this.frameStep ?? Math.floor(this.frameLength / 2);
  }

  /** Length of the transform. */
  get transformLength(): number {
    return this.fftLength ?? 2 ** Math.ceil(Math.log2(this.frameLength));
  }

  /** Values of a frame. */
  get #frequencies(): number {
    return Math.floor(this.transformLength / 2) + 1;
  }

  override build(inputShape: LayerShape): void {
    this.#requireSignal(inputShape);
    const { window, scaling, periodic } = this;
    const kernel = (side: 'real' | 'imag'): Variable =>
      this.addWeight(`${side}_kernel`, [this.frameLength, 1, this.#frequencies], {
        initializer: new STFT({ side, window, scaling, periodic }),
      });
    this.#real = this.mode === 'imag' ? undefined : kernel('real');
    this.#imag = this.mode === 'real' ? undefined : kernel('imag');
  }

  #requireSignal(shape: LayerShape): void {
    const isFirst = this.dataFormat === 'channelsFirst';
    requireRank(this.scope, shape, 3, isFirst ? '[batch, channels, samples]' : '[batch, samples, channels]');
  }

  override call(inputs: Tensor): Tensor {
    this.#requireSignal(inputs.shape);
    const signal = isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
    const apart = this.dataFormat === 'channelsFirst' ? signal : signal.transpose([0, 2, 1]);
    const [batch = 0, channels = 1, samples = 0] = apart.shape;
    const single = apart.reshape([batch * channels, samples, 1]);
    const side = (kernel: Variable | undefined): Tensor | undefined => {
      if (kernel === undefined) return undefined;
      const { step: strides, padding } = this;
      const frames = conv1d(single, kernel.value.cast(signal.dtype), { strides, padding });
      return frames.reshape([batch, channels, frames.shape[1] ?? 0, this.#frequencies]);
    };
    return this.#arranged(this.#shown(side(this.#real), side(this.#imag)));
  }

  /** What the mode shows of a transform, [batch, channels, frames, values]. */
  #shown(real: Tensor | undefined, imag: Tensor | undefined): Tensor {
    if (real === undefined || imag === undefined) {
      const part = real ?? imag;
      if (part !== undefined) return part;
      throw new ArgumentError(
        this.scope,
        'is not built.',
        'Call ensureBuilt with the shape of signals first.',
      );
    }
    if (this.mode === 'angle') return atan2(imag, real);
    if (this.mode === 'stft') return concat([real, imag], 3);
    const power = square(real).add(square(imag));
    if (this.mode === 'psd') return power.add(this.#otherSide(power));
    const magnitude = sqrt(maximum(power, EPSILON));
    return this.mode === 'magnitude' ? magnitude : log(maximum(magnitude, EPSILON));
  }

  /** The power of negative frequencies, which all but the first and the last have. */
  #otherSide(power: Tensor): Tensor {
    const { shape } = power;
    const last = this.#frequencies - 1;
    const inner = power.slice([0, 0, 0, 1], [...shape.slice(0, 3), Math.max(1, last)]);
    return pad(inner, [
      [0, 0],
      [0, 0],
      [0, 0],
      [1, 1],
    ]);
  }

  #arranged(values: Tensor): Tensor {
    const [batch = 0, channels = 1, frames = 0, count = 1] = values.shape;
    const isFirst = this.dataFormat === 'channelsFirst';
    if (this.expandDims) return isFirst ? values : values.transpose([0, 2, 3, 1]);
    return isFirst
      ? values.transpose([0, 1, 3, 2]).reshape([batch, channels * count, frames])
      : values.transpose([0, 2, 1, 3]).reshape([batch, frames, channels * count]);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    this.#requireSignal(inputShape);
    const { batch, spatial, channels } = imageExtents(inputShape, this.dataFormat);
    const frames = windowedExtent(spatial[0] ?? null, this.frameLength, this.step, this.padding);
    const count = this.mode === 'stft' ? 2 * this.#frequencies : this.#frequencies;
    const isFirst = this.dataFormat === 'channelsFirst';
    if (this.expandDims) {
      return isFirst ? [batch, channels, frames, count] : [batch, frames, count, channels];
    }
    const values = channels === null ? null : channels * count;
    return isFirst ? [batch, values, frames] : [batch, frames, values];
  }

  override getConfig(): JsonObject {
    const { mode, frameLength, frameStep, fftLength, window, periodic, scaling } = this;
    const { padding, expandDims, dataFormat } = this;
    return {
      ...super.getConfig(),
      mode,
      frameLength,
      frameStep: frameStep ?? null,
      fftLength: fftLength ?? null,
      window: serializeWindow(window),
      periodic,
      scaling,
      padding,
      expandDims,
      dataFormat,
    };
  }

  static fromConfig(config: JsonObject): STFTSpectrogram {
    const integer = (reader: ConfigReader, name: string): number | undefined =>
      optional(reader, name, (key) => reader.integer(key));
    return fromEntries(
      STFTSpectrogram.className,
      config,
      (reader) =>
        new STFTSpectrogram({
          ...readLayerOptions(reader),
          mode: reader.choice('mode', MODES, 'log'),
          frameLength: integer(reader, 'frameLength'),
          frameStep: integer(reader, 'frameStep'),
          fftLength: integer(reader, 'fftLength'),
          window: 'window' in config ? readWindow(reader) : undefined,
          periodic: reader.boolean('periodic', false),
          scaling:
            'scaling' in config
              ? (optional(reader, 'scaling', (key) => reader.choice(key, STFT_SCALINGS)) ?? null)
              : undefined,
          padding: reader.choice('padding', PADDINGS, 'valid'),
          expandDims: reader.boolean('expandDims', false),
          dataFormat: readDataFormat(reader),
        }),
    );
  }
}

/** Makes an {@link STFTSpectrogram} layer. */
export const stftSpectrogram = (options?: STFTSpectrogramOptions): STFTSpectrogram =>
  new STFTSpectrogram(options);
