/**
 * The body of one WebAssembly function, written instruction by instruction in stack order. Methods return the builder,
 * so that short sequences chain: `code.get(a).get(b).op(Op.f32x4_add).set(c)`. Structured control flow takes callbacks;
 * branches name a label object instead of counting nesting depth.
 */

import { known } from '../known';
import { ByteWriter } from './bytes';
import { Control, type LaneMemoryOp, type LaneOp, type MemoryOp, MISC, Op, SIMD } from './opcodes';

export type ValueType = 'i32' | 'i64' | 'f32' | 'f64' | 'v128';

export const VALUE_TYPE_CODES: Record<ValueType, number> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  f64: 0x7c,
  v128: 0x7b,
};

/** A parameter or local variable of one function. */
export interface Local {
  readonly index: number;
  readonly type: ValueType;
}

/** Where a branch goes: behind the end of its block, or to the head of its loop. */
export interface Label {
  readonly depth: number;
}

/** A function as something that can be called. */
export interface Callable {
  readonly index: number;
}

const EMPTY_BLOCK_TYPE = 0x40;

export class Code {
  /** Parameters, in order. */
  readonly parameters: readonly Local[];
  readonly #writer = new ByteWriter();
  readonly #localTypes: ValueType[] = [];
  readonly #free = new Map<ValueType, Local[]>();
  #depth = 0;

  constructor(parameters: readonly ValueType[]) {
    this.parameters = parameters.map((type, index) => ({ index, type }));
  }

  /** The parameter at `position`; throws RangeError when there is none. */
  parameter(position: number): Local {
    return known(this.parameters[position], `parameter ${position}`);
  }

  /** A new local variable; it is 0 at the start unless it was released before. */
  local(type: ValueType): Local {
    const reused = this.#free.get(type)?.pop();
    if (reused !== undefined) return reused;
    const local = { index: this.parameters.length + this.#localTypes.length, type };
    this.#localTypes.push(type);
    return local;
  }

  /** Gives a local back for reuse by a later `local`. */
  release(local: Local): void {
    const list = this.#free.get(local.type);
    if (list === undefined) this.#free.set(local.type, [local]);
    else list.push(local);
  }

  /** Runs `body` with temporary locals of the given types and releases them afterwards. */
  scratch<const T extends readonly ValueType[]>(
    types: T,
    body: (...locals: { [K in keyof T]: Local }) => void,
  ): this {
    const locals = types.map((type) => this.local(type)) as { [K in keyof T]: Local };
    body(...locals);
    for (const local of locals) this.release(local);
    return this;
  }

  #opcode(code: number): this {
    if (code < SIMD) {
      this.#writer.byte(code);
    } else {
      this.#writer.byte(code < MISC ? 0xfd : 0xfc);
      this.#writer.unsigned(code - (code < MISC ? SIMD : MISC));
    }
    return this;
  }

