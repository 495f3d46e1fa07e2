/**
 * The sink: takes a finished tile of sums through the epilogue and stores it, four columns at a time.
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
  storeScalar,
  storeVector,
  type Value,
} from '../../emit/index';
import type { Callable, Code, Local, ModuleBuilder } from '../../wasm/index';
import { advance, type Definition, define } from './define';

const SINK_PARAMETERS = [
  'tile',
  'tileRowBytes',
  'outputRows',
  'rowIndices',
  'rows',
  'column',
  'columns',
] as const;

/**
 * Defines a function `(tile, tileRowBytes, outputRows, rowIndices, rows, column, columns, …epilogue)` that stores the
 * first `rows` × `columns` sums of the tile. Entry r of `outputRows` is the element offset of a row in the outputs,
 * entry r of `rowIndices` its index; `column` is the index of the tile's first column.
 */
export function emitSink(module: ModuleBuilder, epilogue: Epilogue, options: EmitOptions): Callable {
  const definition = define(module, SINK_PARAMETERS, { epilogue });
  new SinkWriter(definition, epilogue, options).write();
  return definition;
}

/** Up to this many instructions, two vectors a turn are worth their code. */
const SHORT_BODY = 12;

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

class SinkWriter {
  private readonly code: Code;
  private readonly sides: readonly Side[];
  private readonly outputs: readonly Output[];
  /** Values that are the same for all columns of a row: scalars, and side inputs without columns. */
  private readonly uniform = new Map<number, UniformValue>();
  private readonly position: Local;

  constructor(
    private readonly definition: Definition<(typeof SINK_PARAMETERS)[number]>,
    private readonly epilogue: Epilogue,
    private readonly options: EmitOptions,
  ) {
    const { code } = definition;
    this.code = code;
    const firstSide = SINK_PARAMETERS.length;
    const firstOutput = firstSide + epilogue.sideInputs.length;
    const firstScalar = firstOutput + epilogue.outputs.length;
    this.sides = epilogue.sideInputs.map(({ kind, storage, type }, i) => ({
      kind,
      element: elementOf(storage),
      type: laneOf(type),
      register: 1 + i,
      base: code.parameter(firstSide + i),
      pointer: code.local('i32'),
    }));
    this.outputs = epilogue.outputs.map(({ register, storage }, i) => ({
      register,
      element: elementOf(storage),
      base: code.parameter(firstOutput + i),
      pointer: code.local('i32'),
    }));
    for (const side of this.sides) {
      if (!hasColumns(side)) this.declareUniform(side.register, side.type, code.local(side.type));
    }
    for (const [i, type] of epilogue.scalars.entries()) {
      const register = 1 + epilogue.sideInputs.length + i;
      this.declareUniform(register, laneOf(type), code.parameter(firstScalar + i));
    }
    this.position = code.local('i32');
  }

  private declareUniform(register: number, type: Lane, local: Local): void {
    this.uniform.set(register, { kind: 'scalar', type, local, splat: this.code.local('v128') });
  }

  write(): void {
    const { code } = this;
    const { tile, tileRowBytes, outputRows, rowIndices, rows, column, columns } = this.definition.named;
    const row = code.local('i32');
    const element = code.local('i32');
    const sum = code.local('i32');
    const short = this.epilogue.body.length <= SHORT_BODY;
    const turns = [...(short ? [[4, 2] as const] : []), [4, 1] as const, [1, 1] as const].map(
      ([lanes, vectors]) => {
        const end = code.local('i32');
        code
          .get(columns)
          .i32(-lanes * vectors)
          .op('i32.and')
          .set(end);
        return { end, lanes, vectors };
      },
    );
    for (const side of this.sides) {
      if (side.kind === 'scalar') this.loadUniform(side, side.base);
    }
    for (const { type, local, splat } of this.uniform.values()) {
      code
        .get(local)
        .op(type === 'f32' ? 'f32x4.splat' : 'i32x4.splat')
        .set(splat);
    }
    code.while(row, rows, 1, () => {
      code.get(outputRows).memory('i32.load').get(column).op('i32.add').set(element);
      for (const output of this.outputs) this.place(output, element);
      for (const side of this.sides) {
        if (side.kind === 'full') this.place(side, element);
        else if (side.kind === 'column') this.place(side, column);
        else if (side.kind === 'row') {
          code.scratch(['i32'], (index) => {
            code.get(rowIndices).memory('i32.load').set(index);
            this.place(side, index);
          });
          this.loadUniform(side, side.pointer);
        }
      }
      code.get(tile).set(sum);
      code.i32(0).set(this.position);
      for (const turn of turns) this.columns(sum, turn.end, turn.lanes, turn.vectors);
      advance(code, tile, tileRowBytes);
      advance(code, outputRows, 4);
      advance(code, rowIndices, 4);
    });
  }

  /** Points at an element. */
  private place({ base, pointer, element }: Side | Output, index: Local): void {
    this.code.get(base).get(index).i32(ELEMENT_BYTES[element]).op('i32.mul').op('i32.add').set(pointer);
  }

  private loadUniform(side: Side, address: Local): void {
    const value = this.uniform.get(side.register);
    if (value === undefined) return;
    this.code.get(address);
    loadScalar(this.code, side.element, side.type);
    this.code
      .tee(value.local)
      .op(side.type === 'f32' ? 'f32x4.splat' : 'i32x4.splat')
      .set(value.splat);
  }

  /** The loop from the current position to `end`; a turn takes `vectors` times `lanes` columns. */
  private columns(sum: Local, end: Local, lanes: 4 | 1, vectors: 1 | 2): void {
    const { code } = this;
    const step = lanes * vectors;
    code.while(this.position, end, step, () => {
      for (let vector = 0; vector < vectors; vector++) this.group(sum, lanes, vector * lanes);
      for (const { pointer, element } of [...this.sides.filter(hasColumns), ...this.outputs]) {
        advance(code, pointer, step * ELEMENT_BYTES[element]);
      }
      advance(code, sum, 4 * step);
    });
  }

  /** `lanes` neighbouring columns, `ahead` columns after the current position. */
  private group(sum: Local, lanes: 4 | 1, ahead: number): void {
    const { code } = this;
    const kind = lanes === 4 ? 'vector' : 'scalar';
    const load = lanes === 4 ? loadVector : loadScalar;
    const registers = new Map<number, Value>(this.uniform);
    const read = (register: number, pointer: Local, element: Element, type: Lane): void => {
      const local = code.local(lanes === 4 ? 'v128' : type);
      code.get(pointer);
      load(code, element, type, ahead * ELEMENT_BYTES[element]);
      code.set(local);
      registers.set(register, { kind, type, local });
    };
    read(0, sum, 'f32', 'f32');
    for (const side of this.sides) {
      if (hasColumns(side)) read(side.register, side.pointer, side.element, side.type);
    }
    new Operations(code, this.options).run(this.epilogue.body, registers);
    for (const { register, element, pointer } of this.outputs) {
      const value = registers.get(register);
      if (value === undefined) throw new RangeError(`nothing assigns register ${register} of an epilogue`);
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
