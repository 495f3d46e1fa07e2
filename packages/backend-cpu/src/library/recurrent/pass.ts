/**
 * Element-wise passes of a cell: over the units of some sequences, four at a time. A cell says what is done with four units;
 * where the sequences lie, what is left of the units at the end and which lanes are stored is written here.
 */
import { type Expression, Expressions } from '../../emit/index';
import { exp } from '../../emit/math/exponential';
import { tanh } from '../../emit/rare/hyperbolic';
import { known } from '../../known';
import {
  type Callable,
  type Code,
  LaneMemoryOp,
  type Local,
  MemoryOp,
  type ModuleBuilder,
  Op,
  type ValueType,
} from '../../wasm/index';
import { VECTOR_BYTES } from '../panels';
import { BYTES, PLACES, type Place, placeAt } from './layout';

/** Words of a place behind its address: bytes to the next step, sequence and column. */
export const STEP_AT = 4;
export const ROW_AT = 8;
const COLUMN_AT = 12;
/** Most values of a unit in a row. */
const MOST_VALUES = 6;

/** Places whose columns may be apart. */
const STRIDED: ReadonlySet<Place> = new Set<Place>(['projected', 'bias', 'cotangent']);

/** Four units of one sequence in one step, as a cell sees them. */
export interface Units {
  readonly e: Expressions;
  /** Value `index` of the units in a place. */
  load(place: Place, index?: number): Expression;
  store(place: Place, index: number, value: Expression): void;
  /** The value, or `otherwise` where the mask holds the states of the sequence. */
  unlessHeld(value: Expression, otherwise: Expression): Expression;
  sigmoid(x: Expression): Expression;
  tanh(x: Expression): Expression;
}

export interface PassOptions {
  readonly relaxed: boolean;
  readonly isMasked: boolean;
}

/** Functions that passes of one module share. */
export interface PassHelpers {
  readonly gather: Callable;
  readonly storeSome: Callable;
}

export function emitPassHelpers(module: ModuleBuilder): PassHelpers {
  return { gather: emitGather(module), storeSome: emitStoreSome(module) };
}

/** Defines `(from, columnBytes, bytes)`: as many elements as `bytes` has, in the first lanes. */
function emitGather(module: ModuleBuilder): Callable {
  const { index, code } = module.function({ parameters: ['i32', 'i32', 'i32'], results: ['v128'] });
  const [from, columnBytes, bytes] = [0, 1, 2].map((position) => code.parameter(position));
  if (!from || !columnBytes || !bytes) throw new RangeError('a parameter is missing');
  const lanes = code.local('v128');
  code.get(from).memory(MemoryOp.v128_load32_zero).set(lanes);
  for (const lane of [1, 2, 3]) {
    code
      .get(bytes)
      .i32(BYTES * lane)
      .op(Op.i32_gt_s);
    code.if(() => {
      code.get(from).get(columnBytes).op(Op.i32_add).tee(from).get(lanes);
      code.memoryLane(LaneMemoryOp.v128_load32_lane, lane).set(lanes);
    });
  }
  code.get(lanes);
  return { index };
}

/** Defines `(to, lanes, bytes)`: stores the first one to three lanes. */
function emitStoreSome(module: ModuleBuilder): Callable {
  const { index, code } = module.function({ parameters: ['i32', 'v128', 'i32'] });
  const [to, lanes, bytes] = [0, 1, 2].map((position) => code.parameter(position));
  if (!to || !lanes || !bytes) throw new RangeError('a parameter is missing');
  code.get(to).get(lanes).memoryLane(LaneMemoryOp.v128_store32_lane, 0);
  for (const lane of [1, 2]) {
    code
      .get(bytes)
      .i32(BYTES * lane)
      .op(Op.i32_gt_s);
    code.if(() => {
      code
        .get(to)
        .get(lanes)
        .memoryLane(LaneMemoryOp.v128_store32_lane, lane, BYTES * lane);
    });
  }
  return { index };
}

/** Parameters of passes: how many sequences, units, the words of the call, and every place at the first sequence. */
export const PASS_PARAMETERS = ['count', 'units', 'words', ...PLACES] as const;

