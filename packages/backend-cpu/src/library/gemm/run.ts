/**
 * Runs one product: walks its repetitions and blocks, packs, and calls the block kernels.
 *
 * Blocks of rows and columns are independent of each other; the inner blocks of one output element are added in order.
 */
import { bytesPerStorage, type Epilogue } from '@hadal/core/backend';
import { type Product, singleRightStride } from '@hadal/core/products';
import { type Machine, type Walk, walkOf } from '../machine';
import { rareCalls } from '../rare';
import type { BlockKernels } from './block';
import {
  type Blocking,
  blockingOf,
  mayBeApart,
  ONE_BITS,
  privateBytes,
  sharesRight,
  TILE_BYTES,
  TILE_COLUMNS,
  TILE_ROWS,
  WIDE_TILE_COLUMNS,
} from './blocking';

const F32 = 4;

/** Byte addresses of one dispatch. */
export interface Addresses {
  readonly operands: readonly [number, number];
  readonly sideInputs: readonly number[];
  readonly outputs: readonly number[];
  /** The sums of a right operand, where a product gives them. */
  readonly sums: number;
  readonly workspace: number;
}

/** A product with all that can be known before the addresses are. */
export interface PlannedProduct {
  readonly product: Product;
  readonly blocking: Blocking;
  /** Bytes between inner indices of a right operand that is read in place. */
  readonly rightStep: number;
  /** How each index table is made; byte offsets, but elements and indices for the output's rows. */
  readonly walks: Readonly<Record<Table, Walk>>;
}

/** An index table of a product. */
export type Table = 'leftInner' | 'rightInner' | 'rightColumns' | 'leftRows' | 'outputRows' | 'rowIndices';

export const planProduct = (product: Product): PlannedProduct => ({
  product,
  blocking: blockingOf(product),
  rightStep: F32 * (singleRightStride(product.inner) ?? 0),
  walks: {
    leftInner: walkOf(product.inner, 'left', F32),
    rightInner: walkOf(product.inner, 'right', F32),
    rightColumns: walkOf(product.columns, 'right', F32),
    leftRows: walkOf(product.rows, 'left', F32),
    outputRows: walkOf(product.rows, 'output', 1),
    rowIndices: walkOf(product.rows, 'row', 1),
  },
});

/** Where the current repetition is. */
interface Repetition {
  readonly left: number;
  readonly right: number;
  readonly output: number;
  readonly row: number;
  readonly column: number;
}

export class ProductRun {
  readonly #product: Product;
  readonly #blocking: Blocking;
  /** Addresses of the operands. */
  readonly #left: number;
  readonly #right: number;

  readonly #machine: Machine;
  readonly #kernels: BlockKernels;
  readonly #epilogue: Epilogue;
  readonly #planned: PlannedProduct;
  readonly #addresses: Addresses;
  readonly #scalars: readonly number[];

