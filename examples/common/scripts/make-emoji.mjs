/**
 * Makes data/emoji.bin.gz from an unpacked npm package: the stand-in for CIFAR-10 that comes with the examples.
 *
 *   npm pack emoji-datasource-twitter@16.0.0 && tar xzf emoji-datasource-twitter-16.0.0.tgz
 *   node examples/common/scripts/make-emoji.mjs package
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { decode } from 'fast-png';

const SIDE = 32;
/** A cell of the sheet has one empty pixel on each side. */
const CELL = SIDE + 2;
const CLASSES = [
  'Smileys & Emotion',
  'People & Body',
  'Animals & Nature',
  'Food & Drink',
  'Travel & Places',
  'Objects',
  'Symbols',
  'Flags',
];

const [folder = 'package'] = process.argv.slice(2);
const emoji = JSON.parse(readFileSync(join(folder, 'emoji.json'), 'utf8'))
  .filter((each) => CLASSES.includes(each.category) && each.has_img_twitter)
  .sort((a, b) => a.sort_order - b.sort_order);
const sheet = decode(readFileSync(join(folder, 'img/twitter/sheets/32.png')));
if (sheet.channels !== 4 || sheet.depth !== 8) throw new Error('Expected 8-bit red, green, blue and alpha.');

/** As in CIFAR-10: the label, then all red, all green and all blue values; on white. */
const records = emoji.map(({ category, sheet_x: column, sheet_y: row }) => {
  const record = Buffer.alloc(1 + 3 * SIDE * SIDE);
  record[0] = CLASSES.indexOf(category);
  for (let pixel = 0; pixel < SIDE * SIDE; pixel++) {
    const x = column * CELL + 1 + (pixel % SIDE);
    const y = row * CELL + 1 + Math.floor(pixel / SIDE);
    const at = 4 * (y * sheet.width + x);
    const alpha = sheet.data[at + 3] / 255;
    for (let color = 0; color < 3; color++) {
      record[1 + color * SIDE * SIDE + pixel] = Math.round(255 + alpha * (sheet.data[at + color] - 255));
    }
  }
  return record;
});
const file = new URL('../data/emoji.bin.gz', import.meta.url);
writeFileSync(file, gzipSync(Buffer.concat(records), { level: 9 }));
console.log(`${records.length} images of ${CLASSES.length} classes`);
