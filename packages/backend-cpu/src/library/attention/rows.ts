/** What is done with rows between the products of attention. */
import { Expressions } from '../../emit/index';
import { exp } from '../../emit/math/exponential';
import {
  type Callable,
  type Code,
  LaneOp,
  type Local,
  MemoryOp,
  type ModuleBuilder,
  Op,
} from '../../wasm/index';
import { advance, define } from '../gemm/define';
import { PANEL_BYTES, VECTOR_BYTES } from '../panels';
import { BYTES, wordAt } from './layout';

/** Vectors of rows that are handled together; rows of scores are whole panels. */
const VECTORS = PANEL_BYTES / VECTOR_BYTES;

/**
 * Defines `(target, targetRow, source, sourceRow, sourceColumn, rows, columns, factors, factorStep)`: each row of a matrix of
 * any layout times its factor, to contiguous rows.
 */
export function emitScaleRows(module: ModuleBuilder): Callable {
  const { index, code, parameters } = define(module, 9);
  const [target, targetRow, source, sourceRow, sourceColumn, rows, columns, factors, factorStep] = parameters;
  const i = code.local('i32');
  const to = code.local('i32');
  const from = code.local('i32');
  const whole = code.local('i32');
  const end = code.local('i32');
  const factor = code.local('f32');
  code.while(i, rows, 1, () => {
    code.get(factors).memory(MemoryOp.f32_load).set(factor);
    code.get(source).set(from);
    code.get(target).tee(to).get(columns).i32(BYTES).op(Op.i32_mul).op(Op.i32_add).set(end);
    code.get(sourceColumn).i32(BYTES).op(Op.i32_eq);
    code.if(() => {
      code
        .get(end)
        .i32(VECTOR_BYTES - 1)
        .op(Op.i32_sub)
        .set(whole);
      code.while(to, whole, VECTOR_BYTES, () => {
        code.get(to).get(from).memory(MemoryOp.v128_load).get(factor).op(Op.f32x4_splat).op(Op.f32x4_mul);
        code.memory(MemoryOp.v128_store);
        advance(code, from, VECTOR_BYTES);
      });
    });
    code.while(to, end, BYTES, () => {
      code.get(to).get(from).memory(MemoryOp.f32_load).get(factor).op(Op.f32_mul).memory(MemoryOp.f32_store);
      advance(code, from, sourceColumn);
    });
    advance(code, target, targetRow);
    advance(code, source, sourceRow);
    advance(code, factors, factorStep);
  });
  return { index };
}

/** Calls `body` with the byte offset of each vector of the panels from `at` to `end`. */
function eachVector(code: Code, at: Local, end: Local, body: (offset: number, vector: number) => void): void {
  code.while(at, end, PANEL_BYTES, () => {
    for (let vector = 0; vector < VECTORS; vector++) body(VECTOR_BYTES * vector, vector);
  });
}

/** Pushes the four lanes of a vector combined. */
function pushReduced(code: Code, vector: Local, combine: Op): void {
  code.get(vector).get(vector).shuffle32([2, 3, 0, 1]).get(vector).op(combine).set(vector);
  code.get(vector).get(vector).shuffle32([1, 0, 3, 2]).get(vector).op(combine);
  code.lane(LaneOp.f32x4_extract_lane, 0);
}

/** Sets the first local to the combination of all; they share an operation whose order does not depend on lengths. */
function combineAll(code: Code, [first, ...others]: readonly Local[], combine: Op): Local {
  if (first === undefined) throw new RangeError('there is no vector');
  for (const other of others) code.get(first).get(other).op(combine).set(first);
  return first;
}

/**
 * Defines `(words, scores, scoresRow, rows, first, keys, paddedBytes, factors)`: scores of the queries from `first` on as
 * exponentials, 0 where a query may not attend; the reciprocals of their sums, 0 for queries that may attend to nothing, go
 * to `factors`.
 */
