/**
 * Micro-kernels: they multiply a packed left panel with a right panel and keep the whole tile of results in vector
 * registers. Results go to a small tile in memory, from where the next inner block continues or the epilogue stores.
 */
import type { Epilogue } from '@hadal/core/backend';
import type { EmitOptions } from '../../emit/index';
import { known } from '../../known';
import { type Callable, type Code, type Local, MemoryOp, type ModuleBuilder, Op } from '../../wasm/index';
import { TILE_COLUMNS, TILE_ROWS } from './blocking';
import { advance, type Definition, define } from './define';
import { EpilogueWriter } from './epilogue';

const LANES = 4;

/** `accumulator += left · right`, fused where the engine has it. */
export function multiplyAdd(code: Code, accumulator: Local, left: Local, right: Local, fused: boolean): void {
  if (fused) code.get(left).get(right).get(accumulator).op(Op.f32x4_relaxed_madd).set(accumulator);
  else code.get(accumulator).get(left).get(right).op(Op.f32x4_mul).op(Op.f32x4_add).set(accumulator);
}

interface TileShape {
  readonly rows: number;
  readonly columns: number;
}

interface Accumulator {
  readonly local: Local;
  /** Where it is kept in the tile, in bytes. */
  readonly offset: number;
}

/**
 * Writes the sums of a tile. `left` is a packed panel (`TILE_ROWS` values per inner index), `right` holds `columns` values
 * per inner index, `rightStep` bytes apart. With `first` the sums begin at 0, otherwise at what `tile` ([rows, columns],
 * contiguous) holds. Returns the accumulators by row.
 */
function sumTile(
  code: Code,
  [left, right, inner, rightStep, tile, first]: Readonly<Definition<6>['parameters']>,
  shape: TileShape,
  fused: boolean,
): readonly (readonly Accumulator[])[] {
  const vectors = shape.columns / LANES;
  const accumulators = Array.from({ length: shape.rows }, (_, row) =>
    Array.from({ length: vectors }, (_, vector) => ({
      local: code.local('v128'),
      offset: 4 * (row * shape.columns + vector * LANES),
    })),
  );
  const rights = Array.from({ length: vectors }, () => code.local('v128'));
  const value = code.local('v128');
  const k = code.local('i32');
  const loadRight = (vector: number, into: Local): void => {
    code
      .get(right)
      .memory(MemoryOp.v128_load, 4 * LANES * vector)
      .set(into);
  };
  // Wide tiles have no registers left to hold the right values: they are used as they are loaded.
  const holdsRight = shape.rows > 1;

  code.get(first).op(Op.i32_eqz);
  code.if(() => {
    for (const { local, offset } of accumulators.flat())
      code.get(tile).memory(MemoryOp.v128_load, offset).set(local);
  });
  // Not unrolled by hand: the engine runs this short body at the speed of the multipliers, a longer one at 70 % of it.
  code.while(k, inner, 1, () => {
    if (holdsRight) for (const [vector, local] of rights.entries()) loadRight(vector, local);
    for (const [row, line] of accumulators.entries()) {
      code
        .get(left)
        .memory(MemoryOp.v128_load32_splat, 4 * row)
        .set(value);
      for (const [vector, { local }] of line.entries()) {
        const other = known(rights[vector], 'a right vector');
        if (!holdsRight) loadRight(vector, other);
        multiplyAdd(code, local, value, other, fused);
      }
    }
    advance(code, right, rightStep);
    advance(code, left, 4 * TILE_ROWS);
  });
  return accumulators;
}

/** Defines a function `(left, right, inner, rightStep, tile, first)` that leaves the sums in the tile. */
export function emitTile(module: ModuleBuilder, shape: TileShape, fused: boolean): Callable {
  const definition = define(module, 6);
  const { code, parameters } = definition;
  const [, , , , tile] = parameters;
  for (const { local, offset } of sumTile(code, parameters, shape, fused).flat()) {
    code.get(tile).get(local);
    code.memory(MemoryOp.v128_store, offset);
  }
  return definition;
}

/**
 * Defines a function `(left, right, inner, rightStep, tile, first, outputRows, rowIndices, column, …epilogue)` that takes
 * the sums of a full tile through the epilogue straight from their registers.
 */
export function emitFinishingTile(module: ModuleBuilder, epilogue: Epilogue, options: EmitOptions): Callable {
  const definition = define(module, 9, { epilogue });
  const { code, extra } = definition;
  const [left, right, inner, rightStep, tile, first, outputRows, rowIndices, column] = definition.parameters;
  const writer = new EpilogueWriter(code, extra, epilogue, options);
  const tiles = [left, right, inner, rightStep, tile, first] as const;
  const rows = sumTile(code, tiles, { rows: TILE_ROWS, columns: TILE_COLUMNS }, options.relaxed);
  writer.begin();
  for (const [row, line] of rows.entries()) {
    writer.beginRow({ outputRows, rowIndices, column, ahead: row });
    for (const [vector, { local }] of line.entries()) writer.group(local, LANES, vector * LANES);
  }
  return definition;
}
