/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf: arXiv:1708.07747): 28×28 grey images of clothes in ten classes.
 *
 * Without further words it is the subset that `@hadal/dataset-fashion-mnist` carries, so that first programs run
 * offline and everywhere alike. The full set is asked for, because it is large and has to come from somewhere.
 */
import { DataError, type HostArray } from '@hadal/core';
import { arrayColumn, byteColumn, type Column, unitScale } from '../host/column';
import { Pipeline } from '../pipeline/pipeline';
import { tableSource } from '../pipeline/sources';
import { environment, paths } from '../platform/builtin';
import {
  type DownloadPlace,
  folderHolds,
  type IdxArrays,
  type IdxFiles,
  loadDownload,
  loadFolder,
} from './idx-files';

/** One image with its label. */
export interface LabelledImage {
  /** Shape [28, 28, 1]. */
  readonly x: HostArray;
  /** The label 0–9, a scalar int32. */
  readonly y: HostArray;
}

/** What to load, and from where. */
export interface FashionMnistOptions extends Partial<DownloadPlace> {
  /**
   * The full set of 60,000 + 10,000 images instead of the subset of 12,000 + 2,000 (default false). It is looked for in
   * the folder `HADAL_DATA` names, then where Debian's package `dataset-fashion-mnist` puts it, then it is downloaded.
   */
  readonly full?: boolean;
  /** Read the full set from this folder: four IDX files, gzipped or not. Nothing else is tried then. */
  readonly folder?: string;
  /** Images as float32 from 0 to 1 (default), or as the bytes 0–255 they are stored as. */
  readonly dtype?: 'float32' | 'uint8';
}

/** Where the images were found. */
export interface DatasetSource {
  /** The images that come with the package, files in a folder, or a download. */
  readonly kind: 'subset' | 'folder' | 'download';
  /** Package name, folder or address. */
  readonly location: string;
}

/** Training and test images. */
export interface FashionMnist {
  /** Images to learn from. */
  readonly train: Pipeline<LabelledImage>;
  /** Images to judge by. */
  readonly test: Pipeline<LabelledImage>;
  /** Name of label 0, of label 1, and so on. */
  readonly classNames: readonly string[];
  /** Where they came from. */
  readonly source: DatasetSource;
}

const WHERE = 'fashionMnist';
const SUBSET_PACKAGE = '@hadal/dataset-fashion-mnist';
const PUBLISHED_AT = 'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/';
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';
const SIDE = 28;

