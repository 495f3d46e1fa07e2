/**
 * One product as calls on a tape: the calls that `ProductRun` makes, with addresses that may grow with an index and with a
 * workspace that may be the calling thread's own.
 */
import type { Epilogue } from '@hadal/core/backend';
import { known } from '../known';
import { ONE_BITS, TILE_BYTES, TILE_COLUMNS, TILE_ROWS, WIDE_TILE_COLUMNS } from '../library/gemm/blocking';
import type { Addresses, PlannedProduct, Table } from '../library/gemm/run';
import type { PreparedProducts } from '../library/products';
import { type Argument, type Call, float, own, plain, type Tape } from './tape';

const F32 = 4;

/** A number that grows with the index: value + step · index. */
export type Linear = readonly [value: number, step: number];

export const fixed = (value: number): Linear => [value, 0];

const scaled = ([value, step]: Linear, factor: number, start = 0): Linear => [
  start + factor * value,
  factor * step,
];
const argument = ([value, step]: Linear): Argument => plain(value, step);

/** Where a repetition is, in elements and indices. */
export interface Repetition {
  readonly left: Linear;
  readonly right: Linear;
  readonly output: Linear;
  readonly row: Linear;
  readonly column: Linear;
}

/** Parts of the workspace that threads share when they share any. */
const COMMON = [
  'leftInner',
  'leftStretches',
  'rightInner',
  'rightStretches',
  'rightColumns',
  'right',
] as const;

type Place = Table | 'leftStretches' | 'rightStretches' | 'right' | 'left' | 'tiles';

/** Inner indices that are walked at once: where they begin, how many, and whether they are the first and the last. */
export interface InnerBlock {
  readonly start: Linear;
  readonly length: number;
  readonly isFirst: boolean;
  readonly isLast: boolean;
}

/** What product calls name functions and keep constants with. */
export interface CallContext {
  readonly tape: Tape;
  readonly prepared: PreparedProducts;
  readonly at: Addresses;
  readonly scalars: readonly number[];
  /** The place of a function among those of all modules. */
  targetOf(callable: unknown): number;
  /** Called where nothing that is still to be written refers to the tape so far. */
  makeRoom(): void;
}

export class ProductCalls {
  readonly #context: CallContext;
  readonly #planned: PlannedProduct;
  /** Whether `COMMON` parts lie in one workspace for all. */
  readonly #isShared: boolean;
  readonly #walks = new Map<Table, number>();
  #one = 0;

  constructor(context: CallContext, planned: PlannedProduct, isShared: boolean) {
    this.#context = context;
    this.#planned = planned;
    this.#isShared = isShared;
  }

