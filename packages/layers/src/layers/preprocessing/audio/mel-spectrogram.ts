/** How loud each pitch of a sound is over time. */
import type { ConfigReader, JsonObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  frame,
  log10,
  matmul,
  max,
  maximum,
  mirrorPad,
  ones,
  pad,
  pow,
  ShapeError,
  square,
  tensor,
} from '@hadal/core';
import {
  fourierWaves,
  readWindow,
  requireWindow,
  serializeWindow,
  type WindowLike,
  windowValues,
} from '../../../initializers/fourier';
import { Layer, type LayerOptions } from '../../../layer/layer';
import { fromEntries, optional, readLayerOptions } from '../../../layer/options';
import { requirePositiveInteger } from '../../../layer/rules';
import { formatLayerShape, type LayerShape } from '../../../layer/shape';
import { melWeights } from './mel-scale';

export interface MelSpectrogramOptions extends LayerOptions {
  /** Samples of a transform (default 2048). */
  readonly fftLength?: number;
  /** Samples between the middles of frames (default 512). */
  readonly sequenceStride?: number;
  /** Samples of a frame under its window, at most those of a transform (default as many). */
  readonly sequenceLength?: number;
  /** A window by name, its values, or null for none (default hann). */
  readonly window?: WindowLike;
  /** Samples of a second (default 16000). */
  readonly samplingRate?: number;
  /** How many bands there are (default 128). */
  readonly numMelBins?: number;
  /** Where the lowest band begins, in hertz (default 20). */
  readonly minFreq?: number;
  /** Where the highest band ends, in hertz (default half the sampling rate). */
  readonly maxFreq?: number;
  /** Gives decibels, 10 · log₁₀ of the power (default true). */
  readonly powerToDb?: boolean;
  /** The least decibels lie so far below the greatest of the whole input (default 80). */
  readonly topDb?: number;
  /** Exponent of magnitudes: 1 for these, 2 for power (default 2). */
  readonly magExp?: number;
  /** The least power that counts (default 1e-10). */
  readonly minPower?: number;
  /** The power that has 0 decibels (default 1). */
  readonly refPower?: number;
}

/** Matrices of the transform and the bands, on the host. */
interface Matrices {
  readonly real: ReturnType<typeof fourierWaves>;
  readonly imag: ReturnType<typeof fourierWaves>;
  readonly bands: ReturnType<typeof melWeights>;
}

/**
 * The mel spectrogram of sounds: [batch, samples] → [batch, bands, frames], or of one sound [samples] → [bands, frames].
 * Frames are centred at every multiple of `sequenceStride`, the sound being mirrored at its ends. There are no weights.
 *
 * @example
 * const sounds = zeros([2, 16000]); // a second at 16 kHz
 * melSpectrogram({ numMelBins: 80, sequenceStride: 160, fftLength: 512 }).apply(sounds).shape; // [2, 80, 101]
 */
export class MelSpectrogram extends Layer {
  static readonly className = 'MelSpectrogram';
  readonly className = MelSpectrogram.className;
  readonly fftLength: number;
  readonly sequenceStride: number;
  readonly sequenceLength: number;
  readonly window: WindowLike;
  readonly samplingRate: number;
  readonly numMelBins: number;
  readonly minFreq: number;
  readonly maxFreq: number;
  readonly powerToDb: boolean;
  readonly topDb: number;
  readonly magExp: number;
  readonly minPower: number;
  readonly refPower: number;
  #matrices: Matrices | undefined;

  /** @throws {ArgumentError} when lengths or frequencies do not fit each other, or the window is unknown */
  constructor(options: MelSpectrogramOptions = {}) {
    super(options);
    const where = 'MelSpectrogram';
    const { fftLength = 2048, sequenceStride = 512, samplingRate = 16000, numMelBins = 128 } = options;
    const { sequenceLength = fftLength, minFreq = 20, maxFreq = Math.floor(samplingRate / 2) } = options;
    this.fftLength = requirePositiveInteger(where, 'fftLength', fftLength);
    this.sequenceStride = requirePositiveInteger(where, 'sequenceStride', sequenceStride);
    this.sequenceLength = requirePositiveInteger(where, 'sequenceLength', sequenceLength);
    this.numMelBins = requirePositiveInteger(where, 'numMelBins', numMelBins);
    if (fftLength < 2 || sequenceLength > fftLength) {
      throw new ArgumentError(
        where,
        `fftLength is ${fftLength}; expected at least 2, and at least sequenceLength ${sequenceLength}.`,
      );
    }
    if (!(samplingRate > 0 && minFreq >= 0 && maxFreq > minFreq)) {
      throw new ArgumentError(
        where,
        `samplingRate is ${samplingRate}, minFreq ${minFreq}, maxFreq ${maxFreq}; expected 0 ≤ minFreq < maxFreq.`,
      );
    }
    this.window = requireWindow(where, options.window === undefined ? 'hann' : options.window);
    this.samplingRate = samplingRate;
    this.minFreq = minFreq;
    this.maxFreq = maxFreq;
    this.powerToDb = options.powerToDb ?? true;
    this.topDb = options.topDb ?? 80;
    this.magExp = options.magExp ?? 2;
    this.minPower = options.minPower ?? 1e-10;
    this.refPower = options.refPower ?? 1;
  }

