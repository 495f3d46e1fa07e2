/**
 * Accumulators of a stage: one local (or four lanes) per copy while the loop runs, brought together in a fixed order
 * after it. Splitting a sum over lanes and copies hides the latency of additions; how it is split depends on the kernel
 * alone, so results do not depend on timing.
 */
import type { Accumulator } from '@hadal/core/backend';
import type { Code, Local, PlainOp } from '../wasm/index';
import type { Frame, Mode } from './frame';
import { LANES } from './memory-access';
import { laneOf } from './operations';
import { type Lane, pushLane, pushScalar, pushVector, type Value } from './value';

type Combining = 'sum' | 'prod' | 'max' | 'min';

const IDENTITY: Readonly<Record<Combining, Readonly<Record<Lane, number>>>> = {
  sum: { f32: 0, i32: 0 },
  prod: { f32: 1, i32: 1 },
  max: { f32: Number.NEGATIVE_INFINITY, i32: -0x80000000 },
  min: { f32: Number.POSITIVE_INFINITY, i32: 0x7fffffff },
};

const WIDE_OPS: Readonly<Record<Combining, Readonly<Record<Lane, PlainOp>>>> = {
  sum: { f32: 'f32x4.add', i32: 'i32x4.add' },
  prod: { f32: 'f32x4.mul', i32: 'i32x4.mul' },
  max: { f32: 'f32x4.max', i32: 'i32x4.max_s' },
  min: { f32: 'f32x4.min', i32: 'i32x4.min_s' },
};

const SCALAR_OPS: Readonly<Record<Combining, Readonly<Partial<Record<Lane, PlainOp>>>>> = {
  sum: { f32: 'f32.add', i32: 'i32.add' },
  prod: { f32: 'f32.mul', i32: 'i32.mul' },
  max: { f32: 'f32.max' },
  min: { f32: 'f32.min' },
};

/** One accumulator while its loop is written. */
export interface Running {
  /** Before the loop. */
  start(): void;
  /** In the loop, after the body. `position` is the flat loop index of the first lane. */
  add(mode: Mode, copy: number, position: Local | undefined): void;
  /** After the loop: the results, one per copy of the stage. */
  finish(): readonly Value[];
}

/**
 * @param mode   how the stage is written outside of its loops
 * @param across whether lanes run over the loop (and have to be combined) or over grid points
 * @param copies vectors next to each other in the loop when lanes run over it
 */
export function runningAccumulator(
  frame: Frame,
  accumulator: Accumulator,
  mode: Mode,
  across: boolean,
  copies: number,
): Running {
  const isExtreme = accumulator.kind === 'argmax' || accumulator.kind === 'argmin';
  if (isExtreme) return new Position(frame, accumulator, mode, across);
  return new Combination(frame, accumulator, accumulator.kind, mode, across, copies);
}

function pushConstant(code: Code, type: Lane, wide: boolean, value: number): void {
  if (wide && type === 'f32') code.f32x4(value);
  else if (wide) code.i32x4(value);
  else if (type === 'f32') code.f32(value);
  else code.i32(value);
}

class Combination implements Running {
  private readonly type: Lane;
  private readonly wide: boolean;
  private readonly locals: Local[];
  /** What the tail of a loop over lanes adds up, element by element. */
  private readonly tail: Local | undefined;

  constructor(
    private readonly frame: Frame,
    private readonly accumulator: Accumulator,
    private readonly kind: Combining,
    mode: Mode,
    private readonly across: boolean,
    copies: number,
  ) {
    const { code } = frame;
    this.type = laneOf(accumulator.type);
    this.wide = across || frame.isWide(accumulator.value, mode);
    const count = across ? copies : this.wide ? mode.copies : 1;
    this.locals = Array.from({ length: count }, () => code.local(this.wide ? 'v128' : this.type));
    this.tail = across ? code.local(this.type) : undefined;
  }

  start(): void {
    const { code } = this.frame;
    const identity = IDENTITY[this.kind][this.type];
    for (const local of this.locals) {
      pushConstant(code, this.type, this.wide, identity);
      code.set(local);
    }
    if (this.tail !== undefined) {
      pushConstant(code, this.type, false, identity);
      code.set(this.tail);
    }
  }

