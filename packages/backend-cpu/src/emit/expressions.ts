/**
 * Expressions over vectors: small functions that push their value when they are called, so that formulas read like
 * formulas. `keep` evaluates one now and gives a cheap name for it.
 */
import { type Code, type Local, Op, type ValueType } from '../wasm/index';

/** Pushes one value on the stack; may be called more than once. */
export type Expression = () => void;

export class Expressions {
  readonly #kept: Local[] = [];

  /**
   * @param relaxed whether the engine has relaxed SIMD; without it `fma` rounds twice
   */
  constructor(
    readonly code: Code,
    readonly relaxed: boolean,
  ) {}

  op(name: Op, ...operands: readonly Expression[]): Expression {
    return () => {
      for (const operand of operands) operand();
      this.code.op(name);
    };
  }

  local(local: Local): Expression {
    return () => {
      this.code.get(local);
    };
  }

  /** Evaluates now; the result can be used any number of times until `release`. */
  keep(value: Expression, type: ValueType = 'v128'): Expression {
    const local = this.code.local(type);
    value();
    this.code.set(local);
    this.#kept.push(local);
    return this.local(local);
  }

  /** Gives back all kept values. */
  release(): void {
    for (const local of this.#kept) this.code.release(local);
    this.#kept.length = 0;
  }

  f32(value: number): Expression {
    return () => {
      this.code.f32x4(value);
    };
  }

  i32(value: number): Expression {
    return () => {
      this.code.i32x4(value);
    };
  }

  f64(value: number): Expression {
    return () => {
      this.code.f64x2(value);
    };
  }

  add = (a: Expression, b: Expression): Expression => this.op(Op.f32x4_add, a, b);
  sub = (a: Expression, b: Expression): Expression => this.op(Op.f32x4_sub, a, b);
  mul = (a: Expression, b: Expression): Expression => this.op(Op.f32x4_mul, a, b);
  div = (a: Expression, b: Expression): Expression => this.op(Op.f32x4_div, a, b);
  and = (a: Expression, b: Expression): Expression => this.op(Op.v128_and, a, b);
  or = (a: Expression, b: Expression): Expression => this.op(Op.v128_or, a, b);

  /** a · b + c, rounded once where the engine can. */
  fma(a: Expression, b: Expression, c: Expression): Expression {
    if (this.relaxed) return this.op(Op.f32x4_relaxed_madd, a, b, c);
    return this.add(this.mul(a, b), c);
  }

  /** c - a · b, rounded once where the engine can. */
  fnma(a: Expression, b: Expression, c: Expression): Expression {
    if (this.relaxed) return this.op(Op.f32x4_relaxed_nmadd, a, b, c);
    return this.sub(c, this.mul(a, b));
  }

  /** Bits of `a` where the mask is set, else of `b`. */
  select(mask: Expression, a: Expression, b: Expression): Expression {
    return this.op(Op.v128_bitselect, a, b, mask);
  }

  /** `low` where x is below it, else `high` where x is above it, else x; NaN stays NaN. */
  clamp(x: Expression, low: number, high: number): Expression {
    return this.op(Op.f32x4_pmax, this.op(Op.f32x4_pmin, x, this.f32(high)), this.f32(low));
  }

  shiftLeft(a: Expression, count: number): Expression {
    return this.#shift(Op.i32x4_shl, a, count);
  }

  /** Keeps the sign. */
  shiftRight(a: Expression, count: number): Expression {
    return this.#shift(Op.i32x4_shr_s, a, count);
  }

  #shift(name: Op, a: Expression, count: number): Expression {
    return () => {
      a();
      this.code.i32(count).op(name);
    };
  }

  /** Σ coefficients[k] · x^k by Horner's rule; x should be cheap to push. */
  polynomial(x: Expression, coefficients: readonly number[]): Expression {
    const [last, ...rest] = coefficients.toReversed();
    if (last === undefined) return this.f32(0);
    return rest.reduce<Expression>((sum, c) => this.fma(sum, x, this.f32(c)), this.f32(last));
  }
}
