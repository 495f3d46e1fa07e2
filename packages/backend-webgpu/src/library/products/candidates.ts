/** Tiles that are worth measuring beside the one that rules choose. */
import type { LibraryTraits } from '../traits';
import { chooseTile, needed, type ProductSize, SHARING_SUBGROUP, type Tile, tile, VECTOR } from './tile';

/** Largest first. */
const SOFTWARE_SHAPES: readonly (readonly [rows: number, columns: number])[] = [
  [16, 8],
  [8, 8],
  [16, 4],
  [8, 4],
  [4, 8],
  [4, 4],
];

const GPU_TILES: readonly Tile[] = [
  tile('workgroup', [8, 8], [16, 16], 16),
  tile('workgroup', [8, 4], [16, 16], 16),
  tile('workgroup', [4, 8], [16, 16], 16),
  tile('workgroup', [8, 8], [8, 8], 16),
  tile('workgroup', [4, VECTOR], [16, 16], 16),
  tile('workgroup', [4, VECTOR], [8, 8], 16),
  tile('registers', [8, 8], [8, 8]),
  tile('registers', [4, VECTOR], [16, 16]),
];

function softwareTiles({ rows }: ProductSize, subgroupSize: number): readonly Tile[] {
  const shares = subgroupSize === SHARING_SUBGROUP;
  const kinds = shares ? (['subgroup', 'registers'] as const) : (['registers'] as const);
  return kinds.flatMap((kind) =>
    SOFTWARE_SHAPES.map(([height, width]) =>
      tile(kind, [height, width], [SHARING_SUBGROUP, needed(rows, height, 4)]),
    ),
  );
}

/** How a tile is called where measured choices are kept. */
export const tileName = ({ kind, rows, columns, across, down, depth }: Tile): string =>
  `${kind} ${rows}x${columns} ${across}x${down} ${depth}`;

/** Tiles that compute a product of this size, first the one that rules choose. */
export function candidateTiles(size: ProductSize, traits: LibraryTraits): readonly Tile[] {
  const chosen = chooseTile(size, traits);
  const { isSoftware, subgroupSize } = traits;
  const others = (isSoftware ? softwareTiles(size, subgroupSize) : GPU_TILES).filter(
    (each) => tileName(each) !== tileName(chosen) && each.rows <= Math.max(chosen.rows, size.rows),
  );
  return [chosen, ...others];
}
