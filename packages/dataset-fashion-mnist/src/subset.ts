/**
 * Loads the subset: images and labels as plain bytes, without any knowledge of tensors or pipelines.
 */
import { decompress, readBytes } from './bytes';
import { card, type DatasetFile } from './card';

/** Images and labels of one part of the dataset. */
export interface ImagePart {
  /** Grey values 0–255, row-major, shape [count, 28, 28]. */
  readonly images: Uint8Array;
  /** Labels 0–9, shape [count]. */
  readonly labels: Uint8Array;
  readonly count: number;
}

/** The addresses are spelled out one by one: that is what lets a bundler find the files. */
const ADDRESSES = {
  train: {
    images: () => new URL('../data/train-images-idx3-ubyte.gz', import.meta.url),
    labels: () => new URL('../data/train-labels-idx1-ubyte.gz', import.meta.url),
  },
  test: {
    images: () => new URL('../data/t10k-images-idx3-ubyte.gz', import.meta.url),
    labels: () => new URL('../data/t10k-labels-idx1-ubyte.gz', import.meta.url),
  },
};

/** An IDX file starts with four bytes of type and rank and four bytes for each dimension. */
const headerBytes = { images: 16, labels: 8 };

/**
 * Loads one file of the package as it is: a gzipped IDX file, which every reader of MNIST-like data understands.
 *
 * @param part which part of the dataset
 * @param kind images or labels
 * @returns the compressed bytes
 * @throws {Error} when the file cannot be read or fetched
 * @example
 * const bytes = await readGzippedIdx('test', 'labels'); // starts with 0x1f 0x8b
 */
export function readGzippedIdx(part: DatasetFile['part'], kind: DatasetFile['kind']): Promise<Uint8Array> {
  return readBytes(ADDRESSES[part][kind]());
}

async function content(part: DatasetFile['part'], kind: DatasetFile['kind']): Promise<Uint8Array> {
  const idx = await decompress(await readGzippedIdx(part, kind));
  const count = countOf(part);
  const perItem = kind === 'images' ? card.imageShape.reduce((product, size) => product * size, 1) : 1;
  const expected = headerBytes[kind] + count * perItem;
  if (idx.length !== expected) {
    throw new Error(
      [
        `fashionMnistSubset: the ${part} ${kind} hold ${idx.length} bytes, expected ${expected}.`,
        '  The file is truncated or replaced; install @hadal/dataset-fashion-mnist again.',
      ].join('\n'),
    );
  }
  return idx.subarray(headerBytes[kind]);
}

const countOf = (part: DatasetFile['part']): number =>
  card.files.find((file) => file.part === part)?.count ?? 0;

async function loadPart(part: DatasetFile['part']): Promise<ImagePart> {
  const [images, labels] = await Promise.all([content(part, 'images'), content(part, 'labels')]);
  return { images, labels, count: countOf(part) };
}

/**
 * Loads the subset: 12,000 training and 2,000 test images, equally many of each of the ten classes, in mixed order.
 *
 * @returns pixels and labels as bytes
 * @throws {Error} when a file is missing, cannot be fetched or is truncated
 * @example
 * import { classNames, fashionMnistSubset } from '@hadal/dataset-fashion-mnist';
 *
 * const { train } = await fashionMnistSubset();
 * const firstImage = train.images.subarray(0, 28 * 28);
 * console.log(classNames[train.labels[0]!], firstImage.length); // Trouser 784
 */
export async function fashionMnistSubset(): Promise<{ train: ImagePart; test: ImagePart }> {
  const [train, test] = await Promise.all([loadPart('train'), loadPart('test')]);
  return { train, test };
}
