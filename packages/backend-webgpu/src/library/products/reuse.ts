/**
 * Products of other sizes take a shader that was made before, where that costs less than making another: the last batch of
 * an epoch is smaller, and so its tiles would be, for one step. Tiles decide who computes what and never in which order sums
 * are added, so that results do not depend on what came before.
 */
import type { LibraryCall } from '@hadal/core/backend';
import type { Layout, Structure } from './layout';
import { type ProductSize, type Tile, tileColumns, tileRows } from './tile';

/** A call and how it is dealt out. */
export interface LaidOut {
  readonly call: LibraryCall;
  readonly layout: Layout;
}

/** Up to so many multiplications, those of a tile's edges included, a product is quick with any tile. */
const QUICK = 1 << 21;
/** Most multiplications beyond the edges of a product, as a multiple of what its own tile takes: for quick products, and else. */
const MOST_WASTE = { quick: 8, other: 1.25 };
/** Structures that are kept; programs have some tens. */
const MOST_KEPT = 256;

/** Multiplications of whole tiles. */
function paddedWork({ rows, columns, inner, repeated }: ProductSize, tile: Tile): number {
  const whole = (extent: number, step: number): number => Math.ceil(extent / step) * step;
  return whole(rows, tileRows(tile)) * whole(columns, tileColumns(tile)) * inner * repeated;
}

const area = ({ rows, columns }: Tile): number => rows * columns;

function isWorthwhile(size: ProductSize, own: Tile, other: Tile): boolean {
  const [needed, spent] = [paddedWork(size, own), paddedWork(size, other)];
  if (spent <= QUICK) return spent <= MOST_WASTE.quick * needed;
  return area(other) >= area(own) && spent <= MOST_WASTE.other * needed;
}

export class MadeShaders {
  readonly #keys = new Set<string>();
  #structures: Structure[] = [];

  /**
   * The call of a product whose shader is there, or the one by rules.
   *
   * @param layOut lays the product out by rules, or with the tile and at least the axes of another structure
   */
  pick(size: ProductSize, layOut: (like?: Structure) => LaidOut): LibraryCall {
    const { call, layout } = layOut();
    if (this.#keys.has(call.key)) return call;
    const { tile } = layout.structure;
    for (const like of this.#structures) {
      if (!mayServe(like, layout.structure) || !isWorthwhile(size, tile, like.tile)) continue;
      const other = layOut(like).call;
      if (this.#keys.has(other.key)) return other;
    }
    if (this.#structures.length >= MOST_KEPT) {
      this.#structures = [];
      this.#keys.clear();
    }
    this.#keys.add(call.key);
    this.#structures.push(layout.structure);
    return call;
  }
}

/** Whether a structure may be that of a product which by itself has another one; equal keys have the last word. */
const mayServe = (like: Structure, own: Structure): boolean =>
  like.products === own.products &&
  like.loop >= own.loop &&
  like.rows >= own.rows &&
  like.inner >= own.inner &&
  like.columns >= own.columns &&
  (like.isSplit || !own.isSplit);
