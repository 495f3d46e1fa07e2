/** The mel scale: pitches that are heard as equally far apart. Source: the formula of the Hidden Markov Model Toolkit. */
import { type DType, hostArray } from '@hadal/core';

const BREAK_HERTZ = 700;
const MELS_PER_E_FOLD = 1127;

const melOf = (hertz: number): number => MELS_PER_E_FOLD * Math.log(1 + hertz / BREAK_HERTZ);

/** Which frequencies there are, and which bands they are gathered in. */
export interface MelBands {
  /** Frequencies of a spectrum from 0 to half the sampling rate. */
  readonly frequencies: number;
  /** Samples of a second. */
  readonly samplingRate: number;
  /** How many bands there are. */
  readonly bands: number;
  /** Where the lowest begins, in hertz. */
  readonly minFreq: number;
  /** Where the highest ends, in hertz. */
  readonly maxFreq: number;
}

/**
 * How much each frequency counts in each band, [frequencies, bands]: triangles on the mel scale that begin and end at the
 * middle of the bands beside them. The frequency 0 counts nowhere.
 */
export function melWeights(
  { frequencies, samplingRate, bands, minFreq, maxFreq }: MelBands,
  dtype: DType,
): ReturnType<typeof hostArray> {
  const weights = hostArray(dtype, frequencies * bands);
  const [lowest, highest] = [melOf(minFreq), melOf(maxFreq)];
  const width = (highest - lowest) / (bands + 1);
  for (let frequency = 1; frequency < frequencies; frequency++) {
    const mel = melOf((frequency * samplingRate) / 2 / (frequencies - 1));
    for (let band = 0; band < bands; band++) {
      const distance = Math.abs(mel - (lowest + width * (band + 1)));
      weights[frequency * bands + band] = Math.max(0, 1 - distance / width);
    }
  }
  return weights;
}
