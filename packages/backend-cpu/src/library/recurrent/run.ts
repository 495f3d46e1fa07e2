/** Runs recurrent cells over whole sequences, and their gradients: weights are packed once, then one function walks. */
import { ArgumentReader } from '@hadal/core/products';
import type { RecurrentPayload } from '@hadal/core/recurrent';
import { known } from '../../known';
import { type RecordedCall, recorded } from '../caller';
import type { Caller, LibraryExecutable } from '../executable';
import type { LibraryOptions } from '../index';
import type { Machine } from '../machine';
import { TILE_ROWS } from '../panels';
import { emitRecurrentModule, type RecurrentKernels } from './kernels';
import {
  BYTES,
  GRADIENT_VALUES,
  PACKED_AT,
  PACKED_BYTES,
  PLACES,
  type Place,
  placeAt,
  SHAPES,
  WORDS,
  WORDS_BYTES,
  workspaceOf,
} from './layout';

export function prepareRecurrent(
  name: string,
  payload: RecurrentPayload,
  machine: Machine,
  options: LibraryOptions,
): LibraryExecutable {
  const kernels = machine.instantiate<RecurrentKernels>(emitRecurrentModule(payload, options));
  const record: RecordedCall = (caller, addresses, integers) =>
    recordCalls(kernels, payload, options.threads ?? 1, caller, addresses, integers);
  return recorded(name, record, machine);
}

/** Where an operand lies: bytes to its next step, row and column. */
interface Operand {
  readonly address: number;
  readonly step: number;
  readonly row: number;
  readonly column: number;
}

const NOWHERE: Operand = { address: 0, step: 0, row: 0, column: 0 };

/** The operands of a call, in the order of the composite's inputs. */
function operandsOf(
  { cell, isGradient, isMasked }: RecurrentPayload,
  addresses: readonly number[],
  reader: ArgumentReader,
): Readonly<
  Record<'projected' | 'weights' | 'bias' | 'mask' | 'rows' | 'cotangent' | 'last', Operand> & {
    readonly states: readonly Operand[];
  }
> {
  let taken = 0;
  const operand = (axes: readonly ('step' | 'row' | 'column')[], bytes = BYTES): Operand => {
    const address = (addresses[taken++] ?? 0) + bytes * reader.next();
    const strides = axes.map((axis) => [axis, bytes * reader.next()]);
    return { ...NOWHERE, address, ...Object.fromEntries(strides) };
  };
  const sequence = ['step', 'row', 'column'] as const;
  const matrix = ['row', 'column'] as const;
  const projected = operand(sequence);
  const weights = operand(matrix);
  const bias = cell === 'gruAfter' ? operand(['column']) : NOWHERE;
  const states = Array.from({ length: SHAPES[cell].states }, () => operand(matrix));
  const mask = isMasked ? operand(['step', 'row'], 1) : NOWHERE;
  const rows = isGradient ? operand(sequence) : NOWHERE;
  const cotangent = isGradient ? operand(sequence) : NOWHERE;
  const last = isGradient && cell === 'lstm' ? operand(matrix) : NOWHERE;
  return { projected, weights, bias, states, mask, rows, cotangent, last };
}