  add(mode: Mode, copy: number): void {
    const { code } = this.frame;
    const value = this.frame.value(this.accumulator.value, copy);
    if (this.across && mode.lanes === 1) {
      const { tail } = this;
      if (tail === undefined) return;
      this.combineScalars(
        () => code.get(tail),
        () => pushScalar(code, value),
      );
      code.set(tail);
      return;
    }
    const local = this.locals[this.wide ? copy : 0];
    if (local === undefined || (!this.wide && copy > 0)) return;
    if (this.wide) {
      code.get(local);
      pushVector(code, value);
      code.op(WIDE_OPS[this.kind][this.type]);
    } else {
      this.combineScalars(
        () => code.get(local),
        () => pushScalar(code, value),
      );
    }
    code.set(local);
  }

  finish(): readonly Value[] {
    const { code } = this.frame;
    const kind = this.wide && !this.across ? 'vector' : 'scalar';
    if (!this.across) return this.locals.map((local) => ({ kind, type: this.type, local }));
    const op = WIDE_OPS[this.kind][this.type];
    let left: readonly Local[] = this.locals;
    while (left.length > 1) {
      const half = left.slice(0, Math.ceil(left.length / 2));
      left.slice(half.length).forEach((local, position) => {
        const into = half[position];
        if (into !== undefined) code.get(into).get(local).op(op).set(into);
      });
      left = half;
    }
    const [vector] = left;
    const { tail } = this;
    if (vector === undefined || tail === undefined) throw new RangeError('an accumulator without lanes');
    code.get(vector).get(vector).get(vector).shuffle32([2, 3, 2, 3]).op(op).set(vector);
    code.get(vector).get(vector).get(vector).shuffle32([1, 1, 1, 1]).op(op).set(vector);
    this.combineScalars(
      () => pushLane(code, { kind: 'vector', type: this.type, local: vector }, 0),
      () => code.get(tail),
    );
    code.set(tail);
    for (const local of this.locals) code.release(local);
    return [{ kind: 'scalar', type: this.type, local: tail }];
  }

  private combineScalars(left: () => void, right: () => void): void {
    const { code } = this.frame;
    const native = SCALAR_OPS[this.kind][this.type];
    left();
    if (native !== undefined) {
      right();
      code.op(native);
      return;
    }
    code.op('i32x4.splat');
    right();
    code.op('i32x4.splat').op(WIDE_OPS[this.kind][this.type]).lane('i32x4.extract_lane', 0);
  }
}

/** argmax and argmin: the best value so far with its position; a NaN is better than any number. */
class Position implements Running {
  private readonly type: Lane;
  private readonly wide: boolean;
  private readonly best: Local[];
  private readonly positions: Local[];
  private readonly worst: number;

  constructor(
    private readonly frame: Frame,
    private readonly accumulator: Accumulator,
    mode: Mode,
    private readonly across: boolean,
  ) {
    const { code } = frame;
    this.type = laneOf(accumulator.type);
    this.wide = across || frame.isWide(accumulator.value, mode);
    this.worst = IDENTITY[accumulator.kind === 'argmax' ? 'max' : 'min'][this.type];
    const count = this.wide && !across ? mode.copies : 1;
    const vectors = this.wide ? 'v128' : undefined;
    this.best = Array.from({ length: count }, () => code.local(vectors ?? this.type));
    this.positions = Array.from({ length: count }, () => code.local(vectors ?? 'i32'));
    if (across) {
      this.best.push(code.local(this.type));
      this.positions.push(code.local('i32'));
    }
  }

  start(): void {
    const { code } = this.frame;
    for (const local of this.best) {
      pushConstant(code, this.type, local.type === 'v128', this.worst);
      code.set(local);
    }
    for (const local of this.positions) {
      pushConstant(code, 'i32', local.type === 'v128', 0);
      code.set(local);
    }
  }

