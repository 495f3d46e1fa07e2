/**
 * Block kernels: all tiles of one packed block, each taken through the epilogue while it is in the nearest cache. Two
 * modules per epilogue, of which products of one row need the small one; sizes are arguments.
 */
import type { Epilogue } from '@hadal/core/backend';
import type { EmitOptions } from '../../emit/index';
import { known } from '../../known';
import { type Callable, ModuleBuilder, Op } from '../../wasm/index';
import { TILE_COLUMNS, TILE_ROWS, WIDE_TILE_COLUMNS } from './blocking';
import { advance, define, remaining } from './define';
import type { DotsKernel } from './dots';
import { emitFinishingTile, emitTile } from './micro';
import { emitSink } from './sink';

/** Up to this many instructions, the epilogue is written out for each vector of a full tile. */
const SHORT_BODY = 8;

/**
 * Whether full tiles go through the epilogue from their registers: not where it reads side inputs, since with their
 * addresses at hand the loop over the inner axis takes twice as long as storing the tile and coming back to it.
 */
const finishesInRegisters = ({ body, sideInputs }: Epilogue): boolean =>
  body.length <= SHORT_BODY && sideInputs.length === 0;

/** Extra arguments of every block kernel: addresses of side inputs and outputs, then scalars. */
export type EpilogueArguments = readonly number[];

/** The exports of a block module. All arguments are int32 byte addresses, counts and flags, unless said otherwise. */
export interface BlockKernels {
  /**
   * Panels of `TILE_COLUMNS` columns by panels of `TILE_ROWS` rows. `right` is `rightStep` bytes from one inner index to
   * the next and `panelBytes` from one panel to the next. Sums live in tiles `tileStep` bytes apart between inner
   * blocks; the `first` inner block begins them, the `last` one stores them.
   */
  block(
    left: number,
    right: number,
    panelBytes: number,
    rightStep: number,
    inner: number,
    rows: number,
    columns: number,
    tiles: number,
    tileStep: number,
    first: number,
    last: number,
    outputRows: number,
    rowIndices: number,
    column: number,
    ...epilogue: EpilogueArguments
  ): void;
  /** The same for one row and tiles of `WIDE_TILE_COLUMNS`; `columns` is a multiple of that. */
  wide: BlockKernels['block'];
  /** The same for one row. */
  narrow: BlockKernels['block'];
  /** Only there where a call has a product that is read so (see dots.ts). */
  dots?: DotsKernel;
}

/** The module for blocks of any number of rows with an epilogue; it exports `block`. */
export function emitBlockModule(epilogue: Epilogue, options: EmitOptions): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const kernels = Array.from({ length: TILE_ROWS }, (_, i) =>
    emitTile(module, { rows: i + 1, columns: TILE_COLUMNS }, options.relaxed),
  );
  const sink = emitSink(module, epilogue, options);
  const finish = finishesInRegisters(epilogue) ? emitFinishingTile(module, epilogue, options) : undefined;
  emitBlock(module, 'block', epilogue, { kernels, columns: TILE_COLUMNS, finish }, sink);
  return module;
}

/** The module for blocks of one row with an epilogue; it exports `wide` and `narrow`. */
export function emitRowModule(epilogue: Epilogue, options: EmitOptions): ModuleBuilder {
  const module = new ModuleBuilder().importMemory();
  const sink = emitSink(module, epilogue, options);
  const emit = (exportAs: string, columns: number): void => {
    const kernels = [emitTile(module, { rows: 1, columns }, options.relaxed)];
    emitBlock(module, exportAs, epilogue, { kernels, columns }, sink);
  };
  emit('wide', WIDE_TILE_COLUMNS);
  emit('narrow', TILE_COLUMNS);
  return module;
}

/** Tiles of one shape, by their number of rows: entry r - 1 computes r rows. */
interface Tiles {
  readonly kernels: readonly Callable[];
  readonly columns: number;
  /** Takes full tiles through the epilogue from their registers. */
  readonly finish?: Callable | undefined;
}

function emitBlock(
  module: ModuleBuilder,
  exportAs: string,
  epilogue: Epilogue,
  { kernels, columns: tileColumns, finish }: Tiles,
  sink: Callable,
): void {
  const tileRows = kernels.length;
  const { code, parameters, extra } = define(module, 14, { exportAs, epilogue });
  const [
    left,
    right,
    panelBytes,
    rightStep,
    inner,
    rows,
    columns,
    tiles,
    tileStep,
    first,
    last,
    firstOutputRow,
    firstRowIndex,
    column,
  ] = parameters;
  const i = code.local('i32');
  const j = code.local('i32');
  const panel = code.local('i32');
  const panelRows = code.local('i32');
  const outputRows = code.local('i32');
  const rowIndices = code.local('i32');
  /** Whether this is the last inner block of a panel with all its columns. */
  const whole = code.local('i32');
  const pushTileArguments = (): void => {
    code.get(panel).get(right).get(inner);
    code.get(rightStep).get(tiles).get(first);
  };
  const callMicro = (target: Callable): void => {
    pushTileArguments();
    code.call(target);
  };
  /** Chooses by the number of rows, the full tile first. */
  const dispatch = (rows: number): void => {
    const target = known(kernels[rows - 1], `a tile of ${rows} rows`);
    if (rows === 1) callMicro(target);
    else
      code
        .get(panelRows)
        .i32(rows)
        .op(Op.i32_eq)
        .if(
          () => callMicro(target),
          () => dispatch(rows - 1),
        );
  };
  const pushColumn = (): void => {
    code.get(column).get(j).op(Op.i32_add);
  };
  const pushEpilogue = (): void => {
    for (const local of extra) code.get(local);
  };
  const callFinish = (target: Callable): void => {
    pushTileArguments();
    code.get(outputRows).get(rowIndices);
    pushColumn();
    pushEpilogue();
    code.call(target);
  };
  const tileThenSink = (): void => {
    dispatch(tileRows);
    code.get(last);
    code.if(() => {
      code.get(tiles).i32(4 * tileColumns);
      code.get(outputRows).get(rowIndices).get(panelRows);
      pushColumn();
      remaining(code, columns, j, tileColumns);
      pushEpilogue();
      code.call(sink);
    });
  };
  code.while(j, columns, tileColumns, () => {
    code.get(columns).get(j).op(Op.i32_sub);
    code.i32(tileColumns).op(Op.i32_ge_s).get(last).op(Op.i32_and).set(whole);
    code.get(left).set(panel);
    code.get(firstOutputRow).set(outputRows);
    code.get(firstRowIndex).set(rowIndices);
    code.i32(0).set(i);
    code.while(i, rows, tileRows, () => {
      remaining(code, rows, i, tileRows);
      code.set(panelRows);
      if (finish === undefined) {
        tileThenSink();
      } else {
        code.get(panelRows).i32(tileRows).op(Op.i32_eq).get(whole).op(Op.i32_and);
        code.if(() => callFinish(finish), tileThenSink);
      }
      code
        .get(panel)
        .get(inner)
        .i32(4 * TILE_ROWS)
        .op(Op.i32_mul)
        .op(Op.i32_add)
        .set(panel);
      advance(code, outputRows, 4 * TILE_ROWS);
      advance(code, rowIndices, 4 * TILE_ROWS);
      advance(code, tiles, tileStep);
    });
    advance(code, right, panelBytes);
  });
}