  get #frequencies(): number {
    return Math.floor(this.fftLength / 2) + 1;
  }

  #makeMatrices(): Matrices {
    const { dtype, fftLength: length, samplingRate, minFreq, maxFreq, numMelBins: bands } = this;
    const frequencies = this.#frequencies;
    const sizes = { times: length, frequencies, length };
    return {
      real: fourierWaves('real', sizes, dtype),
      imag: fourierWaves('imag', sizes, dtype),
      bands: melWeights({ frequencies, samplingRate, bands, minFreq, maxFreq }, dtype),
    };
  }

  override call(inputs: Tensor): Tensor {
    this.#requireSound(inputs.shape);
    const { dtype } = this;
    const sounds = inputs.cast(dtype);
    this.#matrices ??= this.#makeMatrices();
    const { real, imag, bands } = this.#matrices;
    const frames = this.#frames(sounds);
    const side = (waves: Matrices['real']): Tensor =>
      matmul(frames, tensor(waves, { shape: [this.fftLength, this.#frequencies], dtype }));
    const power = square(side(real)).add(square(side(imag)));
    const spectrum = this.magExp === 2 ? power : pow(power, this.magExp / 2);
    const shape = [this.#frequencies, this.numMelBins];
    const loudness = matmul(spectrum, tensor(bands, { shape, dtype }));
    const shown = this.powerToDb ? this.#decibels(loudness) : loudness;
    return shown.transpose(shown.rank === 2 ? [1, 0] : [0, 2, 1]);
  }

  /** Frames under the window, [..., frames, fftLength]. */
  #frames(sounds: Tensor): Tensor {
    const { fftLength, sequenceLength, sequenceStride } = this;
    const half = Math.floor(fftLength / 2);
    const samples = sounds.shape.at(-1) ?? 0;
    if (samples <= half) {
      throw new ShapeError(
        this.scope,
        `a sound has ${samples} samples; expected more than half of fftLength ${fftLength}.`,
        'Pad short sounds with zeros, or choose a smaller fftLength.',
      );
    }
    const around = sounds.shape.map((_, axis): [number, number] =>
      axis === sounds.rank - 1 ? [half, half] : [0, 0],
    );
    const frames = frame(mirrorPad(sounds, around, 'reflect'), fftLength, sequenceStride);
    const options = { periodic: true, dtype: sounds.dtype };
    const window = windowValues(this.scope, this.window, sequenceLength, options);
    const missing = fftLength - sequenceLength;
    if (window === undefined && missing === 0) return frames;
    const before = Math.floor(missing / 2);
    const values = window ?? ones([sequenceLength], { dtype: sounds.dtype });
    return frames.mul(pad(values, [[before, missing - before]]));
  }

  #decibels(power: Tensor): Tensor {
    const reference = 10 * Math.log10(Math.max(Math.abs(this.refPower), this.minPower));
    const decibels = log10(maximum(power, this.minPower)).mul(10).sub(reference);
    return maximum(decibels, max(decibels).sub(this.topDb));
  }

  #requireSound(shape: LayerShape): void {
    if (shape.length === 1 || shape.length === 2) return;
    throw new ShapeError(
      this.scope,
      `the input has shape ${formatLayerShape(shape)}, expected [batch, samples] or [samples].`,
      'Take one channel, or put channels into the batch.',
    );
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    this.#requireSound(inputShape);
    const samples = inputShape.at(-1) ?? null;
    // Half a transform is added on both sides, so that an odd one loses a sample.
    const odd = this.fftLength % 2;
    const frames = samples === null ? null : Math.floor((samples - odd) / this.sequenceStride) + 1;
    return [...inputShape.slice(0, -1), this.numMelBins, frames];
  }

  override getConfig(): JsonObject {
    const { fftLength, sequenceStride, sequenceLength, window, samplingRate, numMelBins } = this;
    const { minFreq, maxFreq, powerToDb, topDb, magExp, minPower, refPower } = this;
    return {
      ...super.getConfig(),
      fftLength,
      sequenceStride,
      sequenceLength,
      window: serializeWindow(window),
      samplingRate,
      numMelBins,
      minFreq,
      maxFreq,
      powerToDb,
      topDb,
      magExp,
      minPower,
      refPower,
    };
  }

  static fromConfig(config: JsonObject): MelSpectrogram {
    const integer = (reader: ConfigReader, name: string): number | undefined =>
      optional(reader, name, (key) => reader.integer(key));
    return fromEntries(
      MelSpectrogram.className,
      config,
      (reader) =>
        new MelSpectrogram({
          ...readLayerOptions(reader),
          fftLength: integer(reader, 'fftLength'),
          sequenceStride: integer(reader, 'sequenceStride'),
          sequenceLength: integer(reader, 'sequenceLength'),
          window: 'window' in config ? readWindow(reader) : undefined,
          samplingRate: reader.optionalNumber('samplingRate'),
          numMelBins: integer(reader, 'numMelBins'),
          minFreq: reader.optionalNumber('minFreq'),
          maxFreq: reader.optionalNumber('maxFreq'),
          powerToDb: reader.boolean('powerToDb', true),
          topDb: reader.optionalNumber('topDb'),
          magExp: reader.optionalNumber('magExp'),
          minPower: reader.optionalNumber('minPower'),
          refPower: reader.optionalNumber('refPower'),
        }),
    );
  }
}

/** Makes a {@link MelSpectrogram} layer. */
export const melSpectrogram = (options?: MelSpectrogramOptions): MelSpectrogram =>
  new MelSpectrogram(options);
