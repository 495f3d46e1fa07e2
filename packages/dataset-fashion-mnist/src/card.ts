/**
 * The dataset card: what is in the files, where it comes from, and the checksums that prove it.
 * `scripts/make-subset.mjs` writes it together with the files.
 */
import cardJson from '../data/card.json';

/** One gzipped IDX file of the package. */
export interface DatasetFile {
  /** File name under `data/`, as the full set names it. */
  readonly name: string;
  readonly part: 'train' | 'test';
  readonly kind: 'images' | 'labels';
  /** Images or labels in the file. */
  readonly count: number;
  /** How many of them belong to each class. */
  readonly perClass: number;
  readonly compressedBytes: number;
  /** SHA-256 of the file after decompression, in lower-case hexadecimal. */
  readonly sha256: string;
}

/** Facts about the dataset, as plain JSON. */
export interface DatasetCard {
  readonly name: string;
  readonly description: string;
  /** SPDX identifier of the licence of the images; its text is in data/LICENSE. */
  readonly licence: string;
  readonly copyright: string;
  /** Where the full set lives. */
  readonly source: string;
  readonly citation: string;
  /** Seed of the draw from the full set. */
  readonly seed: number;
  /** Height and width of an image in pixels. */
  readonly imageShape: readonly number[];
  /** Name of label 0, of label 1, and so on. */
  readonly classNames: readonly string[];
  readonly files: readonly DatasetFile[];
}

const isPart = (part: string): part is DatasetFile['part'] => part === 'train' || part === 'test';
const isKind = (kind: string): kind is DatasetFile['kind'] => kind === 'images' || kind === 'labels';

/**
 * The dataset card of this package.
 *
 * @example
 * import { card } from '@hadal/dataset-fashion-mnist';
 * console.log(card.licence, card.files.map((file) => file.count)); // MIT [ 12000, 12000, 2000, 2000 ]
 */
export const card: DatasetCard = {
  ...cardJson,
  files: cardJson.files.flatMap(({ part, kind, ...facts }) =>
    isPart(part) && isKind(kind) ? [{ part, kind, ...facts }] : [],
  ),
};

/** Name of label 0, of label 1, and so on: `classNames[9]` is `'Ankle boot'`. */
export const classNames: readonly string[] = card.classNames;
