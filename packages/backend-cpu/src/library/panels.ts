/**
 * Products inside of kernels that make many small ones: right operands are packed in panels, left ones lie as they are, since
 * each of their rows is multiplied once. A tile of sums stays in registers, as in the products of `gemm`.
 */
import { type Callable, type Code, type Local, MemoryOp, type ModuleBuilder, Op } from '../wasm/index';
import { advance, define } from './gemm/define';
import { multiplyAdd } from './gemm/micro';
import { transposeFour } from './gemm/pack';

/** Columns of a panel: two vectors. */
export const PANEL_COLUMNS = 8;
export const VECTOR_BYTES = 16;
const ELEMENT_BYTES = 4;
export const PANEL_BYTES = ELEMENT_BYTES * PANEL_COLUMNS;
/** Rows of a tile: with two vectors each they fill the registers. Smaller tiles are for what remains. */
export const TILE_ROWS = 6;
const TILES = [TILE_ROWS, 4, 2, 1] as const;

/** Panels that hold so many columns, and the bytes of a row of them. */
export const panelsOf = (columns: number): number => Math.ceil(columns / PANEL_COLUMNS);
export const panelRowBytes = (columns: number): number => PANEL_BYTES * panelsOf(columns);

/** `pack(target, source, inner, innerBytes, columns, columnBytes)` */
export type Pack = (
  target: number,
  source: number,
  inner: number,
  innerBytes: number,
  columns: number,
  columnBytes: number,
) => void;

/**
 * Defines, and exports, `pack`: a matrix as panels of eight columns, each with the columns of one inner index after those of
 * the one before; zeros where there are no more columns. Neighbours are copied by vectors, in either direction.
 */
export function emitPack(module: ModuleBuilder): Callable {
  const { index, code, parameters } = define(module, 6, { exportAs: 'pack' });
  const [target, source, inner, innerBytes, columns, columnBytes] = parameters;
  const column = code.local('i32');
  const k = code.local('i32');
  const row = code.local('i32');
  const stop = code.local('i32');
  const offset = code.local('i32');
  const places = Array.from({ length: PANEL_COLUMNS }, () => code.local('i32'));

  const adjacentColumns = (): void => {
    code.get(source).set(row);
    code.while(k, inner, 1, () => {
      for (const at of [0, VECTOR_BYTES]) {
        code.get(target).get(row).memory(MemoryOp.v128_load, at).memory(MemoryOp.v128_store, at);
      }
      advance(code, row, innerBytes);
      advance(code, target, PANEL_BYTES);
    });
  };
  const otherColumns = (): void => {
    // Beyond the last column the last one is read again, and zeros are written.
    for (const [i, place] of places.entries()) {
      code.get(columns).get(column).op(Op.i32_sub).i32(1).op(Op.i32_sub).set(stop);
      code.i32(i).get(stop).i32(i).get(stop).op(Op.i32_lt_s).op(Op.select);
      code.get(columnBytes).op(Op.i32_mul).get(source).op(Op.i32_add).set(place);
    }
    code.i32(0).set(offset);
    code.get(columns).get(column).op(Op.i32_sub).i32(PANEL_COLUMNS).op(Op.i32_ge_s);
    code.get(innerBytes).i32(ELEMENT_BYTES).op(Op.i32_eq).op(Op.i32_and);
    code.if(() => {
      code.get(inner).i32(3).op(Op.i32_sub).set(stop);
      code.while(k, stop, 4, () => {
        transposeFour(code, places, offset, target);
        advance(code, offset, VECTOR_BYTES);
        advance(code, target, 4 * PANEL_BYTES);
      });
    });
    code.while(k, inner, 1, () => {
      for (const [i, place] of places.entries()) {
        code.get(target);
        code.get(place).get(offset).op(Op.i32_add).memory(MemoryOp.f32_load);
        code.f32(0);
        code.get(columns).get(column).op(Op.i32_sub).i32(i).op(Op.i32_gt_s).op(Op.select);
        code.memory(MemoryOp.f32_store, ELEMENT_BYTES * i);
      }
      advance(code, offset, innerBytes);
      advance(code, target, PANEL_BYTES);
    });
  };

  code.while(column, columns, PANEL_COLUMNS, () => {
    code.i32(0).set(k);
    code.get(columns).get(column).op(Op.i32_sub).i32(PANEL_COLUMNS).op(Op.i32_ge_s);
    code.get(columnBytes).i32(ELEMENT_BYTES).op(Op.i32_eq).op(Op.i32_and);
    code.if(adjacentColumns, otherColumns);
    scaledAdvance(code, source, columnBytes, PANEL_COLUMNS);
  });
  return { index };
}