  constructor(
    machine: Machine,
    kernels: BlockKernels,
    epilogue: Epilogue,
    planned: PlannedProduct,
    addresses: Addresses,
    scalars: readonly number[],
  ) {
    this.#machine = machine;
    this.#kernels = kernels;
    this.#epilogue = epilogue;
    this.#planned = planned;
    this.#addresses = addresses;
    this.#scalars = scalars;
    const { product, blocking } = planned;
    this.#product = product;
    const [first, second] = addresses.operands;
    [this.#left, this.#right] = product.exchanged ? [second, first] : [first, second];
    if (product.sums) {
      this.#left = addresses.workspace + blocking.one;
      machine.integers[this.#left >>> 2] = ONE_BITS;
    }
    this.#blocking = blocking;
  }

  run(): void {
    const product = this.#product;
    const blocking = this.#blocking;
    if (blocking.rows === 0 || blocking.columns === 0) return;
    this.#innerTable('leftInner', blocking.leftStretches);
    if (blocking.access !== 'dots') this.#innerTable('rightInner', blocking.rightStretches);
    const { left, right, output, row } = product;
    this.#repeat({ left, right, output, row, column: 0 }, 0);
  }

  #innerTable(table: 'leftInner' | 'rightInner', at: number): void {
    const { inner } = this.#blocking;
    if (inner === 0) return;
    const { workspace } = this.#addresses;
    this.#enumerate(table, 0, inner, inner);
    this.#machine.helpers.stretches(workspace + at, workspace + this.#blocking[table], inner);
  }

  /** Walks the loop axes from `depth` on, outermost first. */
  #repeat(at: Repetition, depth: number): void {
    const current = this.#product.loop[depth];
    if (current === undefined) {
      this.#repetition(at);
      return;
    }
    for (let i = 0; i < current.extent; i++) {
      this.#repeat(
        {
          left: at.left + i * current.left,
          right: at.right + i * current.right,
          output: at.output + i * current.output,
          row: at.row + i * current.row,
          column: at.column + i * current.column,
        },
        depth + 1,
      );
    }
  }

  #repetition(at: Repetition): void {
    const { rows, columns, rowBlock, columnBlock, access } = this.#blocking;
    const extra = this.#epilogueArguments(at);
    for (let column = 0; column < columns; column += columnBlock) {
      const width = Math.min(columnBlock, columns - column);
      const right = this.#right + F32 * at.right;
      if (access === 'packed') this.#packRight(right, column, width);
      for (let row = 0; row < rows; row += rowBlock) {
        const height = Math.min(rowBlock, rows - row);
        this.#rowTables(row, height);
        if (access === 'packed') this.#packedBlock(at, column, width, height, extra);
        else if (access === 'rows') this.#blockInPlace(at, right, column, width, height, extra);
        else
          rareCalls().runDots(this.#machine, this.#kernels, this.#planned, {
            workspace: this.#addresses.workspace,
            left: this.#left + F32 * at.left,
            right,
            column,
            width,
            columnIndex: at.column,
            extra,
          });
      }
    }
  }

  #epilogueArguments(at: Repetition): number[] {
    const { sideInputs, outputs } = this.#epilogue;
    const start = { full: at.output, column: 0, row: at.row, scalar: 0 };
    return [
      ...sideInputs.map(
        ({ kind, storage }, i) =>
          (this.#addresses.sideInputs[i] ?? 0) + start[kind] * bytesPerStorage(storage),
      ),
      ...outputs.map(({ storage }, i) =>
        this.#product.sums
          ? this.#addresses.sums
          : (this.#addresses.outputs[i] ?? 0) + at.output * bytesPerStorage(storage),
      ),
      ...this.#scalars,
    ];
  }

  /** Fills an index table with the offsets of `total` indices from `start`, padded by repeating the last. */
  #enumerate(table: Table, start: number, total: number, padded: number): void {
    const { workspace } = this.#addresses;
    const { blocking, walks } = this.#planned;
    const scratch = workspace + blocking.axes;
    this.#machine.enumerate(workspace + blocking[table], walks[table], start, total, padded, scratch);
  }

  /** The right operand's columns from `column` on, all inner blocks one after another. */
  #packRight(right: number, column: number, width: number): void {
    const { rightColumns, rightInner, rightStretches, inner, innerBlock } = this.#blocking;
    const { workspace } = this.#addresses;
    const padded = Math.ceil(width / TILE_COLUMNS) * TILE_COLUMNS;
    this.#enumerate('rightColumns', column, width, padded);
    for (let k = 0; k < inner; k += innerBlock) {
      this.#machine.helpers.packRight(
        right,
        workspace + rightColumns,
        workspace + rightInner + F32 * k,
        workspace + rightStretches + F32 * k,
        workspace + this.#blocking.right + F32 * padded * k,
        width,
        Math.min(innerBlock, inner - k),
      );
    }
  }

  #rowTables(row: number, height: number): void {
    const padded = Math.ceil(height / TILE_ROWS) * TILE_ROWS;
    this.#enumerate('leftRows', row, height, padded);
    this.#enumerate('outputRows', row, height, padded);
    if (this.#epilogue.sideInputs.some(({ kind }) => kind === 'row')) {
      this.#enumerate('rowIndices', row, height, padded);
    }
  }

  /** Calls `compute` for each inner block with the left operand packed. An empty sum has one empty block. */
  #eachInnerBlock(
    at: Repetition,
    height: number,
    compute: (start: number, length: number, first: number, last: number) => void,
  ): void {
    const { inner, innerBlock, innerBlocks, leftRows, leftInner, leftStretches, left } = this.#blocking;
    const { workspace } = this.#addresses;
    for (let i = 0; i < innerBlocks; i++) {
      const start = i * innerBlock;
      const length = Math.min(innerBlock, inner - start);
      this.#machine.helpers.packLeft(
        this.#left + F32 * at.left,
        workspace + leftRows,
        workspace + leftInner + F32 * start,
        workspace + leftStretches + F32 * start,
        workspace + left,
        height,
        length,
      );
      compute(start, length, i === 0 ? 1 : 0, i === innerBlocks - 1 ? 1 : 0);
    }
  }

  #packedBlock(at: Repetition, column: number, width: number, height: number, extra: number[]): void {
    const { left, right, tiles, innerBlocks, outputRows, rowIndices } = this.#blocking;
    const { workspace } = this.#addresses;
    const padded = Math.ceil(width / TILE_COLUMNS) * TILE_COLUMNS;
    this.#eachInnerBlock(at, height, (start, length, first, last) => {
      this.#kernels.block(
        workspace + left,
        workspace + right + F32 * padded * start,
        F32 * TILE_COLUMNS * length,
        F32 * TILE_COLUMNS,
        length,
        height,
        width,
        workspace + tiles,
        innerBlocks > 1 ? TILE_BYTES : 0,
        first,
        last,
        workspace + outputRows,
        workspace + rowIndices,
        at.column + column,
        ...extra,
      );
    });
  }

  /**
   * Few rows: the right operand is read where it lies. With one row, wide tiles go first; columns that do not fill a
   * tile are packed, so that nothing beyond the operand is read.
   */
  #blockInPlace(
    at: Repetition,
    right: number,
    column: number,
    width: number,
    height: number,
    extra: number[],
  ): void {
    const { workspace } = this.#addresses;
    const blocking = this.#blocking;
    const { rightStep } = this.#planned;
    const wide = height === 1 ? width - (width % WIDE_TILE_COLUMNS) : 0;
    const whole = width - (width % TILE_COLUMNS);
    const panels = Math.ceil(height / TILE_ROWS);
    const keep = blocking.innerBlocks > 1;
    if (whole < width) this.#packTail(right, column + whole, width - whole);
    this.#eachInnerBlock(at, height, (start, length, first, last) => {
      let tiles = workspace + blocking.tiles;
      const part = (
        kernel: 'wide' | 'narrow' | 'block',
        from: number,
        to: number,
        tileColumns: number,
        source: number,
        panelBytes: number,
        step: number,
      ): void => {
        if (from === to) return;
        const tileBytes = tileColumns === TILE_COLUMNS ? TILE_BYTES : F32 * WIDE_TILE_COLUMNS;
        this.#kernels[kernel](
          workspace + blocking.left,
          source,
          panelBytes,
          step,
          length,
          height,
          to - from,
          tiles,
          keep ? tileBytes : 0,
          first,
          last,
          workspace + blocking.outputRows,
          workspace + blocking.rowIndices,
          at.column + column + from,
          ...extra,
        );
        if (keep) tiles += Math.ceil((to - from) / tileColumns) * panels * tileBytes;
      };
      const source = right + F32 * column + start * rightStep;
      const block = height === 1 ? 'narrow' : 'block';
      part('wide', 0, wide, WIDE_TILE_COLUMNS, source, F32 * WIDE_TILE_COLUMNS, rightStep);
      part(block, wide, whole, TILE_COLUMNS, source + F32 * wide, F32 * TILE_COLUMNS, rightStep);
      const packed = workspace + blocking.right + F32 * TILE_COLUMNS * start;
      part(block, whole, width, TILE_COLUMNS, packed, 0, F32 * TILE_COLUMNS);
    });
  }

  /** Packs the columns that do not fill a tile. */
  #packTail(right: number, column: number, width: number): void {
    const { rightColumns, rightInner, rightStretches, inner } = this.#blocking;
    const { workspace } = this.#addresses;
    this.#enumerate('rightColumns', column, width, TILE_COLUMNS);
    this.#machine.helpers.packRight(
      right,
      workspace + rightColumns,
      workspace + rightInner,
      workspace + rightStretches,
      workspace + this.#blocking.right,
      width,
      inner,
    );
  }
}

/**
 * Bytes of workspace that a list of products needs on up to this many threads: one for each, of which products that share
 * their packed right operand use less.
 */
export const workspaceBytes = (products: readonly PlannedProduct[], threads: number): number =>
  Math.max(
    0,
    ...products.flatMap(({ blocking, product }) => [
      ...(sharesRight(blocking, threads) ? [blocking.bytes + threads * privateBytes(blocking)] : []),
      ...(mayBeApart(blocking, product, threads) ? [threads * blocking.bytes] : []),
    ]),
  );
