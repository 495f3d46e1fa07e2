/**
 * Deals a product out to threads: whole repetitions where there are many, else blocks of rows, or of columns where there
 * are few rows. The inner axis is never split, and blocks of it are added in order, so that results have the same bits
 * for any number of threads.
 */

import { count } from '@hadal/core/products';
import {
  mayBeApart,
  privateBytes,
  sharesRight,
  TILE_COLUMNS,
  TILE_ROWS,
  WIDE_TILE_COLUMNS,
} from '../library/gemm/blocking';
import type { PlannedProduct } from '../library/gemm/run';
import { type Grain, productCost } from './cost';
import {
  type CallContext,
  fixed,
  type InnerBlock,
  type Linear,
  ProductCalls,
  type Repetition,
} from './product';
import { type Body, type Call, wordsOfBody } from './tape';

/** Tasks per thread: more even out what threads lose to other work on the machine. */
const TASKS_PER_THREAD = 4;
/** Rows of a task that packs the right operand for itself. */
const LEAST_ROWS_PER_TASK = 500;
const LEAST_ROWS_PER_UNIT = 4 * TILE_ROWS;
const LEAST_COLUMNS_PER_UNIT = 2 * TILE_COLUMNS;
/** Repetitions of more blocks than this are dealt block by block. */
const MOST_BLOCKS_PER_REPETITION = 16;
/** Up to this many inner blocks are written out; more are walked by index. */
const MOST_WRITTEN_INNER_BLOCKS = 16;
/** Repetitions share a phase until it is this long. */
const MOST_OPEN_WORDS = 2 ** 13;

const ceilTo = (value: number, step: number): number => Math.ceil(value / step) * step;

/** Tasks that something is cut into at most. */
export const mostTasks = (nanoseconds: number, threads: number, { task }: Grain): number =>
  Math.max(1, Math.min(TASKS_PER_THREAD * threads, Math.floor(nanoseconds / task)));

/** [0, total) in at most `most` pieces. */
export function ranges(total: number, most: number): [number, number][] {
  const pieces = Math.max(1, Math.min(total, most));
  return Array.from({ length: pieces }, (_, i): [number, number] => [
    Math.floor((i * total) / pieces),
    Math.floor(((i + 1) * total) / pieces),
  ]);
}

/** Blocks of an axis: where each begins and how long it is. */
function blocks(total: number, size: number): { readonly start: number; readonly length: number }[] {
  const found: { start: number; length: number }[] = [];
  for (let start = 0; start < total; start += size)
    found.push({ start, length: Math.min(size, total - start) });
  return found;
}

/** Equal pieces of an axis as indices, and what is left over. */
interface Units {
  readonly size: number;
  readonly whole: number;
  readonly rest: number;
}

const unitsOf = (total: number, size: number): Units => ({
  size,
  whole: Math.floor(total / size),
  rest: total % size,
});

/** Writes the products of one call; those without a barrier among them share a phase. */
export class ProductDealer {
  readonly #context: CallContext;
  readonly #threads: number;
  readonly #grain: Grain;
  #open: Body[] = [];
  #openWords = 0;
  /** From one thread's workspace to the next, where tasks share nothing: one for all products, which share phases. */
  #stride = 0;

  constructor(context: CallContext, threads: number, grain: Grain) {
    this.#context = context;
    this.#threads = threads;
    this.#grain = grain;
  }

