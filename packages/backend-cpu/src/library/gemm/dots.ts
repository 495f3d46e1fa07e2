/**
 * One row with columns that lie contiguously along the inner axis: a dot product for each column, without packing. Loaded
 * with the first call that has such a product.
 */
import type { Epilogue } from '@hadal/core/backend';
import type { EmitOptions } from '../../emit/index';
import { known } from '../../known';
import { type Callable, LaneOp, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import type { Machine } from '../machine';
import type { BlockKernels, EpilogueArguments } from './block';
import { WIDE_TILE_COLUMNS } from './blocking';
import { advance, define, remaining } from './define';
import { multiplyAdd } from './micro';
import type { PlannedProduct } from './run';
import { emitSink } from './sink';

const LANES = 4;

/** One row, in one inner block; `rightColumns` is the index table of the columns. All arguments as in `BlockKernels`. */
export type DotsKernel = (
  left: number,
  right: number,
  rightColumns: number,
  inner: number,
  columns: number,
  tile: number,
  outputRows: number,
  rowIndices: number,
  column: number,
  ...epilogue: EpilogueArguments
) => void;

/** The module for an epilogue; it exports `dots`. */
export function emitDotsModule(epilogue: Epilogue, options: EmitOptions): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const sink = emitSink(module, epilogue, options);
  emitDotsBlock(module, epilogue, emitDots(module, options.relaxed), sink);
  return module;
}

/** Where a block of a product with one row is. */
export interface DotsBlock {
  /** Addresses of the workspace, of the row and of the right operand. */
  readonly workspace: number;
  readonly left: number;
  readonly right: number;
  /** The first column and how many there are, and the index that the epilogue gives the product's first column. */
  readonly column: number;
  readonly width: number;
  readonly columnIndex: number;
  /** The arguments of the epilogue. */
  readonly extra: readonly number[];
}

/** Computes one block of columns; tables of its row are there. */
export function runDots(
  machine: Machine,
  { dots }: BlockKernels,
  { blocking, walks }: PlannedProduct,
  { workspace, left, right, column, width, columnIndex, extra }: DotsBlock,
): void {
  const columns = workspace + blocking.rightColumns;
  const padded = Math.ceil(width / LANES) * LANES;
  machine.enumerate(columns, walks.rightColumns, column, width, padded, workspace + blocking.axes);
  machine.helpers.collect(workspace + blocking.left, left, workspace + blocking.leftInner, blocking.inner);
  known(dots, 'the kernel for dot products')(
    workspace + blocking.left,
    right,
    columns,
    blocking.inner,
    width,
    workspace + blocking.tiles,
    workspace + blocking.outputRows,
    workspace + blocking.rowIndices,
    columnIndex + column,
    ...extra,
  );
}

function emitDotsBlock(module: ModuleBuilder, epilogue: Epilogue, dots: Callable, sink: Callable): void {
  const { code, parameters, extra } = define(module, 9, { exportAs: 'dots', epilogue });
  const [left, right, rightColumns, inner, columns, tile, outputRows, rowIndices, column] = parameters;
  const j = code.local('i32');
  const width = code.local('i32');
  code.while(j, columns, WIDE_TILE_COLUMNS, () => {
    remaining(code, columns, j, WIDE_TILE_COLUMNS);
    code.set(width);
    code.get(left).get(right).get(rightColumns).get(inner).get(tile).get(width);
    code.call(dots);
    code
      .get(tile)
      .i32(4 * WIDE_TILE_COLUMNS)
      .get(outputRows)
      .get(rowIndices)
      .i32(1);
    code.get(column).get(j).op(Op.i32_add).get(width);
    for (const local of extra) code.get(local);
    code.call(sink);
    advance(code, rightColumns, 4 * WIDE_TILE_COLUMNS);
  });
}

/**
 * Defines a function `(left, right, columns, inner, tile, columnCount)`: products of one contiguous row with columns
 * that are contiguous along `inner` themselves, four at a time. `columns` is a table of their byte offsets, padded to a
 * multiple of four, and `tile` receives that many sums.
 */
function emitDots(module: ModuleBuilder, fused: boolean): Callable {
  const definition = define(module, 6);
  const { code } = definition;
  const [left, right, columns, inner, tile, columnCount] = definition.parameters;
  const column = code.local('i32');
  const k = code.local('i32');
  const unrolledEnd = code.local('i32');
  const at = code.local('i32');
  const values = [code.local('v128'), code.local('v128')] as const;
  const other = code.local('v128');
  const sums = Array.from({ length: LANES }, () => ({
    pointer: code.local('i32'),
    vectors: [code.local('v128'), code.local('v128')] as const,
    rest: code.local('f32'),
  }));

  code.while(column, columnCount, LANES, () => {
    for (const [lane, { pointer, vectors, rest }] of sums.entries()) {
      code
        .get(right)
        .get(columns)
        .memory(MemoryOp.i32_load, 4 * lane)
        .op(Op.i32_add)
        .set(pointer);
      for (const vector of vectors) code.f32x4(0).set(vector);
      code.f32(0).set(rest);
    }
    code.i32(0).set(k);
    code.get(left).set(at);
    code.get(inner).i32(-8).op(Op.i32_and).set(unrolledEnd);
    code.while(k, unrolledEnd, 8, () => {
      for (const [half, value] of values.entries())
        code
          .get(at)
          .memory(MemoryOp.v128_load, 16 * half)
          .set(value);
      for (const { pointer, vectors } of sums) {
        for (const [half, vector] of vectors.entries()) {
          const value = known(values[half], 'a half');
          code
            .get(pointer)
            .memory(MemoryOp.v128_load, 16 * half)
            .set(other);
          multiplyAdd(code, vector, value, other, fused);
        }
        code.get(pointer).i32(32).op(Op.i32_add).set(pointer);
      }
      code.get(at).i32(32).op(Op.i32_add).set(at);
    });
    code.while(k, inner, 1, () => {
      for (const { pointer, rest } of sums) {
        code
          .get(rest)
          .get(at)
          .memory(MemoryOp.f32_load)
          .get(pointer)
          .memory(MemoryOp.f32_load)
          .op(Op.f32_mul)
          .op(Op.f32_add);
        code.set(rest);
        code.get(pointer).i32(4).op(Op.i32_add).set(pointer);
      }
      code.get(at).i32(4).op(Op.i32_add).set(at);
    });
    for (const [lane, { vectors, rest }] of sums.entries()) {
      code.get(tile);
      code.get(vectors[0]).get(vectors[1]).op(Op.f32x4_add).set(other);
      code.get(other).lane(LaneOp.f32x4_extract_lane, 0);
      for (const i of [1, 2, 3]) code.get(other).lane(LaneOp.f32x4_extract_lane, i).op(Op.f32_add);
      code
        .get(rest)
        .op(Op.f32_add)
        .memory(MemoryOp.f32_store, 4 * lane);
    }
    for (const pointer of [tile, columns]) code.get(pointer).i32(16).op(Op.i32_add).set(pointer);
  });
  return definition;
}