  /** Tables of the inner axes. */
  innerTables(): Call[] {
    const { inner, access } = this.#planned.blocking;
    if (inner === 0) return [];
    const tables = access === 'dots' ? (['left'] as const) : (['left', 'right'] as const);
    return tables.flatMap((side) => [
      this.#enumerate(`${side}Inner`, fixed(0), inner, inner),
      this.#call(this.#helpers.stretches, [
        this.#place(`${side}Stretches`),
        this.#place(`${side}Inner`),
        plain(inner),
      ]),
    ]);
  }

  columnTable(column: Linear, width: number): Call {
    const step = this.#planned.blocking.access === 'dots' ? 4 : TILE_COLUMNS;
    return this.#enumerate('rightColumns', column, width, Math.ceil(width / step) * step);
  }

  rowTables(row: Linear, height: number): Call[] {
    const padded = Math.ceil(height / TILE_ROWS) * TILE_ROWS;
    const tables: Table[] = ['leftRows', 'outputRows'];
    if (this.#epilogue.sideInputs.some(({ kind }) => kind === 'row')) tables.push('rowIndices');
    return tables.map((table) => this.#enumerate(table, row, height, padded));
  }

  /** Packs `length` inner indices of the columns in the table into panels for all inner indices. */
  packRight(at: Repetition, start: Linear, length: number, width: number): Call {
    const padded = Math.ceil(width / TILE_COLUMNS) * TILE_COLUMNS;
    return this.#call(this.#helpers.packRight, [
      argument(scaled(at.right, F32, this.#right)),
      this.#place('rightColumns'),
      this.#place('rightInner', scaled(start, F32)),
      this.#place('rightStretches', scaled(start, F32)),
      this.#place('right', scaled(start, F32 * padded)),
      plain(width),
      plain(length),
    ]);
  }

  /** The tiles of one block of rows and columns with a packed right operand. */
  packed(at: Repetition, inner: InnerBlock, column: number, width: number, height: number): Call[] {
    const padded = Math.ceil(width / TILE_COLUMNS) * TILE_COLUMNS;
    const source = this.#place('right', scaled(inner.start, F32 * padded));
    const panelBytes = F32 * TILE_COLUMNS * inner.length;
    const block = { source, panelBytes, step: F32 * TILE_COLUMNS, tiles: 0, tileBytes: TILE_BYTES };
    return [
      this.#packLeft(at, inner, height),
      this.#block(this.#kernels.block, at, inner, fixed(column), width, height, block),
    ];
  }

  /** The same with the right operand read where it lies; `width` columns from one that may grow with the index. */
  inPlace(at: Repetition, inner: InnerBlock, column: Linear, width: number, height: number): Call[] {
    const { rightStep, blocking } = this.#planned;
    const wide = height === 1 ? width - (width % WIDE_TILE_COLUMNS) : 0;
    const whole = width - (width % TILE_COLUMNS);
    const panels = Math.ceil(height / TILE_ROWS);
    const calls = [this.#packLeft(at, inner, height)];
    let tiles = 0;
    const part = (from: number, to: number, tileColumns: number, isTail: boolean): void => {
      if (from === to) return;
      const tileBytes = tileColumns === TILE_COLUMNS ? TILE_BYTES : F32 * WIDE_TILE_COLUMNS;
      const [value, step] = scaled(at.right, F32, this.#right + F32 * (column[0] + from));
      const source = isTail
        ? this.#place('right', scaled(inner.start, F32 * TILE_COLUMNS))
        : plain(value + rightStep * inner.start[0], step + F32 * column[1] + rightStep * inner.start[1]);
      const narrow = height === 1 ? 'narrow' : 'block';
      const kernel = this.#kernels[tileColumns === TILE_COLUMNS ? narrow : 'wide'];
      const block = {
        source,
        panelBytes: isTail ? 0 : F32 * tileColumns,
        step: isTail ? F32 * TILE_COLUMNS : rightStep,
        tiles,
        tileBytes,
      };
      calls.push(this.#block(kernel, at, inner, [column[0] + from, column[1]], to - from, height, block));
      if (blocking.innerBlocks > 1) tiles += Math.ceil((to - from) / tileColumns) * panels * tileBytes;
    };
    part(0, wide, WIDE_TILE_COLUMNS, false);
    part(wide, whole, TILE_COLUMNS, false);
    part(whole, width, TILE_COLUMNS, true);
    return calls;
  }

  /** One row with columns that are contiguous along the inner axis; `collectRow` and the column table come before. */
  dots(at: Repetition, column: Linear, width: number): Call {
    return this.#call(known(this.#kernels.dots, 'the kernel for dot products'), [
      this.#place('left'),
      argument(scaled(at.right, F32, this.#right)),
      this.#place('rightColumns'),
      plain(this.#planned.blocking.inner),
      plain(width),
      this.#place('tiles'),
      this.#place('outputRows'),
      this.#place('rowIndices'),
      plain(at.column[0] + column[0], at.column[1] + column[1]),
      ...this.#extra(at),
    ]);
  }

  collectRow(at: Repetition): Call {
    return this.#call(this.#helpers.collect, [
      this.#place('left'),
      argument(scaled(at.left, F32, this.#left)),
      this.#place('leftInner'),
      plain(this.#planned.blocking.inner),
    ]);
  }

  #packLeft(at: Repetition, { start, length }: InnerBlock, height: number): Call {
    return this.#call(this.#helpers.packLeft, [
      argument(scaled(at.left, F32, this.#left)),
      this.#place('leftRows'),
      this.#place('leftInner', scaled(start, F32)),
      this.#place('leftStretches', scaled(start, F32)),
      this.#place('left'),
      plain(height),
      plain(length),
    ]);
  }

  #block(
    kernel: unknown,
    at: Repetition,
    { length, isFirst, isLast }: InnerBlock,
    column: Linear,
    width: number,
    height: number,
    right: {
      readonly source: Argument;
      readonly panelBytes: number;
      readonly step: number;
      readonly tiles: number;
      readonly tileBytes: number;
    },
  ): Call {
    return this.#call(kernel, [
      this.#place('left'),
      right.source,
      plain(right.panelBytes),
      plain(right.step),
      plain(length),
      plain(height),
      plain(width),
      this.#place('tiles', fixed(right.tiles)),
      plain(this.#planned.blocking.innerBlocks > 1 ? right.tileBytes : 0),
      plain(isFirst ? 1 : 0),
      plain(isLast ? 1 : 0),
      this.#place('outputRows'),
      this.#place('rowIndices'),
      plain(at.column[0] + column[0], at.column[1] + column[1]),
      ...this.#extra(at),
    ]);
  }

  /** Addresses of side inputs and outputs, and the scalars. */
  #extra(at: Repetition): Argument[] {
    const { sideInputs, outputs, scalars: types } = this.#epilogue;
    const { at: addresses, scalars, prepared } = this.#context;
    const { bytesPerStorage } = prepared;
    const start = { full: at.output, column: fixed(0), row: at.row, scalar: fixed(0) };
    return [
      ...sideInputs.map(({ kind, storage }, i) =>
        argument(scaled(start[kind], bytesPerStorage(storage), addresses.sideInputs[i])),
      ),
      ...outputs.map(({ storage }, i) =>
        this.#planned.product.sums
          ? plain(addresses.sums)
          : argument(scaled(at.output, bytesPerStorage(storage), addresses.outputs[i])),
      ),
      ...types.map((type, i) => (type === 'i32' ? plain(scalars[i] ?? 0) : float(scalars[i] ?? 0))),
    ];
  }

  #enumerate(table: Table, start: Linear, total: number, padded: number): Call {
    const walk = this.#planned.walks[table];
    const known = this.#walks.get(table);
    const axes = known ?? this.#context.tape.constant(walk);
    this.#walks.set(table, axes);
    return this.#call(this.#helpers.enumerate, [
      this.#place(table),
      argument(start),
      plain(total),
      plain(padded),
      plain(axes),
      plain(walk.length >>> 1),
    ]);
  }

  /** A part of the workspace, some bytes on. */
  #place(name: Place, [value, step]: Linear = fixed(0)): Argument {
    const offset = this.#planned.blocking[name] + value;
    const isCommon = this.#isShared && COMMON.some((common) => common === name);
    return isCommon ? plain(this.#context.at.workspace + offset, step) : own(offset, step);
  }

  #call(callable: unknown, values: readonly Argument[]): Call {
    return { target: this.#context.targetOf(callable), values };
  }

  get #helpers(): PreparedProducts['helpers'] {
    return this.#context.prepared.helpers;
  }

  get #kernels(): PreparedProducts['kernels'] {
    return this.#context.prepared.kernels;
  }

  get #epilogue(): Epilogue {
    return this.#context.prepared.epilogue;
  }

  /** Addresses of the operands. */
  get #left(): number {
    if (this.#planned.product.sums) {
      this.#one ||= this.#context.tape.constant([ONE_BITS]);
      return this.#one;
    }
    return this.#context.at.operands[this.#planned.product.exchanged ? 1 : 0];
  }

  get #right(): number {
    return this.#context.at.operands[this.#planned.product.exchanged ? 0 : 1];
  }
}