  deal(products: readonly PlannedProduct[]): void {
    const apart = products.filter(({ blocking, product }) => mayBeApart(blocking, product, this.#threads));
    this.#stride = Math.max(0, ...apart.map(({ blocking }) => blocking.bytes));
    for (const planned of products) {
      const { rows, columns } = planned.blocking;
      if (rows > 0 && columns > 0) this.#product(planned);
    }
    this.#close();
  }

  #product(planned: PlannedProduct): void {
    const { product, blocking } = planned;
    const { rows, columns, rowBlock, columnBlock, innerBlocks } = blocking;
    const { left, right, output, row } = product;
    const start = {
      left: fixed(left),
      right: fixed(right),
      output: fixed(output),
      row: fixed(row),
      column: fixed(0),
    };
    const innermost = product.loop.at(-1);
    const blocksEach = Math.ceil(rows / rowBlock) * Math.ceil(columns / columnBlock) * innerBlocks;
    const isMany = innermost !== undefined && innermost.extent >= 2 * this.#threads;
    if (isMany && blocksEach <= MOST_BLOCKS_PER_REPETITION) {
      const most = Math.ceil(this.#mostTasks(planned) / (count(product.loop) / innermost.extent));
      for (const at of repetitions(planned, start, product.loop.length - 1)) {
        this.#repetitions(planned, moving(at, innermost), ranges(innermost.extent, most));
        this.#breathe();
      }
      return;
    }
    for (const at of repetitions(planned, start, product.loop.length)) {
      this.#single(planned, at);
      this.#breathe();
    }
  }

  #mostTasks(planned: PlannedProduct): number {
    return mostTasks(productCost(planned), this.#threads, this.#grain);
  }

  /** Each task takes some repetitions from packing to the last tile. */
  #repetitions(planned: PlannedProduct, at: Repetition, tasks: [number, number][]): void {
    const { blocking } = planned;
    const calls = new ProductCalls(this.#context, planned, false);
    const each: Call[] = [];
    for (const { start: column, length: width } of blocks(blocking.columns, blocking.columnBlock)) {
      each.push(...this.#rightBlock(planned, calls, at, column, width));
      for (const { start: row, length: height } of blocks(blocking.rows, blocking.rowBlock)) {
        each.push(...calls.rowTables(fixed(row), height));
        each.push(...this.#written(planned, calls, at, fixed(column), width, height));
      }
    }
    this.#add({
      ...this.#placeOf(planned, false),
      before: calls.innerTables(),
      each,
      tasks,
    });
  }

  /** What has to be there of the right operand before a block of columns, made by one thread. */
  #rightBlock(
    { blocking }: PlannedProduct,
    calls: ProductCalls,
    at: Repetition,
    column: number,
    width: number,
  ): Call[] {
    const { access, inner, innerBlock } = blocking;
    if (access === 'dots') return [calls.columnTable(fixed(column), width), calls.collectRow(at)];
    if (access === 'packed') {
      const packing = blocks(inner, innerBlock).map(({ start, length }) =>
        calls.packRight(at, fixed(start), length, width),
      );
      return [calls.columnTable(fixed(column), width), ...packing];
    }
    const whole = width - (width % TILE_COLUMNS);
    if (whole === width) return [];
    const tail = width - whole;
    return [calls.columnTable(fixed(column + whole), tail), calls.packRight(at, fixed(0), inner, tail)];
  }

  /** All inner blocks of one block of rows and columns, one call after another. */
  #written(
    planned: PlannedProduct,
    calls: ProductCalls,
    at: Repetition,
    column: Linear,
    width: number,
    height: number,
  ): Call[] {
    if (planned.blocking.access === 'dots') return [calls.dots(at, column, width)];
    return innerBlocksOf(planned).flatMap((inner) =>
      this.#block(planned, calls, at, inner, column, width, height),
    );
  }