  /** An instruction with one index or number behind it. */
  #indexed(code: number, index: number): this {
    this.#opcode(code);
    this.#writer.unsigned(index);
    return this;
  }

  /** An instruction without immediates. */
  op(code: Op): this {
    return this.#opcode(code);
  }

  get(local: Local): this {
    return this.#indexed(Control.localGet, local.index);
  }

  set(local: Local): this {
    return this.#indexed(Control.localSet, local.index);
  }

  tee(local: Local): this {
    return this.#indexed(Control.localTee, local.index);
  }

  i32(value: number): this {
    this.#opcode(Control.i32Const).#writer.signed(value);
    return this;
  }

  #constant(code: Control, numbers: Int32Array | Float32Array | Float64Array): this {
    this.#opcode(code).#writer.numbers(numbers);
    return this;
  }

  f32(value: number): this {
    return this.#constant(Control.f32Const, Float32Array.of(value));
  }

  f64(value: number): this {
    return this.#constant(Control.f64Const, Float64Array.of(value));
  }

  /** A vector constant of four equal f32 lanes. */
  f32x4(value: number): this {
    return this.#constant(Control.v128Const, new Float32Array(4).fill(value));
  }

  /** A vector constant of i32 lanes: one value for all, or four. */
  i32x4(value: number | readonly [number, number, number, number]): this {
    const lanes = typeof value === 'number' ? [value, value, value, value] : value;
    return this.#constant(Control.v128Const, Int32Array.from(lanes));
  }

  /** A vector constant of two equal f64 lanes. */
  f64x2(value: number): this {
    return this.#constant(Control.v128Const, Float64Array.of(value, value));
  }

  /** Picks 16 bytes out of the 32 of two vectors. */
  shuffle(lanes: readonly number[]): this {
    if (lanes.length !== 16) throw new RangeError(`shuffle takes 16 byte lanes, got ${lanes.length}`);
    this.#opcode(Control.shuffle);
    this.#writer.bytes(lanes);
    return this;
  }

  /** Picks four 32-bit lanes (0 … 7) out of the 8 of two vectors. */
  shuffle32(lanes: readonly [number, number, number, number]): this {
    return this.shuffle(lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]));
  }

  /**
   * A load or store at the address on the stack plus a constant byte offset in [0, 2^32). It promises no alignment:
   * engines ignore the promise.
   */
  memory(code: MemoryOp | LaneMemoryOp, offset = 0): this {
    this.#opcode(code);
    this.#writer.byte(0);
    this.#writer.unsigned(offset);
    return this;
  }

  /** A load or store of one lane; the stack holds the address and the vector. */
  memoryLane(code: LaneMemoryOp, lane: number, offset = 0): this {
    this.memory(code, offset).#writer.byte(lane);
    return this;
  }

  /** Extracts or replaces one lane. */
  lane(code: LaneOp, lane: number): this {
    return this.#indexed(code, lane);
  }

  call(target: Callable): this {
    return this.#indexed(Control.call, target.index);
  }

  #nested(code: number, result: ValueType | undefined, body: (label: Label) => void): void {
    this.#writer.byte(code);
    this.#writer.byte(result === undefined ? EMPTY_BLOCK_TYPE : VALUE_TYPE_CODES[result]);
    this.#depth++;
    body({ depth: this.#depth });
    this.#depth--;
    this.#writer.byte(Control.end);
  }

  /** A block; branching to its label leaves it. */
  block(body: (leave: Label) => void, result?: ValueType): this {
    this.#nested(Control.block, result, body);
    return this;
  }

  /** A loop; branching to its label repeats it, falling through ends it. */
  loop(body: (repeat: Label) => void): this {
    this.#nested(Control.loop, undefined, body);
    return this;
  }

  /** Consumes the i32 condition on the stack. With `result`, both branches leave one value of that type. */
  if(then: () => void, otherwise?: () => void, result?: ValueType): this {
    this.#nested(Control.if, result, () => {
      then();
      if (otherwise !== undefined) {
        this.#writer.byte(Control.else);
        otherwise();
      }
    });
    return this;
  }

  br(label: Label): this {
    return this.#indexed(Control.br, this.#depth - label.depth);
  }

  /** Branches when the i32 on the stack is not 0. */
  brIf(label: Label): this {
    return this.#indexed(Control.brIf, this.#depth - label.depth);
  }

  /**
   * `while (counter < limit) { body; counter += step }` on signed integers. `limit` may change between iterations.
   */
  while(counter: Local, limit: Local | number, step: number, body: () => void): this {
    const pushLimit = (): Code => (typeof limit === 'number' ? this.i32(limit) : this.get(limit));
    return this.block((leave) => {
      this.get(counter);
      pushLimit().op(Op.i32_ge_s).brIf(leave);
      this.loop((repeat) => {
        body();
        this.get(counter).i32(step).op(Op.i32_add).tee(counter);
        pushLimit().op(Op.i32_lt_s).brIf(repeat);
      });
    });
  }

  /** Appends the encoded function (declared locals, instructions) with its size in front. */
  encode(into: ByteWriter): void {
    const body = new ByteWriter();
    body.unsigned(this.#localTypes.length);
    for (const type of this.#localTypes) {
      body.unsigned(1);
      body.byte(VALUE_TYPE_CODES[type]);
    }
    body.bytes(this.#writer.written);
    body.byte(Control.end);
    into.sized(body.written);
  }
}
