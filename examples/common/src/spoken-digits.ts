/** Real recordings of spoken digits (Free Spoken Digit Dataset, Jackson et al.): a part comes with the examples. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, gunzip } from 'hadal';

export interface Recording {
  /** From −1 to 1, 8,000 a second. */
  readonly samples: Float32Array;
  /** 0 to 9. */
  readonly digit: number;
}

export interface SpokenDigits {
  readonly train: readonly Recording[];
  /** Other recordings by the same six people. */
  readonly test: readonly Recording[];
}

/** The data set sets the recordings 0 to 4 of each digit and speaker apart for judging. */
const isTest = (index: number): boolean => index < 5;

const split = (all: readonly (Recording & { readonly index: number })[]): SpokenDigits => ({
  train: all.filter(({ index }) => !isTest(index)),
  test: all.filter(({ index }) => isTest(index)),
});

/** The logarithmic companding of telephones: what a byte from −127 to 127 stands for. */
const expand = (value: number): number => (Math.sign(value) * (256 ** (Math.abs(value) / 127) - 1)) / 255;

/** 540 recordings, 180 of them to judge with. */
export async function spokenDigits(): Promise<SpokenDigits> {
  const packed = await readFile(new URL('../data/spoken-digits.bin.gz', import.meta.url));
  const bytes = await gunzip(packed, { name: 'spoken-digits.bin.gz' });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const all = [];
  for (let at = 0; at < bytes.length; ) {
    const [digit, index, count] = [view.getUint8(at), view.getUint8(at + 1), view.getUint16(at + 2, true)];
    const samples = Float32Array.from({ length: count }, (_, i) => expand(view.getInt8(at + 4 + i)));
    all.push({ samples, digit, index });
    at += 4 + count;
  }
  return split(all);
}

/**
 * The samples of a WAV file: one channel of 16-bit numbers, 8,000 a second.
 *
 * @throws {DataError} when it is anything else
 */
function readWav(name: string, bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (at: number): string => new TextDecoder('latin1').decode(bytes.subarray(at, at + 4));
  let format = '';
  // Chunks follow the first twelve bytes, each with a name and a size; odd ones are filled up.
  for (let at = 12; at + 8 <= bytes.length; ) {
    const [chunk, size, from] = [text(at), view.getUint32(at + 4, true), at + 8];
    if (chunk === 'fmt ') {
      format = [0, 2, 14].map((field) => view.getUint16(from + field, true)).join();
      format += `,${view.getUint32(from + 4, true)}`;
    }
    if (chunk === 'data') {
      if (format !== '1,1,16,8000') break;
      const count = Math.floor(Math.min(size, bytes.length - from) / 2);
      return Float32Array.from({ length: count }, (_, i) => view.getInt16(from + 2 * i, true) / 2 ** 15);
    }
    at = from + size + (size % 2);
  }
  throw new DataError(
    'spokenDigitsFrom',
    `${name} is no WAV file of one channel with 16 bits and 8,000 samples a second.`,
  );
}

/**
 * All 3,000 recordings, from a folder of files such as 7_jackson_32.wav: digit, speaker and number.
 *
 * @throws {DataError} when there is none, or one has another form
 */
export async function spokenDigitsFrom(folder: string): Promise<SpokenDigits> {
  const all = [];
  for (const name of (await readdir(folder)).sort()) {
    const [, digit, index] = name.match(/^(\d)_\w+_(\d+)\.wav$/) ?? [];
    if (digit === undefined) continue;
    const samples = readWav(name, await readFile(join(folder, name)));
    all.push({ samples, digit: Number(digit), index: Number(index) });
  }
  if (all.length === 0) {
    throw new DataError('spokenDigitsFrom', `${folder} has no recordings such as 7_jackson_32.wav.`);
  }
  return split(all);
}
