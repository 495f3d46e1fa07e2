/** Goes through the steps of sequences: in each, some sequences at a time through the passes and products of a cell. */
import { known } from '../../known';
import { type Callable, type Code, MemoryOp, type ModuleBuilder, Op } from '../../wasm/index';
import { advance, define, remaining } from '../gemm/define';
import { PANEL_BYTES, scaledAdvance } from '../panels';
import { BYTES, PACKED_AT, PACKED_BYTES, PLACES, type Place, placeAt, ROWS_AT_ONCE } from './layout';
import { ROW_AT, STEP_AT } from './pass';

/** A product of a step. */
export interface StepProduct {
  /** Rows of a place, from value `value` on, of `gates` values of every unit. */
  readonly from: Place;
  readonly value: number;
  readonly gates: number;
  /** Which of the packed matrices. */
  readonly matrix: number;
  readonly to: Place;
  /** Whether it adds to what is there. */
  readonly isAdding: boolean;
}

export type Action = { readonly pass: Callable } | { readonly product: StepProduct };

/** Exports `walk(words, own)`, which does the actions, in order, for all sequences in every step. */
export function emitWalk(module: ModuleBuilder, multiply: Callable, actions: readonly Action[]): void {
  const { code, parameters } = define(module, 2, { exportAs: 'walk' });
  const [words, own] = parameters;
  const step = code.local('i32');
  const steps = code.local('i32');
  const first = code.local('i32');
  const count = code.local('i32');
  const batch = code.local('i32');
  const units = code.local('i32');
  const bytes = code.local('i32');
  const places = PLACES.map((place) => ({
    place,
    at: placeAt(place),
    /** At the first sequence of the step, and at the first of those at work. */
    start: code.local('i32'),
    here: code.local('i32'),
  }));
  const load = (at: number): Code => code.get(words).memory(MemoryOp.i32_load, at);
  const pointersOf = (place: Place) =>
    known(
      places.find((each) => each.place === place),
      place,
    );

  const multiplied = ({ from, value, gates, matrix, to, isAdding }: StepProduct): void => {
    const packed = PACKED_AT + PACKED_BYTES * matrix;
    code.get(pointersOf(from).here).get(units);
    code
      .i32(BYTES * value)
      .op(Op.i32_mul)
      .op(Op.i32_add);
    load(placeAt(from) + ROW_AT);
    code.i32(BYTES);
    code.get(units).i32(gates).op(Op.i32_mul);
    load(packed);
    code
      .get(units)
      .i32(PANEL_BYTES * gates)
      .op(Op.i32_mul);
    load(packed + BYTES);
    code.get(pointersOf(to).here);
    load(placeAt(to) + ROW_AT);
    code
      .i32(isAdding ? 1 : 0)
      .get(count)
      .call(multiply);
  };

  load(0).set(steps);
  load(BYTES).set(batch);
  load(2 * BYTES).set(units);
  for (const { at, start } of places) load(at).set(start);
  advance(code, pointersOf('sums').start, own);
  code.while(step, steps, 1, () => {
    for (const { start, here } of places) code.get(start).set(here);
    code.i32(0).set(first);
    code.while(first, batch, ROWS_AT_ONCE, () => {
      remaining(code, batch, first, ROWS_AT_ONCE);
      code.set(count);
      for (const action of actions) {
        if ('product' in action) {
          multiplied(action.product);
          continue;
        }
        for (const parameter of [count, units, words]) code.get(parameter);
        for (const { here } of places) code.get(here);
        code.call(action.pass);
      }
      for (const { place, at, here } of places) {
        if (place === 'sums') continue;
        load(at + ROW_AT).set(bytes);
        scaledAdvance(code, here, bytes, ROWS_AT_ONCE);
      }
    });
    for (const { at, start } of places) {
      load(at + STEP_AT).set(bytes);
      advance(code, start, bytes);
    }
  });
}
