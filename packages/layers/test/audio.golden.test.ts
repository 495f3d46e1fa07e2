/** Layers for sound against Keras. */
import { interpreter, setDevice, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import * as api from '../src';
import table from './fixtures/audio.json';
import { describeLayers, type LayerTable } from './layer-cases';
import { layerClasses } from './layer-classes';

setDevice(interpreter());

describeLayers(table as unknown as LayerTable, layerClasses(api));

/** A tone of a frequency, sampled 1,000 times a second. */
const tone = (hertz: number, samples: number): number[] =>
  Array.from({ length: samples }, (_, at) => Math.sin((2 * Math.PI * hertz * at) / 1000));

describe('a spectrogram', () => {
  it('is loudest at the frequency of a tone', async () => {
    const spectrogram = api.stftSpectrogram({ frameLength: 64, mode: 'magnitude' });
    const loudness = spectrogram.apply(tensor([tone(250, 256).map((value) => [value])]));
    expect(loudness.shape).toEqual([1, 7, 33]);
    // 250 Hz of 500 are half of the frequencies.
    expect([...(await loudness.argMax(-1).data())]).toEqual(Array.from({ length: 7 }, () => 16));
  });

  it('of pitches takes one sound as well as a batch', async () => {
    const options = { fftLength: 64, sequenceStride: 32, samplingRate: 1000, numMelBins: 8 };
    const spectrogram = api.melSpectrogram(options);
    const sound = tone(120, 200);
    const [alone, together] = [spectrogram.apply(tensor(sound)), spectrogram.apply(tensor([sound]))];
    expect([alone.shape, together.shape]).toEqual([
      [8, 7],
      [1, 8, 7],
    ]);
    expect(await alone.data()).toEqual(await together.data());
  });

  it('refuses lengths that do not fit each other', () => {
    expect(() => api.stftSpectrogram({ frameLength: 8, frameStep: 9 })).toThrow(
      'expected 1 to frameLength 8',
    );
    expect(() => api.stftSpectrogram({ frameLength: 8, fftLength: 4 })).toThrow('at least frameLength 8');
    expect(() => api.melSpectrogram({ fftLength: 8, sequenceLength: 9 })).toThrow(
      'at least sequenceLength 9',
    );
    expect(() => api.melSpectrogram({ minFreq: 9000 })).toThrow('expected 0 ≤ minFreq < maxFreq');
    expect(() => api.melSpectrogram().apply(tensor([[1, 2, 3]]))).toThrow('a sound has 3 samples');
    expect(() => api.stftSpectrogram().apply(tensor([[1, 2, 3]]))).toThrow('expected 3 axes');
  });
});