  #block(
    { blocking }: PlannedProduct,
    calls: ProductCalls,
    at: Repetition,
    inner: InnerBlock,
    column: Linear,
    width: number,
    height: number,
  ): Call[] {
    return blocking.access === 'packed'
      ? calls.packed(at, inner, column[0], width, height)
      : calls.inPlace(at, inner, column, width, height);
  }

  /** One repetition, by blocks. */
  #single(planned: PlannedProduct, at: Repetition): void {
    const { columns, columnBlock, access } = planned.blocking;
    const isShared = sharesRight(planned.blocking, this.#threads);
    for (const [index, { start, length }] of blocks(columns, columnBlock).entries()) {
      if (isShared) this.#close();
      if (access === 'packed') this.#rowUnits(planned, at, start, length, isShared, index === 0);
      else this.#columnUnits(planned, at, start, length, isShared, index === 0);
    }
  }

  /** Rows in units; the right operand is packed by each task for itself, or by all before. */
  #rowUnits(
    planned: PlannedProduct,
    at: Repetition,
    column: number,
    width: number,
    isShared: boolean,
    isFirst: boolean,
  ): void {
    const { blocking } = planned;
    const { rows, rowBlock } = blocking;
    const most = this.#mostTasks(planned);
    const fine = ceilTo(Math.ceil(rows / most), TILE_ROWS);
    const units = unitsOf(rows, Math.min(rowBlock, Math.max(LEAST_ROWS_PER_UNIT, fine)));
    const inTasks = isShared ? most : Math.min(most, Math.max(this.#threads, rows / LEAST_ROWS_PER_TASK));
    if (isShared) this.#sharedRight(planned, at, column, width, isFirst);
    const calls = new ProductCalls(this.#context, planned, isShared);
    const before = isShared
      ? []
      : [...calls.innerTables(), ...this.#rightBlock(planned, calls, at, column, width)];
    const base = this.#placeOf(planned, isShared);
    const part = (row: Linear, height: number, tasks: [number, number][]): void => {
      if (blocking.innerBlocks <= MOST_WRITTEN_INNER_BLOCKS) {
        const each = [
          ...calls.rowTables(row, height),
          ...this.#written(planned, calls, at, fixed(column), width, height),
        ];
        this.#add({ ...base, before, each, tasks });
        return;
      }
      for (const [from, to] of tasks) {
        for (let unit = from; unit < to; unit++) {
          const tables = calls.rowTables(fixed(row[0] + unit * row[1]), height);
          this.#deep(planned, calls, at, tables, fixed(column), width, height, isShared);
        }
      }
    };
    if (units.whole > 0) part([0, units.size], units.size, ranges(units.whole, Math.floor(inTasks)));
    if (units.rest > 0) part(fixed(units.whole * units.size), units.rest, [[0, 1]]);
    if (isShared) this.#close();
  }

  /** Few rows: columns in units. */
  #columnUnits(
    planned: PlannedProduct,
    at: Repetition,
    column: number,
    width: number,
    isShared: boolean,
    isFirst: boolean,
  ): void {
    const { blocking } = planned;
    const { rows, access, innerBlocks } = blocking;
    const isWide = rows === 1;
    const most = this.#mostTasks(planned);
    const step = isWide ? WIDE_TILE_COLUMNS : TILE_COLUMNS;
    const fine = ceilTo(Math.ceil(width / most), step);
    const units = unitsOf(width, Math.max(LEAST_COLUMNS_PER_UNIT, fine));
    if (isShared && isFirst) {
      this.#sharedTables(planned);
    }
    const calls = new ProductCalls(this.#context, planned, isShared);
    const tables = [...(isShared ? [] : calls.innerTables()), ...calls.rowTables(fixed(0), rows)];
    const tail = (start: number, length: number): Call[] =>
      length % TILE_COLUMNS === 0 ? [] : this.#rightBlock(planned, calls, at, start, length);
    const base = this.#placeOf(planned, isShared);
    const part = (start: Linear, length: number, tasks: [number, number][]): void => {
      if (access === 'dots') {
        const before = [...tables, calls.collectRow(at)];
        const each = [calls.columnTable(start, length), calls.dots(at, start, length)];
        this.#add({ ...base, before, each, tasks });
        return;
      }
      if (innerBlocks <= MOST_WRITTEN_INNER_BLOCKS) {
        const each = this.#written(planned, calls, at, start, length, rows);
        this.#add({ ...base, before: [...tables, ...tail(start[0], length)], each, tasks });
        return;
      }
      for (const [from, to] of tasks) {
        for (let unit = from; unit < to; unit++) {
          const first = fixed(start[0] + unit * start[1]);
          const before = [...tables, ...tail(first[0], length)];
          this.#deep(planned, calls, at, before, first, length, rows, isShared);
        }
      }
    };
    if (units.whole > 0) part([column, units.size], units.size, ranges(units.whole, units.whole));
    if (units.rest > 0) part(fixed(column + units.whole * units.size), units.rest, [[0, 1]]);
    if (isShared) this.#close();
  }

  /** One block of rows and columns with very many inner blocks: those between the first and the last by index. */
  #deep(
    planned: PlannedProduct,
    calls: ProductCalls,
    at: Repetition,
    before: readonly Call[],
    column: Linear,
    width: number,
    height: number,
    isShared: boolean,
  ): void {
    const { inner, innerBlock, innerBlocks } = planned.blocking;
    const block = (start: Linear, length: number, isFirst: boolean, isLast: boolean): Call[] =>
      this.#block(planned, calls, at, { start, length, isFirst, isLast }, column, width, height);
    const last = innerBlocks - 1;
    this.#add({
      ...this.#placeOf(planned, isShared),
      before: [...before, ...block(fixed(0), innerBlock, true, false)],
      each: block([0, innerBlock], innerBlock, false, false),
      after: block(fixed(last * innerBlock), inner - last * innerBlock, false, true),
      tasks: [[1, last]],
    });
  }

  /** Tables and the packed right operand of a block of columns, before a barrier. */
  #sharedRight(
    planned: PlannedProduct,
    at: Repetition,
    column: number,
    width: number,
    isFirst: boolean,
  ): void {
    const { inner, innerBlock } = planned.blocking;
    if (isFirst) this.#sharedTables(planned);
    const calls = new ProductCalls(this.#context, planned, true);
    this.#context.tape.serial(calls.columnTable(fixed(column), width));
    const units = unitsOf(inner, innerBlock);
    const base = this.#placeOf(planned, true);
    const part = (start: Linear, length: number, tasks: [number, number][]): void =>
      this.#add({ ...base, before: [], each: [calls.packRight(at, start, length, width)], tasks });
    if (units.whole > 0) part([0, innerBlock], innerBlock, ranges(units.whole, this.#mostTasks(planned)));
    if (units.rest > 0) part(fixed(units.whole * innerBlock), units.rest, [[0, 1]]);
    this.#close();
  }

  #sharedTables(planned: PlannedProduct): void {
    const calls = new ProductCalls(this.#context, planned, true);
    for (const call of calls.innerTables()) this.#context.tape.serial(call);
  }

  get #workspace(): number {
    return this.#context.at.workspace;
  }

  #placeOf(
    planned: PlannedProduct,
    isShared: boolean,
  ): { readonly workspace: number; readonly stride: number } {
    const { bytes, leftRows } = planned.blocking;
    return isShared
      ? { workspace: this.#workspace + bytes - leftRows, stride: privateBytes(planned.blocking) }
      : { workspace: this.#workspace, stride: this.#stride };
  }

  #add(body: Body): void {
    this.#open.push(body);
    this.#openWords += wordsOfBody(body);
  }

  #close(): void {
    if (this.#open.length === 0) return;
    this.#context.tape.parallel(this.#open);
    this.#open = [];
    this.#openWords = 0;
  }

  /** Between repetitions, very many of which need not fit one tape. */
  #breathe(): void {
    if (this.#openWords > MOST_OPEN_WORDS) this.#close();
    if (this.#open.length === 0) this.#context.makeRoom();
  }
}

function innerBlocksOf({ blocking }: PlannedProduct): InnerBlock[] {
  const { inner, innerBlock, innerBlocks } = blocking;
  return Array.from({ length: innerBlocks }, (_, i) => ({
    start: fixed(i * innerBlock),
    length: Math.min(innerBlock, inner - i * innerBlock),
    isFirst: i === 0,
    isLast: i === innerBlocks - 1,
  }));
}

/** Every index of the first `depth` loop axes, in order. */
function repetitions({ product }: PlannedProduct, start: Repetition, depth: number): Repetition[] {
  return product.loop
    .slice(0, depth)
    .reduce<Repetition[]>(
      (found, axis) =>
        found.flatMap((at) => Array.from({ length: axis.extent }, (_, i) => moved(at, axis, i))),
      [start],
    );
}

type LoopAxis = PlannedProduct['product']['loop'][number];

const moved = (at: Repetition, axis: LoopAxis, by: number): Repetition => ({
  left: fixed(at.left[0] + by * axis.left),
  right: fixed(at.right[0] + by * axis.right),
  output: fixed(at.output[0] + by * axis.output),
  row: fixed(at.row[0] + by * axis.row),
  column: fixed(at.column[0] + by * axis.column),
});

/** A repetition that the index moves along an axis. */
const moving = (at: Repetition, axis: LoopAxis): Repetition => ({
  left: [at.left[0], axis.left],
  right: [at.right[0], axis.right],
  output: [at.output[0], axis.output],
  row: [at.row[0], axis.row],
  column: [at.column[0], axis.column],
});
