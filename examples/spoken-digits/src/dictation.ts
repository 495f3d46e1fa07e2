/** How rows of digits are written down: by a network over moments, and by cutting them in parts. */
import type { Model } from 'hadal';
import { ONE } from './sounds';
import { spectrogramsOf } from './spectrogram';

/** Of the digits that a network over moments says, what stays when repeats and blanks are left out. */
export function spelled(
  scores: ArrayLike<number | bigint>,
  from: number,
  moments: number,
  classes: number,
): number[] {
  const said = Array.from({ length: moments }, (_, moment) => {
    const at = from + moment * classes;
    const row = Array.from({ length: classes }, (_, each) => Number(scores[at + each]));
    return row.indexOf(Math.max(...row));
  });
  return said.filter((each, i) => each !== 0 && each !== said[i - 1]).map((each) => each - 1);
}

export const sameRow = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

export const share = (right: readonly boolean[]): number => right.filter(Boolean).length / right.length;

/** The simpler way: a row is cut into as many equal parts as it has digits, and each part told on its own. */
export async function cutInParts(
  listener: Model,
  {
    sounds,
    digits,
  }: { readonly sounds: readonly Float32Array[]; readonly digits: readonly (readonly number[])[] },
): Promise<boolean[]> {
  const parts = sounds.flatMap((sound, i) => {
    const count = digits[i]?.length ?? 1;
    // What is loud enough to be speech, from its first to its last sample.
    const [from, to] = [sound.findIndex(isLoud), sound.findLastIndex(isLoud) + 1];
    return Array.from({ length: count }, (_, part) => {
      const one = new Float32Array(ONE);
      const [begin, end] = [part, part + 1].map((edge) => from + Math.round(((to - from) * edge) / count));
      one.set(sound.subarray(begin, Math.min(end ?? to, (begin ?? from) + ONE)));
      return one;
    });
  });
  const told = await (await listener.predict(await spectrogramsOf(parts), { batchSize: 64 })).data();
  let part = 0;
  return digits.map((row) =>
    row
      .map((digit) => {
        const scores = Array.from(told.subarray(10 * part, 10 * ++part), Number);
        return scores.indexOf(Math.max(...scores)) === digit;
      })
      .every(Boolean),
  );
}

const isLoud = (sample: number): boolean => Math.abs(sample) > 0.02;