const CLASS_NAMES: readonly string[] = [
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

/** The four files of the full set, as published in 2017. */
const FULL_SET = {
  trainImages: {
    name: 'train-images-idx3-ubyte',
    sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    bytes: 47_040_016,
  },
  trainLabels: {
    name: 'train-labels-idx1-ubyte',
    sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    bytes: 60_008,
  },
  testImages: {
    name: 't10k-images-idx3-ubyte',
    sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    bytes: 7_840_016,
  },
  testLabels: {
    name: 't10k-labels-idx1-ubyte',
    sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    bytes: 10_008,
  },
} as const satisfies IdxFiles;

/** Pixels and labels as bytes, before they are presented. */
interface ImageBytes {
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

function present(
  part: string,
  { images, labels }: ImageBytes,
  dtype: 'float32' | 'uint8',
): Pipeline<LabelledImage> {
  const count = labels.length;
  if (images.length !== count * SIDE * SIDE) {
    throw new DataError(
      WHERE,
      `the ${part} part has ${count} labels for ${images.length / SIDE ** 2} images.`,
    );
  }
  const strange = labels.findIndex((label) => label >= CLASS_NAMES.length);
  if (strange >= 0) {
    throw new DataError(
      WHERE,
      `label ${strange} of the ${part} part is ${labels[strange]}, expected 0 to 9.`,
    );
  }
  const shape = [SIDE, SIDE, 1];
  const x: Column<HostArray, HostArray> =
    dtype === 'float32'
      ? byteColumn(images, shape, unitScale())
      : arrayColumn('x', { data: images, shape: [count, ...shape], dtype });
  const y = arrayColumn('y', { data: Int32Array.from(labels), shape: [count], dtype: 'int32' });
  return new Pipeline(tableSource({ x, y }));
}

async function loadSubset(): Promise<{ train: ImageBytes; test: ImageBytes }> {
  const subset = await import('@hadal/dataset-fashion-mnist').catch((error: unknown) => {
    throw new DataError(
      WHERE,
      `the package ${SUBSET_PACKAGE} is not installed (${error instanceof Error ? error.message : String(error)}).`,
      `Install it: npm install ${SUBSET_PACKAGE}`,
      'or ask for the full set: fashionMnist({ full: true }).',
    );
  });
  return subset.fashionMnistSubset();
}

function bytesOf(array: HostArray): Uint8Array {
  if (array.data instanceof Uint8Array) return array.data;
  throw new DataError(WHERE, `a file holds ${array.dtype} values, expected bytes.`);
}

function fromArrays(arrays: IdxArrays<typeof FULL_SET>): { train: ImageBytes; test: ImageBytes } {
  return {
    train: { images: bytesOf(arrays.trainImages), labels: bytesOf(arrays.trainLabels) },
    test: { images: bytesOf(arrays.testImages), labels: bytesOf(arrays.testLabels) },
  };
}

/** The folders that may hold the full set without having been named in the call. */
function knownFolders(): string[] {
  const data = environment('HADAL_DATA');
  const named = data === undefined ? [] : [paths()?.join(data, 'fashion-mnist') ?? data, data];
  return [...named, DEBIAN_FOLDER];
}

async function locateFullSet(options: FashionMnistOptions): Promise<DatasetSource> {
  if (options.folder !== undefined) return { kind: 'folder', location: options.folder };
  if (options.baseUrl !== undefined) return { kind: 'download', location: options.baseUrl };
  for (const folder of knownFolders()) {
    if (await folderHolds(folder, FULL_SET)) return { kind: 'folder', location: folder };
  }
  return { kind: 'download', location: PUBLISHED_AT };
}

async function loadFullSet(source: DatasetSource, options: FashionMnistOptions) {
  const { location } = source;
  const arrays =
    source.kind === 'folder'
      ? await loadFolder(WHERE, location, FULL_SET)
      : await loadDownload(WHERE, 'fashion-mnist', FULL_SET, { ...options, baseUrl: location });
  return fromArrays(arrays);
}

/**
 * Loads Fashion-MNIST: the subset of 12,000 + 2,000 images from `@hadal/dataset-fashion-mnist`, or the full set of
 * 60,000 + 10,000 when `full`, `folder` or `baseUrl` ask for it.
 *
 * @param options which part, from where, as which dtype
 * @returns training and test datasets of `{ x: [28, 28, 1], y: int32 label }`, class names, and where they came from
 * @throws {DataError} when the files are missing, truncated, damaged, not the published ones, or cannot be downloaded
 * @example
 * const { train, test, classNames } = await fashionMnist();
 * for await (const { x, y } of train.shuffle(42).batch(32)) console.log(x.shape, y.shape); // [32, 28, 28, 1] [32]
 */
export async function fashionMnist(options: FashionMnistOptions = {}): Promise<FashionMnist> {
  const { dtype = 'float32' } = options;
  const full = options.full === true || options.folder !== undefined || options.baseUrl !== undefined;
  const source: DatasetSource = full
    ? await locateFullSet(options)
    : { kind: 'subset', location: SUBSET_PACKAGE };
  const { train, test } = full ? await loadFullSet(source, options) : await loadSubset();
  return {
    train: present('training', train, dtype),
    test: present('test', test, dtype),
    classNames: CLASS_NAMES,
    source,
  };
}