function recordCalls(
  { pack, copy, walk }: RecurrentKernels,
  payload: RecurrentPayload,
  threads: number,
  caller: Caller,
  addresses: readonly number[],
  integers: ArrayLike<number>,
): void {
  const { cell, isGradient, isReverse } = payload;
  const reader = new ArgumentReader(integers);
  const [length, batch, units] = [reader.next(), reader.next(), reader.next()];
  if (batch === 0 || units === 0) return;
  const given = operandsOf(payload, addresses, reader);
  const workspace = known(addresses.at(-1), 'the workspace');
  const output = known(addresses.at(-2), 'the output');
  const scratch = workspaceOf(payload, { length, batch, units }, threads);
  const shape = SHAPES[cell];
  const unitBytes = BYTES * units;

  const outputRow = unitBytes * (isGradient ? GRADIENT_VALUES : shape.values);
  const result: Operand = { address: output, step: batch * outputRow, row: outputRow, column: BYTES };
  const rows = isGradient ? given.rows : result;
  const carry: Operand = {
    address: workspace + scratch.carry,
    step: 0,
    row: scratch.carryRow,
    column: BYTES,
  };
  const cells: Operand = { ...carry, address: workspace + scratch.cells };
  // Behind the words, in the workspace of each thread.
  const sums: Operand = { ...carry, address: WORDS_BYTES, row: scratch.sumsRow };

  for (const { at, first, inner, columns } of scratch.matrices) {
    const { address, row, column } = given.weights;
    const [innerBytes, columnBytes] = isGradient ? [column, row] : [row, column];
    const from = address + unitBytesOf(given.weights, first, units);
    caller.call(pack, workspace + at, from, inner, innerBytes, columns, columnBytes);
  }
  /** To value `index` of every unit in rows of `to`. */
  const copyStates = (to: Operand, index: number, from: Operand, count = 1): void =>
    caller.call(
      copy,
      to.address + index * unitBytes,
      to.row,
      from.address,
      from.row,
      from.column,
      batch,
      count * units,
    );
  const zeros = (to: Operand, index: number, count: number): void =>
    copyStates(to, index, { ...NOWHERE, address: caller.numbers(Int32Array.of(0), workspace) }, count);
  // The row of the beginning comes first in time.
  const beginning: Operand = { ...result, address: output + (isReverse ? length * result.step : 0) };
  if (isGradient) {
    zeros(carry, 0, 1);
    if (cell === 'lstm') copyStates(cells, 0, given.last);
  } else {
    for (const [index, state] of given.states.entries()) copyStates(beginning, index, state);
    zeros(beginning, shape.states, shape.values - shape.states);
  }

  // A run goes forwards in its order of time, a gradient back.
  const direction = isReverse === isGradient ? 1 : -1;
  const time = direction === 1 ? 0 : length - 1;
  const moving = (operand: Operand, rowsLater = 0): Operand => ({
    ...operand,
    address: operand.address + (time + rowsLater) * operand.step,
    step: direction * operand.step,
  });
  const places: Readonly<Record<Place, Operand>> = {
    projected: moving(given.projected),
    bias: given.bias,
    cotangent: moving(given.cotangent),
    before: moving(rows, isReverse ? 1 : 0),
    after: moving(rows, isReverse ? 0 : 1),
    columns: moving(result, isReverse ? 0 : 1),
    carry,
    cells,
    sums,
    mask: moving(given.mask),
  };
  // Sequences do not meet: each thread takes some of them through all steps, whole tiles where that leaves none idle.
  const even = Math.ceil(batch / threads);
  const share = even > TILE_ROWS ? Math.ceil(even / TILE_ROWS) * TILE_ROWS : even;
  const tasks: Int32Array[] = [];
  for (let first = 0; first < batch; first += share) {
    const words = new Int32Array(WORDS);
    words.set([length, Math.min(share, batch - first), units]);
    for (const [index, { at, panels }] of scratch.matrices.entries()) {
      words.set([workspace + at, panels], (PACKED_AT + PACKED_BYTES * index) / BYTES);
    }
    for (const place of PLACES) {
      const { address, step, row, column } = places[place];
      const moved = place === 'sums' ? 0 : first * row;
      words.set([address + moved, step, row, column], placeAt(place) / BYTES);
    }
    tasks.push(words);
  }
  caller.deal(walk, tasks, workspace + scratch.own, scratch.ownBytes);

  if (!isGradient) return;
  copyStates(beginning, 0, carry);
  if (cell === 'lstm') copyStates(beginning, 1, cells);
  zeros(beginning, shape.states, GRADIENT_VALUES - shape.states);
}

/** Bytes to the first column of a gate. */
const unitBytesOf = ({ column }: Operand, gate: number, units: number): number => gate * units * column;
