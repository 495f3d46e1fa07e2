/** Logical operations, choices between two values, and loads whose lanes have guards of their own. */
import { LaneOp, type Local, Op } from '../../wasm/index';
import type { Expressions } from '../expressions';
import { LANES } from '../memory-access';
import type { Pushed } from '../rare';
import { pushMask, pushVector, type Value } from '../value';

/** Logical operations of two masks give a mask; a lone mask next to integers becomes 0 and 1 first. */
export function pushLogical(e: Expressions, op: Op, a: Value, b: Value): Pushed {
  if (a.kind === 'mask' && b.kind === 'mask') {
    e.code.get(a.local).get(b.local).op(op);
    return 'mask';
  }
  pushVector(e.code, a);
  pushVector(e.code, b);
  e.code.op(op);
  return 'vector';
}

const isZero = (value: Value): boolean => value.kind === 'constant' && Object.is(value.value, 0);

/** `and` suffices where one side is 0. */
export function pushSelect(e: Expressions, condition: Value, whenTrue: Value, whenFalse: Value): void {
  const { code } = e;
  if (isZero(whenFalse)) {
    pushVector(code, whenTrue);
    pushMask(code, condition);
    code.op(Op.v128_and);
  } else if (isZero(whenTrue)) {
    pushVector(code, whenFalse);
    pushMask(code, condition);
    code.op(Op.v128_andnot);
  } else {
    pushVector(code, whenTrue);
    pushVector(code, whenFalse);
    pushMask(code, condition);
    code.op(Op.v128_bitselect);
  }
}

/** How the lanes of a guarded load are loaded. */
export interface MaskedLoad {
  readonly guard: Value;
  /** Pushes all four. */
  full(): void;
  /** Pushes `lanes` with one of them loaded. */
  lane(lanes: Local, lane: number): void;
  /** Converts what is pushed to the type of the register. */
  convert(): void;
}

/** Pushes four lanes whose guards differ: all at once where all hold, else those that hold one by one. */
export function loadMasked(
  { code }: Pick<Expressions, 'code'>,
  { guard, full, lane, convert }: MaskedLoad,
): void {
  code.scratch(['v128', 'v128'], (mask, lanes) => {
    pushMask(code, guard);
    code.tee(mask).op(Op.i32x4_all_true);
    const oneByOne = (): void => {
      code.i32x4(0).set(lanes);
      for (let index = 0; index < LANES; index++) {
        code.get(mask).lane(LaneOp.i32x4_extract_lane, index);
        code.if(() => {
          lane(lanes, index);
          code.set(lanes);
        });
      }
      code.get(lanes);
      convert();
    };
    code.if(full, oneByOne, 'v128');
  });
}