  add(mode: Mode, copy: number, position: Local | undefined): void {
    const inTail = this.across && mode.lanes === 1;
    const slot = inTail ? 1 : this.wide ? copy : 0;
    const best = this.best[slot];
    const at = this.positions[slot];
    if (best === undefined || at === undefined || position === undefined) return;
    if (!this.wide && copy > 0) return;
    const { code } = this.frame;
    const value = this.frame.value(this.accumulator.value, copy);
    if (best.type === 'v128') {
      code.scratch(['v128', 'v128'], (candidate, better) => {
        pushVector(code, value);
        code.set(candidate);
        this.pushBetter(candidate, best);
        code.set(better);
        code.get(candidate).get(best).get(better).op('v128.bitselect').set(best);
        code.get(position).op('i32x4.splat');
        if (this.across) code.i32x4([0, 1, 2, 3]).op('i32x4.add');
        code.get(at).get(better).op('v128.bitselect').set(at);
      });
    } else {
      const candidate = code.local(this.type);
      pushScalar(code, value);
      code.set(candidate);
      this.replaceIf(best, at, candidate, position, () => this.pushBetter(candidate, best));
      code.release(candidate);
    }
  }

  finish(): readonly Value[] {
    const { code } = this.frame;
    if (!this.across) {
      for (const local of this.best) code.release(local);
      const kind = this.wide ? 'vector' : 'scalar';
      return this.positions.map((local) => ({ kind, type: 'i32', local }));
    }
    const [lanes, best] = this.best;
    const [lanePositions, at] = this.positions;
    if (!lanes || !best || !lanePositions || !at) throw new RangeError('an accumulator without lanes');
    for (let lane = 0; lane < LANES; lane++) {
      const candidate = code.local(this.type);
      const position = code.local('i32');
      pushLane(code, { kind: 'vector', type: this.type, local: lanes }, lane);
      code.set(candidate);
      code.get(lanePositions).lane('i32x4.extract_lane', lane).set(position);
      this.replaceIf(best, at, candidate, position, () => {
        this.pushBetter(candidate, best);
        this.pushEqual(candidate, best);
        code.get(position).get(at).op('i32.lt_s').op('i32.and').op('i32.or');
      });
      code.release(candidate);
      code.release(position);
    }
    for (const local of [lanes, best, lanePositions]) code.release(local);
    return [{ kind: 'scalar', type: 'i32', local: at }];
  }

  private replaceIf(best: Local, at: Local, candidate: Local, position: Local, condition: () => void): void {
    const { code } = this.frame;
    condition();
    code.if(() => code.get(candidate).set(best).get(position).set(at));
  }

  /** Pushes whether the candidate is strictly better: greater (less), or the first NaN. */
  private pushBetter(candidate: Local, best: Local): void {
    const { code } = this.frame;
    const shape = candidate.type === 'v128' ? `${this.type}x4` : this.type;
    const isMaximum = this.accumulator.kind === 'argmax';
    code.get(candidate).get(best);
    switch (shape) {
      case 'f32x4':
        code.op(isMaximum ? 'f32x4.le' : 'f32x4.ge').op('v128.not');
        code.get(best).get(best).op('f32x4.eq').op('v128.and');
        return;
      case 'i32x4':
        code.op(isMaximum ? 'i32x4.gt_s' : 'i32x4.lt_s');
        return;
      case 'f32':
        code.op(isMaximum ? 'f32.le' : 'f32.ge').op('i32.eqz');
        code.get(best).get(best).op('f32.eq').op('i32.and');
        return;
      case 'i32':
        code.op(isMaximum ? 'i32.gt_s' : 'i32.lt_s');
    }
  }

  /** Pushes whether both are equal, or both NaN. */
  private pushEqual(candidate: Local, best: Local): void {
    const { code } = this.frame;
    if (this.type === 'i32') {
      code.get(candidate).get(best).op('i32.eq');
      return;
    }
    code.get(candidate).get(best).op('f32.eq');
    code
      .get(candidate)
      .get(candidate)
      .op('f32.ne')
      .get(best)
      .get(best)
      .op('f32.ne')
      .op('i32.and')
      .op('i32.or');
  }
}

/** Whether a stage needs the flat index of its loop. */
export const needsPosition = (accumulators: readonly Accumulator[]): boolean =>
  accumulators.some(({ kind }) => kind === 'argmax' || kind === 'argmin');
