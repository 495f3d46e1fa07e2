/** Layers that prepare numbers and sounds on the WebAssembly device, against the interpreter. */
import { cpu } from '@hadal/backend-cpu';
import { type Device, interpreter, setDevice, tensor } from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { integerLookup, melSpectrogram, stftSpectrogram } from '../src';
import { expectClose } from './golden';

let devices: readonly Device[];

beforeAll(async () => {
  devices = [interpreter(), await cpu()];
});

/** What a computation gives on each device. */
const onEach = (compute: () => Promise<ArrayLike<number>>): Promise<readonly number[][]> =>
  devices.reduce<Promise<number[][]>>(async (before, device) => {
    const found = await before;
    setDevice(device);
    return [...found, Array.from(await compute())];
  }, Promise.resolve([]));

const numbers = (values: ArrayLike<unknown>): number[] => Array.from(values, Number);

describe('on every device', () => {
  it.each([
    ['FarmHash', undefined],
    ['SipHash', 1138],
  ] as const)('whole numbers have the same buckets by %s', async (_name, salt) => {
    const values = Array.from({ length: 200 }, (_, at) => (at * 0x9e3779b1) >> (at % 29));
    const [exact, fast] = await onEach(async () => {
      const lookup = integerLookup({ vocabulary: [7], numOovIndices: 997, oovMethod: 'farmhash', salt });
      return numbers(await lookup.apply(tensor(values, { dtype: 'int32' })).data());
    });
    expect(new Set(exact).size).toBeGreaterThan(100);
    expect(fast).toEqual(exact);
  });

  it('sounds have the same spectrograms', async () => {
    const sound = Array.from({ length: 700 }, (_, at) => Math.sin(at / 3) + 0.1 * Math.sin(at * at));
    const [exact, fast] = await onEach(async () => {
      const pitches = melSpectrogram({ fftLength: 256, sequenceStride: 128, numMelBins: 20 });
      const waves = stftSpectrogram({ frameLength: 100, mode: 'magnitude' });
      const [mel, stft] = await Promise.all([
        pitches.apply(tensor([sound])).data(),
        waves.apply(tensor([sound.map((value) => [value])])).data(),
      ]);
      return [...numbers(mel), ...numbers(stft)];
    });
    expectClose(fast!, exact!, 2e-4);
  });
});
