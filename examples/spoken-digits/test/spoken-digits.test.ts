/** A broken gradient would leave the network at one in ten, and the loss of rows where it began. */
import { best, setDevice } from 'hadal';
import { describe, expect, it } from 'vitest';
import { BANDS, momentsOf, spectrogramsOf } from '../src/spectrogram';
import { main } from '../src/spoken-digits';

describe('the spoken-digits example', () => {
  it('hears a tone in the band of its pitch and in no other', async () => {
    setDevice(await best());
    const tone = Float32Array.from(
      { length: 2048 },
      (_, at) => 0.5 * Math.sin((2 * Math.PI * 1000 * at) / 8000),
    );
    const { data, shape } = await spectrogramsOf([tone]);
    expect(shape).toEqual([1, momentsOf(2048), BANDS]);
    const moment = Array.from({ length: BANDS }, (_, band) => Number(data[5 * BANDS + band]));
    // 1,000 Hz are 1,000 mel; 32 bands lie evenly between 92 and 2,146 mel, the 15th of them at 1,025.
    const loudest = moment.indexOf(Math.max(...moment));
    expect(loudest).toBe(14);
    expect(moment[loudest]! - Math.max(...moment.slice(0, 11), ...moment.slice(18))).toBeGreaterThan(3);
  });

  it('tells unseen digits after 60 steps far better than by chance', async () => {
    const { convolutional, ctcLoss } = await main({ steps: 60 });
    expect(convolutional.at(-1)).toBeGreaterThan(0.3);
    expect(ctcLoss[0]).toBeLessThan(40);
  }, 120_000);
});
