/**
 * The sink: takes a finished tile of sums through the epilogue and stores it, four columns at a time.
 */
import { DeviceError } from '@hadal/core';
import { bytesPerStorage, type Epilogue, type Register, type Storage } from '@hadal/core/backend';
import { type Lane, pushVector, type Value } from '../../emit/value';
import type { Callable, Code, Local, ModuleBuilder } from '../../wasm';
import { advance, type Definition, define } from './define';

/** Emits straight-line instructions on four lanes; `registers` maps their numbers to values and receives the new ones. */
export type BodyEmitter = (code: Code, body: Epilogue['body'], registers: Map<number, Value>) => void;

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
export function emitSink(module: ModuleBuilder, epilogue: Epilogue, body: BodyEmitter): Callable {
  const definition = define(module, SINK_PARAMETERS, { epilogue });
  new SinkWriter(definition, epilogue, body).write();
  return definition;
}

/** Lanes are 32 bits wide; this backend declares no float64. */
function laneType(type: Register): Lane {
  if (type === 'f64')
    throw new DeviceError('cpu', 'an epilogue computes in float64, which this device does not offer.');
  return type;
}

/** A place in memory that moves along the columns of one row, or a value that is the same for a whole row. */
interface Side {
  readonly register: number;
  readonly storage: Storage;
  readonly type: Lane;
  readonly kind: Epilogue['sideInputs'][number]['kind'];
  readonly base: Local;
  /** The address at the current column of `full` and `column` side inputs, the address otherwise. */
  readonly pointer: Local;
}

interface Output {
  readonly register: number;
  readonly storage: Storage;
  readonly base: Local;
  readonly pointer: Local;
}

class SinkWriter {
  private readonly code: Code;
  private readonly sides: readonly Side[];
  private readonly outputs: readonly Output[];
  private readonly scalars: readonly {
    readonly register: number;
    readonly local: Local;
    readonly type: Lane;
  }[];
  private readonly position: Local;

  constructor(
    private readonly definition: Definition<(typeof SINK_PARAMETERS)[number]>,
    private readonly epilogue: Epilogue,
    private readonly body: BodyEmitter,
  ) {
    const { code } = definition;
    this.code = code;
    const firstSide = SINK_PARAMETERS.length;
    const firstOutput = firstSide + epilogue.sideInputs.length;
    const firstScalar = firstOutput + epilogue.outputs.length;
    this.sides = epilogue.sideInputs.map((side, i) => ({
      ...side,
      type: laneType(side.type),
      register: 1 + i,
      base: code.parameter(firstSide + i),
      pointer: code.local('i32'),
    }));
    this.outputs = epilogue.outputs.map((output, i) => ({
      ...output,
      base: code.parameter(firstOutput + i),
      pointer: code.local('i32'),
    }));
    this.scalars = epilogue.scalars.map((type, i) => ({
      register: 1 + epilogue.sideInputs.length + i,
      local: code.parameter(firstScalar + i),
      type: laneType(type),
    }));
    this.position = code.local('i32');
  }

  write(): void {
    const { code } = this;
    const { tile, tileRowBytes, outputRows, rowIndices, rows, column, columns } = this.definition.named;
    const row = code.local('i32');
    const element = code.local('i32');
    const sum = code.local('i32');
    const vectorEnd = code.local('i32');
    code.get(columns).i32(-4).op('i32.and').set(vectorEnd);
    code.while(row, rows, 1, () => {
      code.get(outputRows).memory('i32.load').get(column).op('i32.add').set(element);
      for (const { base, pointer, storage } of this.outputs) this.place(base, element, storage, pointer);
      for (const { base, pointer, storage, kind } of this.sides) {
        if (kind === 'full') this.place(base, element, storage, pointer);
        else if (kind === 'column') this.place(base, column, storage, pointer);
        else if (kind === 'scalar') code.get(base).set(pointer);
        else {
          code.scratch(['i32'], (index) => {
            code.get(rowIndices).memory('i32.load').set(index);
            this.place(base, index, storage, pointer);
          });
        }
      }
      code.get(tile).set(sum);
      code.i32(0).set(this.position);
      this.columns(sum, vectorEnd, 4);
      this.columns(sum, columns, 1);
      advance(code, tile, tileRowBytes);
      advance(code, outputRows, 4);
      advance(code, rowIndices, 4);
    });
  }