/**
 * Parameters of a product: rows of the left operand and their elements are `leftRow` and `leftStep` bytes apart, panels
 * `panelBytes`; sums begin at 0, or at what is there where `isAdding` is not 0.
 */
const TILE_PARAMETERS = 10;

/** Defines `(left, leftRow, leftStep, inner, packed, panelBytes, panels, sums, sumsRow, isAdding)` for a tile of rows. */
function emitTile(module: ModuleBuilder, rows: number, fused: boolean): Callable {
  const { index, code, parameters } = define(module, TILE_PARAMETERS);
  const [left, leftRow, leftStep, inner, packed, panelBytes, panels, sums, sumsRow, isAdding] = parameters;
  const panel = code.local('i32');
  const right = code.local('i32');
  const end = code.local('i32');
  const rights = [code.local('v128'), code.local('v128')];
  const value = code.local('v128');
  const lines = Array.from({ length: rows }, () => ({
    left: code.local('i32'),
    sums: code.local('i32'),
    accumulators: rights.map(() => code.local('v128')),
  }));
  /** Sets the pointers of the rows, so many bytes apart. */
  const spread = (first: Local, bytes: Local, field: 'left' | 'sums'): void => {
    let last = first;
    for (const [row, line] of lines.entries()) {
      code.get(last);
      if (row > 0) code.get(bytes).op(Op.i32_add);
      code.set(line[field]);
      last = line[field];
    }
  };
  spread(sums, sumsRow, 'sums');
  code.while(panel, panels, 1, () => {
    spread(left, leftRow, 'left');
    code.get(isAdding);
    code.if(
      () => {
        for (const line of lines) {
          for (const [v, sum] of line.accumulators.entries())
            code
              .get(line.sums)
              .memory(MemoryOp.v128_load, VECTOR_BYTES * v)
              .set(sum);
        }
      },
      () => {
        for (const { accumulators } of lines) for (const sum of accumulators) code.f32x4(0).set(sum);
      },
    );
    code.get(packed).tee(right).get(inner).i32(PANEL_BYTES).op(Op.i32_mul).op(Op.i32_add).set(end);
    code.while(right, end, PANEL_BYTES, () => {
      for (const [v, vector] of rights.entries())
        code
          .get(right)
          .memory(MemoryOp.v128_load, VECTOR_BYTES * v)
          .set(vector);
      for (const line of lines) {
        code.get(line.left).memory(MemoryOp.v128_load32_splat).set(value);
        for (const [v, sum] of line.accumulators.entries())
          multiplyAdd(code, sum, value, rights[v] ?? value, fused);
        advance(code, line.left, leftStep);
      }
    });
    for (const line of lines) {
      for (const [v, sum] of line.accumulators.entries())
        code
          .get(line.sums)
          .get(sum)
          .memory(MemoryOp.v128_store, VECTOR_BYTES * v);
      advance(code, line.sums, PANEL_BYTES);
    }
    advance(code, packed, panelBytes);
  });
  return { index };
}

/** Defines the product of any number of rows: the parameters of a tile, then the rows. */
export function emitMultiply(module: ModuleBuilder, fused: boolean): Callable {
  const tiles = TILES.map((rows) => ({ rows, tile: emitTile(module, rows, fused) }));
  const { index, code, parameters } = define(module, 11);
  const [left, leftRow, , , , , , sums, sumsRow, , rows] = parameters;
  for (const { rows: count, tile } of tiles) {
    code.block((leave) => {
      code.loop((repeat) => {
        code.get(rows).i32(count).op(Op.i32_lt_s).brIf(leave);
        for (const each of parameters.slice(0, TILE_PARAMETERS)) code.get(each);
        code.call(tile);
        scaledAdvance(code, left, leftRow, count);
        scaledAdvance(code, sums, sumsRow, count);
        advance(code, rows, -count);
        code.br(repeat);
      });
    });
  }
  return { index };
}

/** `pointer += bytes · times`. */
export function scaledAdvance(code: Code, pointer: Local, bytes: Local, times: number): void {
  code.get(pointer).get(bytes).i32(times).op(Op.i32_mul).op(Op.i32_add).set(pointer);
}
