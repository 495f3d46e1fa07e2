/** Single digits and rows of them, as sounds with what was said. */
import type { HostArray, Random } from 'hadal';
import type { Recording } from '../../common/src/spoken-digits';
import { spectrogramsOf } from './spectrogram';

/** Samples of one digit, a second, and of a row of them. */
export const [ONE, ROW] = [8192, 24_576];
/** Digits of the shortest and of the longest row. */
const [FEWEST, MOST] = [2, 4];
/** The longest pause between two digits of a row, in samples. */
const PAUSE = 1600;
/** Sounds one after the other from a moment on, in silence. */
function placed(sounds: readonly Float32Array[], length: number, chance: Random): Float32Array {
  const whole = new Float32Array(length);
  const spoken = sounds.reduce((sum, each) => sum + each.length, 0);
  const pauses = sounds.map(() => chance.below(PAUSE));
  const free = Math.max(0, length - spoken - pauses.reduce((sum, each) => sum + each, 0));
  let at = chance.below(free + 1);
  for (const [i, sound] of sounds.entries()) {
    whole.set(sound.subarray(0, Math.max(0, length - at)), Math.min(at, length));
    at += sound.length + (pauses[i] ?? 0);
  }
  return whole;
}

const labels = (values: readonly number[], shape: readonly number[]): HostArray => ({
  data: Int32Array.from(values),
  shape,
  dtype: 'int32',
});

/** Single digits. */
export async function single(recordings: readonly Recording[], chance: Random) {
  const sounds = recordings.map(({ samples }) => placed([samples], ONE, chance));
  return {
    x: await spectrogramsOf(sounds),
    y: labels(
      recordings.map(({ digit }) => digit),
      [recordings.length],
    ),
  };
}

/** Rows of digits; labels count from 1, and 0 is no digit. */
export async function rows(recordings: readonly Recording[], count: number, chance: Random) {
  const drawn = Array.from({ length: count }, () =>
    Array.from(
      { length: FEWEST + chance.below(MOST - FEWEST + 1) },
      () => recordings[chance.below(recordings.length)],
    ).flatMap((each) => each ?? []),
  );
  const sounds = drawn.map((row) =>
    placed(
      row.map(({ samples }) => samples),
      ROW,
      chance,
    ),
  );
  return {
    sounds,
    digits: drawn.map((row) => row.map(({ digit }) => digit)),
    x: await spectrogramsOf(sounds),
    y: labels(
      drawn.flatMap((row) => Array.from({ length: MOST }, (_, i) => (row[i]?.digit ?? -1) + 1)),
      [count, MOST],
    ),
  };
}
