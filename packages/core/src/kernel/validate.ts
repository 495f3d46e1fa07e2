/**
 * Checks that a loop kernel keeps the rules of its form, so that a printer can rely on them: registers assigned once and
 * before they are read, types that fit, axes, buffers and arguments that exist. For tests and debug mode.
 */
import type { Register } from '../dtype';
import { DeviceError } from '../errors';
import {
  type Address,
  type Extent,
  type Instruction,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  type ScalarInstruction,
  type ScalarOp,
  type Stage,
} from './form';

const COMPARISONS: readonly ScalarOp[] = ['lt', 'le', 'eq', 'ne'];
const INTEGER_ONLY: readonly ScalarOp[] = ['and', 'or', 'xor', 'shl', 'shr'];

const OPERANDS: Record<ScalarOp, 1 | 2 | 3> = {
  add: 2,
  sub: 2,
  mul: 2,
  div: 2,
  max: 2,
  min: 2,
  pow: 2,
  idiv: 2,
  mod: 2,
  lt: 2,
  le: 2,
  eq: 2,
  ne: 2,
  and: 2,
  or: 2,
  xor: 2,
  shl: 2,
  shr: 2,
  select: 3,
  fma: 3,
  convert: 1,
  bitcast: 1,
  exp2: 1,
  log2: 1,
  sin: 1,
  sqrt: 1,
  recip: 1,
  neg: 1,
  abs: 1,
  sign: 1,
  exp: 1,
  log: 1,
  cos: 1,
  tanh: 1,
  erf: 1,
  floor: 1,
  ceil: 1,
  round: 1,
  rsqrt: 1,
};

/**
 * Checks `kernel` against the rules of the form.
 *
 * @throws {DeviceError} naming the kernel and the first rule that it breaks
 */
export function validateKernel(kernel: LoopKernel): void {
  new Validation(kernel).check();
}

class Validation {
  /** Registers that can be read at this point, with their types. */
  private readonly readable = new Map<number, Register>();
  private readonly assigned = new Set<number>();
  private loopAxes = 0;

  constructor(private readonly kernel: LoopKernel) {}

  check(): void {
    const { kernel } = this;
    this.require(kernel.version === KERNEL_FORM_VERSION, `its form version is ${kernel.version}`);
    kernel.grid.forEach((extent) => {
      this.extent(extent);
    });
    for (const stage of kernel.stages) this.stage(stage);
    const hasLoop = kernel.stages.some((stage) => stage.loop.length > 0);
    this.require(
      kernel.vectorAxis !== 'grid' || kernel.grid.length > 0,
      'it vectorizes a grid it does not have',
    );
    this.require(kernel.vectorAxis !== 'loop' || hasLoop, 'it vectorizes a loop it does not have');
  }

  private stage(stage: Stage): void {
    this.loopAxes = stage.loop.length;
    stage.loop.forEach((extent) => {
      this.extent(extent);
    });
    for (const instruction of stage.body) this.instruction(instruction);
    for (const accumulator of stage.accumulators) this.read(accumulator.value, accumulator.type);
    for (const store of stage.stores) {
      this.address(store.address);
      const access = this.kernel.buffers[store.buffer]?.access;
      this.require(
        access === 'write' || access === 'update',
        `it stores to buffer ${store.buffer}, which is ${access ?? 'not declared'}`,
      );
      const storage = this.kernel.buffers[store.buffer]?.storage;
      const type = storage === 'u8' ? 'i32' : storage;
      if (type !== undefined) this.read(store.value, type);
    }
    // What a loop computes is gone with the loop; its accumulators stay.
    if (stage.loop.length > 0) for (const { to } of stage.body) this.readable.delete(to);
    for (const { to, type, kind } of stage.accumulators) {
      this.assign(to, kind === 'argmax' || kind === 'argmin' ? 'i32' : type);
    }
  }

  private instruction(instruction: Instruction): void {
    switch (instruction.op) {
      case 'constant':
        break;
      case 'scalar': {
        const declared = this.kernel.scalars[instruction.index];
        this.require(
          declared === instruction.type,
          `scalar argument ${instruction.index} is ${declared ?? 'not declared'}, read as ${instruction.type}`,
        );
        break;
      }
      case 'axis':
        this.axis(instruction.axis);
        break;
      case 'integer':
        this.argument(instruction.argument);
        break;
      case 'load': {
        this.address(instruction.address);
        if (instruction.guard !== undefined) this.read(instruction.guard, 'i32');
        const access = this.kernel.buffers[instruction.buffer]?.access;
        this.require(
          access === 'read' || access === 'update',
          `it loads from buffer ${instruction.buffer}, which is ${access ?? 'not declared'}`,
        );
        const storage = this.kernel.buffers[instruction.buffer]?.storage;
        const type = storage === 'u8' ? 'i32' : storage;
        this.require(
          type === instruction.type,
          `it loads ${storage} of buffer ${instruction.buffer} as ${instruction.type}`,
        );
        break;
      }
      default:
        this.scalar(instruction);
    }
    this.assign(instruction.to, instruction.type);
  }

  private scalar({ op, type, from, operands }: ScalarInstruction): void {
    this.require(
      operands.length === OPERANDS[op],
      `${op} has ${operands.length} operands, not ${OPERANDS[op]}`,
    );
    operands.forEach((operand, index) => {
      this.read(operand, op === 'select' && index === 0 ? 'i32' : from);
    });
    const isComparison = COMPARISONS.includes(op);
    const mayChange = isComparison || op === 'convert' || op === 'bitcast';
    this.require(mayChange || type === from, `${op} turns ${from} into ${type}`);
    this.require(!isComparison || type === 'i32', `${op} gives ${type}, not i32`);
    this.require(!INTEGER_ONLY.includes(op) || from === 'i32', `${op} is for i32, not ${from}`);
    this.require(op !== 'bitcast' || (type !== 'f64' && from !== 'f64'), 'bitcast is for 32-bit registers');
  }

  private address(address: Address): void {
    this.extent(address.offset);
    let previous = -1;
    for (const { axis, stride } of address.terms) {
      this.axis(axis);
      this.require(axis > previous, `the axes of an address are not in order (${axis} after ${previous})`);
      this.require(stride !== 0, `an address has a stride of 0 along axis ${axis}`);
      previous = axis;
    }
    if (address.index !== undefined) this.read(address.index, 'i32');
  }

  private axis(axis: number): void {
    const axes = this.kernel.grid.length + this.loopAxes;
    this.require(
      Number.isInteger(axis) && axis >= 0 && axis < axes,
      `axis ${axis} is not one of its ${axes} axes`,
    );
  }

  private extent(extent: Extent): void {
    if (typeof extent === 'number') {
      this.require(Number.isSafeInteger(extent), `${extent} is not an extent or offset`);
    } else {
      this.argument(extent.argument);
    }
  }

  private argument(argument: number): void {
    this.require(
      Number.isInteger(argument) && argument >= 0 && argument < this.kernel.integers,
      `integer argument ${argument} is not one of its ${this.kernel.integers}`,
    );
  }

  private read(register: number, type: Register): void {
    const found = this.readable.get(register);
    this.require(found !== undefined, `register ${register} is read where it has no value`);
    this.require(found === type, `register ${register} is ${found}, read as ${type}`);
  }

  private assign(register: number, type: Register): void {
    this.require(!this.assigned.has(register), `register ${register} is assigned twice`);
    this.assigned.add(register);
    this.readable.set(register, type);
  }

  private require(holds: boolean, what: string): void {
    if (!holds) throw new DeviceError(this.kernel.name, `the kernel breaks the form: ${what}.`);
  }
}