export function emitWeigh(module: ModuleBuilder, relaxed: boolean): Callable {
  const { index, code, parameters } = define(module, 8);
  const [words, scores, scoresRow, rows, first, keys, paddedBytes, factors] = parameters;
  const e = new Expressions(code, relaxed);
  const i = code.local('i32');
  const limit = code.local('i32');
  const at = code.local('i32');
  const end = code.local('i32');
  const allowed = code.local('i32');
  const isCausal = code.local('i32');
  const isMasked = code.local('i32');
  const sum = code.local('f32');
  const greatest = code.local('v128');
  const lanes = Array.from({ length: VECTORS }, () => code.local('v128'));
  const load = (offset: number): Code => code.get(at).memory(MemoryOp.v128_load, offset);
  const word = (name: Parameters<typeof wordAt>[0]): Code =>
    code.get(words).memory(MemoryOp.i32_load, wordAt(name));

  word('isCausal').set(isCausal);
  word('isMasked').set(isMasked);
  code.while(i, rows, 1, () => {
    code.get(keys).set(limit);
    code.get(isCausal);
    code.if(() => {
      code.get(first).get(i).op(Op.i32_add).i32(1).op(Op.i32_add).tee(limit);
      code.get(keys).get(limit).get(keys).op(Op.i32_lt_s).op(Op.select).set(limit);
    });
    code.get(scores).get(limit).i32(BYTES).op(Op.i32_mul).op(Op.i32_add).set(end);
    code.get(isMasked);
    code.if(() => {
      word('mask').get(first).get(i).op(Op.i32_add);
      word('maskRow').op(Op.i32_mul).op(Op.i32_add).set(allowed);
      code.get(scores).set(at);
      code.while(at, end, BYTES, () => {
        code.get(allowed).memory(MemoryOp.i32_load8_u).op(Op.i32_eqz);
        code.if(() => code.get(at).f32(Number.NEGATIVE_INFINITY).memory(MemoryOp.f32_store));
        code.get(allowed);
        word('maskColumn').op(Op.i32_add).set(allowed);
      });
    });
    // What pads the row is as what may not be attended to.
    code.get(end).set(at);
    code.get(scores).get(paddedBytes).op(Op.i32_add).set(end);
    code.while(at, end, BYTES, () => code.get(at).f32(Number.NEGATIVE_INFINITY).memory(MemoryOp.f32_store));
    for (const lane of lanes) code.f32x4(Number.NEGATIVE_INFINITY).set(lane);
    code.get(scores).set(at);
    eachVector(code, at, end, (offset, vector) => {
      const lane = lanes[vector] ?? greatest;
      load(offset).get(lane).op(Op.f32x4_max).set(lane);
    });
    pushReduced(code, combineAll(code, lanes, Op.f32x4_max), Op.f32x4_max);
    code.op(Op.f32x4_splat).set(greatest);
    // Nothing is left of such a row; without a mask it is an overflow, which gives NaN as softmax does.
    code.get(isCausal).get(isMasked).op(Op.i32_or);
    code.if(() => {
      code.f32x4(0).get(greatest).get(greatest).f32x4(Number.NEGATIVE_INFINITY).op(Op.f32x4_eq);
      code.op(Op.v128_bitselect).set(greatest);
    });
    for (const lane of lanes) code.f32x4(0).set(lane);
    code.get(scores).set(at);
    eachVector(code, at, end, (offset, vector) => {
      const lane = lanes[vector] ?? greatest;
      const shifted = e.keep(() => load(offset).get(greatest).op(Op.f32x4_sub));
      const value = e.keep(exp(e, shifted));
      code.get(at);
      value();
      code.memory(MemoryOp.v128_store, offset);
      code.get(lane);
      value();
      code.op(Op.f32x4_add).set(lane);
      e.release();
    });
    pushReduced(code, combineAll(code, lanes, Op.f32x4_add), Op.f32x4_add);
    code.set(sum);
    code.get(factors);
    code.f32(0).f32(1).get(sum).op(Op.f32_div).get(sum).f32(0).op(Op.f32_eq).op(Op.select);
    code.memory(MemoryOp.f32_store);
    advance(code, factors, BYTES);
    advance(code, scores, scoresRow);
  });
  return { index };
}

/**
 * Defines `(scores, slopes, scoresRow, rows, paddedBytes, factors)`: exponentials become weights, cotangents of weights
 * become those of scores, the gradient of softmax.
 */
export function emitSlopes(module: ModuleBuilder, relaxed: boolean): Callable {
  const { index, code, parameters } = define(module, 6);
  const [scores, slopes, scoresRow, rows, paddedBytes, factors] = parameters;
  const e = new Expressions(code, relaxed);
  const i = code.local('i32');
  const at = code.local('i32');
  const end = code.local('i32');
  const apart = code.local('i32');
  const factor = code.local('v128');
  const share = code.local('v128');
  const weight = code.local('v128');
  const lanes = Array.from({ length: VECTORS }, () => code.local('v128'));
  /** Pushes the address of a slope. */
  const pushSlope = (): Code => code.get(at).get(apart).op(Op.i32_add);
  const slope = (offset: number) => (): void => {
    pushSlope().memory(MemoryOp.v128_load, offset);
  };

  code.get(slopes).get(scores).op(Op.i32_sub).set(apart);
  code.while(i, rows, 1, () => {
    code.get(factors).memory(MemoryOp.v128_load32_splat).set(factor);
    code.get(scores).get(paddedBytes).op(Op.i32_add).set(end);
    for (const lane of lanes) code.f32x4(0).set(lane);
    code.get(scores).set(at);
    eachVector(code, at, end, (offset, vector) => {
      const lane = lanes[vector] ?? share;
      code.get(at).get(at).memory(MemoryOp.v128_load, offset).get(factor).op(Op.f32x4_mul).tee(weight);
      code.memory(MemoryOp.v128_store, offset);
      e.fma(e.local(weight), slope(offset), e.local(lane))();
      code.set(lane);
    });
    pushReduced(code, combineAll(code, lanes, Op.f32x4_add), Op.f32x4_add);
    code.op(Op.f32x4_splat).set(share);
    code.get(scores).set(at);
    eachVector(code, at, end, (offset) => {
      pushSlope();
      slope(offset)();
      code.get(share).op(Op.f32x4_sub).get(at).memory(MemoryOp.v128_load, offset).op(Op.f32x4_mul);
      code.memory(MemoryOp.v128_store, offset);
    });
    advance(code, factors, BYTES);
    advance(code, scores, scoresRow);
  });
  return { index };
}
