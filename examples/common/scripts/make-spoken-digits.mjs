/**
 * Makes data/spoken-digits.bin.gz from a copy of the Free Spoken Digit Dataset: the part of it that comes with the examples.
 *
 *   git clone https://github.com/Jakobovski/free-spoken-digit-dataset
 *   node examples/common/scripts/make-spoken-digits.mjs free-spoken-digit-dataset/recordings
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Recordings of each digit by each speaker: three of the ones that the data set sets apart for judging, six others. */
const KEPT = [0, 1, 2, 5, 6, 7, 8, 9, 10];
/** Bytes before the samples of a canonical WAV file; all files of the set are. */
const WAV_HEADER = 44;
/** Of the companding: 8 bits hold the logarithm of a sample. */
const MU = 255;

const compress = (sample) => {
  const x = sample / 2 ** 15;
  return Math.round(127 * ((Math.sign(x) * Math.log1p(MU * Math.abs(x))) / Math.log1p(MU)));
};

const [folder = 'recordings'] = process.argv.slice(2);
const records = readdirSync(folder)
  .sort()
  .flatMap((file) => {
    const [, digit, , index] = file.match(/^(\d)_(\w+)_(\d+)\.wav$/) ?? [];
    if (!KEPT.includes(Number(index))) return [];
    const bytes = readFileSync(join(folder, file)).subarray(WAV_HEADER);
    const count = Math.floor(bytes.length / 2);
    // The digit, the number of the recording, and how many samples follow.
    const record = Buffer.alloc(4 + count);
    record.writeUInt8(Number(digit), 0);
    record.writeUInt8(Number(index), 1);
    record.writeUInt16LE(count, 2);
    for (let at = 0; at < count; at++) record.writeInt8(compress(bytes.readInt16LE(2 * at)), 4 + at);
    return [record];
  });
writeFileSync(
  new URL('../data/spoken-digits.bin.gz', import.meta.url),
  gzipSync(Buffer.concat(records), { level: 9 }),
);
console.log(`${records.length} recordings`);