/** Defines a pass, with `PASS_PARAMETERS`. */
export function emitPass(
  module: ModuleBuilder,
  { gather, storeSome }: PassHelpers,
  { relaxed, isMasked }: PassOptions,
  body: (units: Units) => void,
): Callable {
  const { index, code } = module.function({
    parameters: PASS_PARAMETERS.map((): ValueType => 'i32'),
  });
  const parameter = (name: (typeof PASS_PARAMETERS)[number]): Local =>
    code.parameter(PASS_PARAMETERS.indexOf(name));
  const [count, units, words] = [parameter('count'), parameter('units'), parameter('words')];
  const e = new Expressions(code, relaxed);
  const row = code.local('i32');
  const unitsBytes = code.local('i32');
  const whole = code.local('i32');
  const at = code.local('i32');
  const rest = code.local('i32');
  const open = code.local('v128');
  const distances = Array.from({ length: MOST_VALUES }, () => code.local('i32'));
  const used = new Set<Place>();

  /** Pushes where value `index` of the units at work is, columns next to each other. */
  const pushAddress = (place: Place, value: number): void => {
    used.add(place);
    code.get(parameter(place)).get(at).op(Op.i32_add);
    if (value > 0) code.get(known(distances[value], `distance ${value}`)).op(Op.i32_add);
  };
  const pushVector = (place: Place, value: number, isWhole: boolean): void => {
    if (!STRIDED.has(place)) {
      pushAddress(place, value);
      code.memory(MemoryOp.v128_load);
      return;
    }
    code.get(words).memory(MemoryOp.i32_load, placeAt(place) + COLUMN_AT);
    code.i32(BYTES).op(Op.i32_eq);
    code.if(
      () => {
        pushAddress(place, value);
        code.memory(MemoryOp.v128_load);
      },
      () => {
        // A quarter of the distance in bytes, in columns.
        code.get(parameter(place));
        code
          .get(at)
          .get(known(distances[value], `distance ${value}`))
          .op(Op.i32_add);
        code.i32(2).op(Op.i32_shr_s);
        code
          .get(words)
          .memory(MemoryOp.i32_load, placeAt(place) + COLUMN_AT)
          .op(Op.i32_mul)
          .op(Op.i32_add);
        code.get(words).memory(MemoryOp.i32_load, placeAt(place) + COLUMN_AT);
        if (isWhole) code.i32(VECTOR_BYTES);
        else code.get(rest);
        code.call(gather);
      },
      'v128',
    );
  };
  const block = (isWhole: boolean): void => {
    body({
      e,
      load: (place, value = 0) => e.keep(() => pushVector(place, value, isWhole)),
      store: (place, value, expression) => {
        pushAddress(place, value);
        expression();
        if (isWhole) code.memory(MemoryOp.v128_store);
        else code.get(rest).call(storeSome);
      },
      unlessHeld: (value, otherwise) => (isMasked ? e.select(e.local(open), value, otherwise) : value),
      sigmoid: (x) => e.keep(sigmoid(e, x)),
      tanh: (x) => e.keep(tanh(e, e.keep(x))),
    });
    e.release();
  };

  code.get(units).i32(BYTES).op(Op.i32_mul).tee(unitsBytes).i32(-VECTOR_BYTES).op(Op.i32_and).set(whole);
  code.get(unitsBytes).get(whole).op(Op.i32_sub).set(rest);
  for (const [value, distance] of distances.entries()) {
    code.get(unitsBytes).i32(value).op(Op.i32_mul).set(distance);
  }
  code.while(row, count, 1, () => {
    if (isMasked) setOpen(code, parameter('mask'), open);
    code.i32(0).set(at);
    code.while(at, whole, VECTOR_BYTES, () => block(true));
    code.get(rest);
    code.if(() => block(false));
    if (isMasked) used.add('mask');
    for (const place of used) {
      code.get(parameter(place)).get(words);
      code
        .memory(MemoryOp.i32_load, placeAt(place) + ROW_AT)
        .op(Op.i32_add)
        .set(parameter(place));
    }
  });
  return { index };
}

/** All bits in lanes of a sequence that takes part in the step. */
function setOpen(code: Code, mask: Local, open: Local): void {
  code.get(mask).memory(MemoryOp.i32_load8_u).i32(0).op(Op.i32_ne);
  code.op(Op.i32x4_splat).op(Op.i32x4_neg).set(open);
}

/** The logistic function. */
function sigmoid(e: Expressions, x: Expression): Expression {
  const grown = exp(e, e.keep(e.op(Op.f32x4_neg, x)));
  return e.div(e.f32(1), e.add(e.keep(grown), e.f32(1)));
}