  /** `pointer = base + element · size`. */
  private place(base: Local, element: Local, storage: Storage, pointer: Local): void {
    this.code.get(base).get(element).i32(bytesPerStorage(storage)).op('i32.mul').op('i32.add').set(pointer);
  }

  /**
   * The loop from the current position to `end`, `step` columns a turn. With a step of one the arithmetic still runs on
   * four lanes, of which the first counts.
   */
  private columns(sum: Local, end: Local, step: 4 | 1): void {
    const { code } = this;
    const registers = new Map<number, Value>();
    for (const { register, local, type } of this.scalars) {
      registers.set(register, { kind: 'vector', type, local: this.splat(local, type) });
    }
    const moving: { readonly side: Side; readonly local: Local }[] = [];
    for (const side of this.sides) {
      const local = code.local('v128');
      registers.set(side.register, { kind: 'vector', type: side.type, local });
      if (side.kind === 'row' || side.kind === 'scalar') this.loadOne(side, local);
      else moving.push({ side, local });
    }
    const accumulator = code.local('v128');
    registers.set(0, { kind: 'vector', type: 'f32', local: accumulator });
    code.while(this.position, end, step, () => {
      code
        .get(sum)
        .memory(step === 4 ? 'v128.load' : 'v128.load32_zero')
        .set(accumulator);
      for (const { side, local } of moving) {
        if (step === 4) this.loadFour(side, local);
        else this.loadOne(side, local);
        advance(code, side.pointer, step * bytesPerStorage(side.storage));
      }
      this.body(code, this.epilogue.body, registers);
      for (const output of this.outputs) {
        const value = registers.get(output.register);
        if (value === undefined)
          throw new RangeError(`nothing assigns register ${output.register} of an epilogue`);
        if (step === 4) this.storeFour(output, value);
        else this.storeOne(output, value);
        advance(code, output.pointer, step * bytesPerStorage(output.storage));
      }
      advance(code, sum, 4 * step);
    });
  }

  private splat(scalar: Local, type: Lane): Local {
    const local = this.code.local('v128');
    this.code
      .get(scalar)
      .op(type === 'f32' ? 'f32x4.splat' : 'i32x4.splat')
      .set(local);
    return local;
  }

  /** Loads the element at the side's pointer into all lanes. */
  private loadOne({ pointer, storage }: Side, into: Local): void {
    const { code } = this;
    code.get(pointer);
    if (storage === 'u8') code.memory('i32.load8_u').op('i32x4.splat');
    else code.memory('v128.load32_splat');
    code.set(into);
  }

  private loadFour({ pointer, storage }: Side, into: Local): void {
    const { code } = this;
    code.get(pointer);
    if (storage === 'u8') {
      code.memory('v128.load32_zero').op('i16x8.extend_low_i8x16_u').op('i32x4.extend_low_i16x8_u');
    } else {
      code.memory('v128.load');
    }
    code.set(into);
  }

  private storeOne({ pointer, storage }: Output, value: Value): void {
    const { code } = this;
    code.get(pointer);
    pushVector(code, value);
    if (storage === 'u8') code.memoryLane('v128.store8_lane', 0);
    else code.memoryLane('v128.store32_lane', 0);
  }

  private storeFour({ pointer, storage }: Output, value: Value): void {
    const { code } = this;
    code.get(pointer);
    pushVector(code, value);
    if (storage === 'u8') {
      // The low byte of each lane, side by side.
      code.scratch(['v128'], (lanes) => {
        code.tee(lanes).get(lanes).shuffle([0, 4, 8, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        code.memoryLane('v128.store32_lane', 0);
      });
    } else {
      code.memory('v128.store');
    }
  }
}
