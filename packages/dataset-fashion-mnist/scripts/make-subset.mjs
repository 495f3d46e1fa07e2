/**
 * Chooses the subset of Fashion-MNIST that this package carries and writes it to `data/`, with the dataset card.
 *
 *   node scripts/make-subset.mjs FOLDER_OF_THE_FULL_SET
 *
 * The folder holds the four gzipped IDX files of the full set (Debian's `dataset-fashion-mnist` installs them).
 * Every class gets the same number of images, drawn with a fixed seed; training images come from the training part
 * only and test images from the test part only. The order is shuffled, so that the first images are a fair sample.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const SEED = 20170825;
const CLASS_NAMES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
const PARTS = [
  { part: 'train', prefix: 'train', perClass: 1200 },
  { part: 'test', prefix: 't10k', perClass: 200 },
];
const IMAGE_BYTES = 28 * 28;
const IMAGE_HEADER_BYTES = 16;
const LABEL_HEADER_BYTES = 8;

const [, , folder] = process.argv;
if (folder === undefined) throw new Error('usage: node scripts/make-subset.mjs FOLDER_OF_THE_FULL_SET');
const dataFolder = join(import.meta.dirname, '..', 'data');

/**
 * @param {Uint8Array} bytes
 * @returns {string} lower-case hexadecimal
 */
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Numbers in [0, 1) from a 32-bit state (mulberry32): small, and good enough to draw a sample.
 * @param {number} seed
 * @returns {() => number}
 */
function uniforms(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Fisher-Yates, in place.
 * @param {number[]} values
 * @param {() => number} uniform
 * @returns {number[]}
 */
function shuffle(values, uniform) {
  for (let last = values.length - 1; last > 0; last--) {
    const other = Math.floor(uniform() * (last + 1));
    [values[last], values[other]] = [values[other], values[last]];
  }
  return values;
}

/**
 * @param {number[]} dimensions
 * @returns {Buffer} the header of an IDX file of unsigned bytes
 */
function idxHeader(dimensions) {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header[2] = 0x08;
  header[3] = dimensions.length;
  dimensions.forEach((size, axis) => {
    header.writeUInt32BE(size, 4 + 4 * axis);
  });
  return header;
}

const uniform = uniforms(SEED);
const files = [];
for (const { part, prefix, perClass } of PARTS) {
  const images = gunzipSync(readFileSync(join(folder, `${prefix}-images-idx3-ubyte.gz`))).subarray(
    IMAGE_HEADER_BYTES,
  );
  const labels = gunzipSync(readFileSync(join(folder, `${prefix}-labels-idx1-ubyte.gz`))).subarray(
    LABEL_HEADER_BYTES,
  );
  const chosen = CLASS_NAMES.flatMap((_, label) => {
    const members = [...labels.keys()].filter((index) => labels[index] === label);
    return shuffle(members, uniform).slice(0, perClass);
  });
  shuffle(chosen, uniform);

  const contents = {
    images: Buffer.concat([
      idxHeader([chosen.length, 28, 28]),
      ...chosen.map((index) => images.subarray(index * IMAGE_BYTES, (index + 1) * IMAGE_BYTES)),
    ]),
    labels: Buffer.concat([idxHeader([chosen.length]), Buffer.from(chosen.map((index) => labels[index]))]),
  };
  for (const [kind, content] of Object.entries(contents)) {
    const name = `${prefix}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte.gz`;
    const compressed = gzipSync(content, { level: 9, memLevel: 9 });
    writeFileSync(join(dataFolder, name), compressed);
    files.push({
      name,
      part,
      kind,
      count: chosen.length,
      perClass,
      compressedBytes: compressed.length,
      sha256: sha256(content),
    });
  }
}

const card = {
  name: 'Fashion-MNIST, balanced subset',
  description: '28×28 grey images of clothes in ten classes; 1,200 training and 200 test images of each.',
  licence: 'MIT',
  copyright: '2017 Zalando SE',
  source: 'https://github.com/zalandoresearch/fashion-mnist',
  citation:
    'Han Xiao, Kashif Rasul, Roland Vollgraf: Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms, arXiv:1708.07747 (2017)',
  seed: SEED,
  imageShape: [28, 28],
  classNames: CLASS_NAMES,
  files,
};
writeFileSync(join(dataFolder, 'card.json'), `${JSON.stringify(card, null, 2)}\n`);
