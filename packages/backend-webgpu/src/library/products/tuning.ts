/**
 * Tiles that were measured on this adapter, in place of those that rules choose. Whoever plans a product of a size that
 * was not measured yet throws a `Loading`, and plans again once it was.
 */
import { Loading } from '@hadal/core/backend';
import type { Product } from '@hadal/core/products';
import type { LibraryTraits } from '../traits';
import { candidateTiles, tileName } from './candidates';
import { chooseTile, type ProductSize, type Tile } from './tile';

/** Names of the tiles that were found, by what they were found for. */
export type TileNames = Readonly<Record<string, string>>;

/** What a product is, as far as a measurement depends on it. */
export interface Measured {
  readonly products: readonly Product[];
  readonly size: ProductSize;
  /** Elements that the buffers of the two operands have at least. */
  readonly operandElements: readonly number[];
}

/** Runs a product with each of these tiles. Gives the milliseconds of each, infinity where it cannot be run; never rejects. */
export type MeasureTiles = (product: Measured, tiles: readonly Tile[]) => Promise<readonly number[]>;

/** A tile has to be faster by this than the one that rules choose, or what differs is the moment. */
const WORTHWHILE = 0.9;

/** What stands for the tile that rules choose, where none was faster. */
const BY_RULES = 'by rules';

const bucketOf = (extent: number): number => 2 ** Math.ceil(Math.log2(Math.max(1, extent)));

/** Sizes of one power of two share a measurement, so that smaller last batches rarely need one. */
const keyOf = ({ products: [first], size }: Measured): string => {
  const extents = [size.rows, size.columns, size.inner, size.repeated].map(bucketOf).join('x');
  const axes = [first?.loop, first?.rows, first?.inner, first?.columns].map((each) => each?.length ?? 0);
  // Whether neighbours of the left operand lie along rows, and those of the right one along columns.
  const turns = [first?.inner.at(-1)?.left === 1, first?.columns.at(-1)?.right === 1].map(Number);
  return `${extents} ${axes.join('')} ${turns.join('')}`;
};

export class TileTuning {
  readonly #found: Map<string, string>;
  readonly #measure: MeasureTiles;
  readonly #remember: (found: TileNames) => Promise<void>;
  readonly #running = new Map<string, Promise<void>>();
  /** Measurements run one after another, or they would measure each other. */
  #tail: Promise<void> = Promise.resolve();

  /**
   * @param found    what was measured before
   * @param measure  runs a product
   * @param remember keeps what was found, for later processes
   */
  constructor(found: TileNames, measure: MeasureTiles, remember: (found: TileNames) => Promise<void>) {
    this.#found = new Map(Object.entries(found));
    this.#measure = measure;
    this.#remember = remember;
  }

  /**
   * The tile that was fastest for products of about this size.
   *
   * @throws {Loading} when there was none yet
   */
  tileOf(product: Measured, traits: LibraryTraits): Tile {
    const key = keyOf(product);
    const candidates = candidateTiles(product.size, traits);
    const name = this.#found.get(key);
    const known = candidates.find((each) => tileName(each) === name);
    if (known !== undefined) return known;
    // The rules' tile depends on the size itself, which others of the bucket do not share.
    if (name === BY_RULES || candidates.length === 1) return chooseTile(product.size, traits);
    let running = this.#running.get(key);
    if (running === undefined) {
      running = this.#tail.then(() => this.#findOut(key, product, candidates));
      this.#tail = running;
      this.#running.set(key, running);
    }
    throw new Loading(running);
  }

  async #findOut(key: string, product: Measured, candidates: readonly Tile[]): Promise<void> {
    const [byRules = Number.POSITIVE_INFINITY, ...others] = await this.#measure(product, candidates);
    const least = Math.min(...others);
    const best = candidates[1 + others.indexOf(least)];
    const isBetter = best !== undefined && least < WORTHWHILE * byRules;
    this.#found.set(key, isBetter ? tileName(best) : BY_RULES);
    this.#running.delete(key);
    await this.#remember(Object.fromEntries(this.#found));
  }
}
