/** The command line that the examples have in common. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';

/** How much to train. Every example has a good default. */
export interface Options {
  /** Passes over the training data. */
  readonly epochs?: number;
  /** Train on this many batches only and judge on a part: a quick look instead of a good model. */
  readonly steps?: number;
}

/** Draws what the run came to: the text of an SVG file or the bytes of a PNG file. */
export type Draw = () => string | Uint8Array;

/** Reads `--epochs N --steps N --picture FILE`. */
export function commandLine(): {
  readonly options: Options;
  readonly picture: (draw: Draw) => Promise<void>;
} {
  const { values } = parseArgs({
    options: { epochs: { type: 'string' }, steps: { type: 'string' }, picture: { type: 'string' } },
  });
  const { epochs, steps, picture } = values;
  return {
    options: {
      ...(epochs === undefined ? {} : { epochs: Number(epochs) }),
      ...(steps === undefined ? {} : { steps: Number(steps) }),
    },
    picture: async (draw) => {
      if (picture !== undefined) await writeFile(picture, draw());
    },
  };
}

/** A part of one as it is read: 0.8312 is 83.1 %. */
export const percent = (part: number | undefined): string => `${(100 * (part ?? Number.NaN)).toFixed(1)} %`;
