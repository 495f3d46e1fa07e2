/** Real 32×32 colour images: CIFAR-10 (Krizhevsky, 2009), and emoji where nothing may be downloaded. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, download, fromArrays, gunzip, type HostArray, type Pipeline, random } from 'hadal';

export interface ColourImages {
  /** x: [32, 32, 3] from 0 to 1, y: the number of the class. */
  readonly train: Pipeline<{ readonly x: HostArray; readonly y: HostArray }>;
  readonly test: Pipeline<{ readonly x: HostArray; readonly y: HostArray }>;
  readonly classNames: readonly string[];
}

const SIDE = 32;
const PIXELS = SIDE * SIDE;
/** A label, then all red, all green and all blue values. */
const RECORD_BYTES = 1 + 3 * PIXELS;

const CIFAR_CLASSES = 'airplane automobile bird cat deer dog frog horse ship truck'.split(' ');
const EMOJI_CLASSES = 'faces,people,nature,food,travel,objects,symbols,flags'.split(',');

const CIFAR_ARCHIVE = 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz';
const TRAIN_FILES = [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`);
const TEST_FILES = ['test_batch.bin'];
/** Six files of 10,000 images, and the headers of the archive. */
const MOST_ARCHIVE_BYTES = 200_000_000;

/** Reads images as CIFAR-10's binary files hold them. */
function parse(where: string, files: readonly Uint8Array[]): { x: HostArray; y: HostArray } {
  const bytes = Buffer.concat(files);
  const count = bytes.length / RECORD_BYTES;
  if (!Number.isInteger(count)) {
    throw new DataError(where, `${bytes.length} bytes are no whole number of records of ${RECORD_BYTES}.`);
  }
  const pixels = new Float32Array(count * 3 * PIXELS);
  const labels = new Int32Array(count);
  for (let image = 0; image < count; image++) {
    const from = image * RECORD_BYTES;
    labels[image] = bytes[from] ?? 0;
    for (let color = 0; color < 3; color++) {
      for (let pixel = 0; pixel < PIXELS; pixel++) {
        pixels[3 * (image * PIXELS + pixel) + color] = (bytes[from + 1 + color * PIXELS + pixel] ?? 0) / 255;
      }
    }
  }
  return {
    x: { data: pixels, shape: [count, SIDE, SIDE, 3], dtype: 'float32' },
    y: { data: labels, shape: [count], dtype: 'int32' },
  };
}

/** The files of a tar archive by name. Its blocks have 512 bytes; a header has the name first and the size at 124. */
function untar(archive: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const BLOCK = 512;
  const text = (from: number, to: number): string =>
    new TextDecoder().decode(archive.subarray(from, to)).replace(/\0.*$/s, '');
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const name =
      text(at, at + 100)
        .split('/')
        .at(-1) ?? '';
    files.set(name, archive.subarray(at + BLOCK, at + BLOCK + size));
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return files;
}

/**
 * CIFAR-10: 50,000 images to train on and 10,000 to judge with.
 *
 * @param folder of its binary files; without it they are downloaded, 170 MB
 * @throws {DataError} when a file is missing, or has another size than it should
 */
export async function cifar10(folder?: string): Promise<ColourImages> {
  let read = (name: string): Promise<Uint8Array> => readFile(join(folder ?? '.', name));
  if (folder === undefined) {
    const archive = await download(CIFAR_ARCHIVE);
    const files = untar(await gunzip(archive, { name: CIFAR_ARCHIVE, maxBytes: MOST_ARCHIVE_BYTES }));
    read = async (name) => {
      const file = files.get(name);
      if (file === undefined) throw new DataError('cifar10', `${CIFAR_ARCHIVE} has no ${name}.`);
      return file;
    };
  }
  const part = async (names: readonly string[]) => parse('cifar10', await Promise.all(names.map(read)));
  return {
    train: fromArrays(await part(TRAIN_FILES)),
    test: fromArrays(await part(TEST_FILES)),
    classNames: CIFAR_CLASSES,
  };
}

/** 1,821 emoji in eight classes, every fifth of a random order to judge with. */
export async function emoji(): Promise<ColourImages> {
  const packed = await readFile(new URL('../data/emoji.bin.gz', import.meta.url));
  const all = fromArrays(parse('emoji', [await gunzip(packed, { name: 'emoji.bin.gz' })]));
  const order = [...random(1).permutation(all.size ?? 0)];
  return {
    train: all.select(order.filter((_, i) => i % 5 !== 0)),
    test: all.select(order.filter((_, i) => i % 5 === 0)),
    classNames: EMOJI_CLASSES,
  };
}
