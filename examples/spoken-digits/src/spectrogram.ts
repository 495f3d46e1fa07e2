/** What the ear hears of a sound: how strong each pitch is, from moment to moment. */
import { frame, type HostArray, hannWindow, matmul, type Tensor, tensor } from 'hadal';
import { concat, log } from 'hadal/core';

const RATE = 8000;
/** Samples of a moment, 32 ms, and from one to the next. */
const [SIZE, STEP] = [256, 128];
/** Bands of pitches: as wide as the ear can tell them apart. */
export const BANDS = 32;
/** The lowest pitch that counts, Hz. */
const LOWEST = 60;
/** Stands for silence, so that its logarithm is finite. */
const SILENCE = 1e-4;

/** Moments that so many samples have. */
export const momentsOf = (samples: number): number => 1 + Math.floor((samples - SIZE) / STEP);

const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const hertz = (mels: number): number => 700 * (10 ** (mels / 2595) - 1);

/** The Fourier transform of a moment as one matrix: its cosines, then its sines. */
const waves = (wave: (angle: number) => number): Tensor => {
  const pitches = SIZE / 2 + 1;
  const values = Float32Array.from({ length: SIZE * pitches }, (_, at) =>
    wave((2 * Math.PI * Math.floor(at / pitches) * (at % pitches)) / SIZE),
  );
  return tensor(values, { shape: [SIZE, pitches] });
};

/** Triangles over the pitches, evenly spaced in mel. */
function bands(): Tensor {
  const pitches = SIZE / 2 + 1;
  const [low, high] = [mel(LOWEST), mel(RATE / 2)];
  const edge = (band: number): number => hertz(low + ((high - low) * band) / (BANDS + 1));
  const values = Float32Array.from({ length: pitches * BANDS }, (_, at) => {
    const pitch = (Math.floor(at / BANDS) * RATE) / SIZE;
    const band = at % BANDS;
    const [from, middle, to] = [edge(band), edge(band + 1), edge(band + 2)];
    return Math.max(0, Math.min((pitch - from) / (middle - from), (to - pitch) / (to - middle)));
  });
  return tensor(values, { shape: [pitches, BANDS] });
}

/**
 * @param sounds [batch, samples]
 * @returns [batch, moments, bands]: logarithms of the strength of each band
 */
export function spectrogram(sounds: Tensor): Tensor {
  const moments = frame(sounds, SIZE, STEP).mul(hannWindow(SIZE));
  const [real, imaginary] = [matmul(moments, waves(Math.cos)), matmul(moments, waves(Math.sin))];
  const power = real.mul(real).add(imaginary.mul(imaginary));
  return log(matmul(power, bands()).add(SILENCE));
}

/** Sounds of one length as the spectrograms that networks learn from, [count, moments, bands]. */
export async function spectrogramsOf(sounds: readonly Float32Array[]): Promise<HostArray> {
  const CHUNK = 64;
  const parts: HostArray[] = [];
  for (let from = 0; from < sounds.length; from += CHUNK) {
    const some = sounds.slice(from, from + CHUNK);
    const signals = concat(
      some.map((each) => tensor(each, { shape: [1, each.length] })),
      0,
    );
    const seen = spectrogram(signals);
    parts.push({ data: await seen.data(), shape: seen.shape, dtype: 'float32' });
  }
  const [, moments = 0, width = 0] = parts[0]?.shape ?? [];
  const data = new Float32Array(sounds.length * moments * width);
  for (const [at, part] of parts.entries())
    data.set(Float32Array.from(part.data, Number), at * CHUNK * moments * width);
  return { data, shape: [sounds.length, moments, width], dtype: 'float32' };
}
