/**
 * Emits what happens to sums on their way to memory: side inputs are read, the epilogue's arithmetic is done, outputs are
 * written. Used row by row, either from a tile in memory or from accumulators that are still in registers.
 */
import type { Epilogue } from '@hadal/core/backend';
import {
  ELEMENT_BYTES,
  type Element,
  type EmitOptions,
  elementOf,
  type Lane,
  laneOf,
  loadScalar,
  loadVector,
  Operations,
  pushLane,
  pushVector,
  splat,
  storeScalar,
  storeVector,
  type Value,
} from '../../emit/index';
import { known } from '../../known';
import { type Code, type Local, MemoryOp, Op } from '../../wasm/index';
import { advance } from './define';

interface Side {
  readonly register: number;
  readonly element: Element;
  readonly type: Lane;
  readonly kind: Epilogue['sideInputs'][number]['kind'];
  readonly base: Local;
  /** The address at the current column; for `row` and `scalar`, which have no columns, the address. */
  readonly pointer: Local;
}

interface Output {
  readonly register: number;
  readonly element: Element;
  readonly base: Local;
  readonly pointer: Local;
}

/** A scalar together with the same value in four lanes. */
interface UniformValue {
  readonly kind: 'scalar';
  readonly type: Lane;
  readonly local: Local;
  readonly splat: Local;
}

const hasColumns = ({ kind }: Side): boolean => kind === 'full' || kind === 'column';

/** Where a row is: tables of output offsets and of row indices, and the index of the first column. */
export interface RowPlace {
  readonly outputRows: Local;
  readonly rowIndices: Local;
  readonly column: Local;
  /** Rows after the one the tables point at. */
  readonly ahead: number;
}

export class EpilogueWriter {
  readonly #sides: readonly Side[];
  readonly #outputs: readonly Output[];
  /** Values that are the same for all columns of a row: scalars, and side inputs without columns. */
  readonly #uniform = new Map<number, UniformValue>();

  /** @param parameters the locals that hold the epilogue's side inputs, outputs and scalars */
  readonly #code: Code;
  readonly #epilogue: Epilogue;
  readonly #options: EmitOptions;

  constructor(code: Code, parameters: readonly Local[], epilogue: Epilogue, options: EmitOptions) {
    this.#code = code;
    this.#epilogue = epilogue;
    this.#options = options;
    const parameter = (position: number): Local => known(parameters[position], `parameter ${position}`);
    const firstOutput = epilogue.sideInputs.length;
    const firstScalar = firstOutput + epilogue.outputs.length;
    this.#sides = epilogue.sideInputs.map(({ kind, storage, type }, i) => ({
      kind,
      element: elementOf(storage),
      type: laneOf(type),
      register: 1 + i,
      base: parameter(i),
      pointer: code.local('i32'),
    }));
    this.#outputs = epilogue.outputs.map(({ register, storage }, i) => ({
      register,
      element: elementOf(storage),
      base: parameter(firstOutput + i),
      pointer: code.local('i32'),
    }));
    for (const side of this.#sides) {
      if (!hasColumns(side)) this.#declareUniform(side.register, side.type, code.local(side.type));
    }
    for (const [i, type] of epilogue.scalars.entries()) {
      this.#declareUniform(1 + firstOutput + i, laneOf(type), parameter(firstScalar + i));
    }
  }

  #declareUniform(register: number, type: Lane, local: Local): void {
    this.#uniform.set(register, { kind: 'scalar', type, local, splat: this.#code.local('v128') });
  }

  /** Loads what is the same for all rows. */
  begin(): void {
    const code = this.#code;
    for (const side of this.#sides) {
      if (side.kind === 'scalar') this.#loadUniform(side, side.base);
    }
    for (const { type, local, splat: lanes } of this.#uniform.values()) {
      splat(code.get(local), type).set(lanes);
    }
  }

  /** Points at the first column of a row. */
  beginRow({ outputRows, rowIndices, column, ahead }: RowPlace): void {
    const code = this.#code;
    code.scratch(['i32'], (element) => {
      code.get(outputRows).memory(MemoryOp.i32_load, 4 * ahead);
      code.get(column).op(Op.i32_add).set(element);
      for (const output of this.#outputs) this.#place(output, element);
      for (const side of this.#sides) {
        if (side.kind === 'full') this.#place(side, element);
        else if (side.kind === 'column') this.#place(side, column);
      }
    });
    for (const side of this.#sides) {
      if (side.kind !== 'row') continue;
      code.scratch(['i32'], (index) => {
        code.get(rowIndices).memory(MemoryOp.i32_load, 4 * ahead);
        code.set(index);
        this.#place(side, index);
      });
      this.#loadUniform(side, side.pointer);
    }
  }

  /** Moves to later columns. */
  advance(columns: number): void {
    for (const { pointer, element } of [...this.#sides.filter(hasColumns), ...this.#outputs]) {
      advance(this.#code, pointer, columns * ELEMENT_BYTES[element]);
    }
  }

  /** Points at an element. */
  #place({ base, pointer, element }: Side | Output, index: Local): void {
    this.#code.get(base).get(index).i32(ELEMENT_BYTES[element]).op(Op.i32_mul).op(Op.i32_add).set(pointer);
  }

  #loadUniform(side: Side, address: Local): void {
    const value = this.#uniform.get(side.register);
    if (value === undefined) return;
    this.#code.get(address);
    loadScalar(this.#code, side.element, side.type);
    splat(this.#code.tee(value.local), side.type).set(value.splat);
  }

  /** Takes sums of `lanes` neighbouring columns, `ahead` columns after the current position, to where they are stored. */
  group(sums: Local, lanes: 4 | 1, ahead: number): void {
    const code = this.#code;
    const kind = lanes === 4 ? 'vector' : 'scalar';
    const load = lanes === 4 ? loadVector : loadScalar;
    const registers = new Map<number, Value>(this.#uniform);
    registers.set(0, { kind, type: 'f32', local: sums });
    const read = (register: number, pointer: Local, element: Element, type: Lane): void => {
      const local = code.local(lanes === 4 ? 'v128' : type);
      code.get(pointer);
      load(code, element, type, ahead * ELEMENT_BYTES[element]);
      code.set(local);
      registers.set(register, { kind, type, local });
    };
    for (const side of this.#sides) {
      if (hasColumns(side)) read(side.register, side.pointer, side.element, side.type);
    }
    new Operations(code, this.#options).run(this.#epilogue.body, registers);
    for (const { register, element, pointer } of this.#outputs) {
      const value = known(registers.get(register), `register ${register}`);
      code.get(pointer);
      if (lanes === 4) {
        pushVector(code, value);
        storeVector(code, element, ahead * ELEMENT_BYTES[element]);
      } else {
        pushLane(code, value, 0);
        storeScalar(code, element, ahead * ELEMENT_BYTES[element]);
      }
    }
  }
}
