/**
 * Loop kernels for the addon's interpreter: `decodeLoopProgram` in native/loops/loop_program.cc reads what is written
 * here, in the same order.
 */
import { DeviceError } from '@hadal/core';
import {
  type Address,
  type Extent,
  type Instruction,
  KERNEL_FORM_VERSION,
  type LoopKernel,
  type Register,
  type ScalarInstruction,
  type Stage,
  type Storage,
} from '@hadal/core/backend';
import { WordWriter } from '../words';
import { ACCUMULATOR_CODES, REGISTER_CODES, STORAGE_CODES, scalarCode } from './codes';
import { threeOperands } from './encode-body';
import { type Kept, keptRegisters } from './kept';
import { isReadWhole, operandsOf, readAfterBody, usesDoubles } from './operands';
import { assignSlots, type Slots } from './slots';
import { steadyFirst } from './steady';
import { fixedRegisters, uniformRegisters } from './uniform';

const NONE = -1;
/** Kinds of instructions, as `LoopInstruction::Kind` has them. */
const SCALAR = 0;
const LOAD = 1;
const AXIS = 2;
/** Kinds of uniform values, as `UniformValue::Kind` has them. */
const CONSTANT = 0;
const SCALAR_ARGUMENT = 1;
const INTEGER_ARGUMENT = 2;
const ONE_ELEMENT = 3;
const OPERATION = 4;

const FLOAT64_BYTES = 8;
const WORD_BYTES = 4;

/** An address, or the index along an axis, as the addon reads it. */
interface Form {
  readonly buffer: number;
  readonly address: Address;
  readonly guard?: number;
}

/** The kernel as words. */
export function encodeKernel(kernel: LoopKernel): Float64Array<ArrayBuffer> {
  if (kernel.version !== KERNEL_FORM_VERSION) {
    throw new DeviceError(
      'native',
      `kernel ${kernel.name} has version ${kernel.version} of the kernel form, this backend takes ${KERNEL_FORM_VERSION}.`,
      'Install versions of @hadal/core and @hadal/backend-native that belong together.',
    );
  }
  return new KernelEncoder(kernel).encode();
}

class KernelEncoder {
  readonly #words = new WordWriter();
  readonly #kernel: LoopKernel;
  readonly #slots: Slots;
  readonly #kept: Kept;
  readonly #uniform: ReadonlySet<number>;
  readonly #fixed: ReadonlySet<number>;
  readonly #steady: ReadonlySet<number>;
  readonly #steadyAxes: readonly number[];
  readonly #types = new Map<number, Register>();

  constructor(given: LoopKernel) {
    const uniform = uniformRegisters(given);
    const { kernel, steady, axes } = steadyFirst(given, uniform);
    this.#kernel = kernel;
    this.#uniform = uniform;
    this.#fixed = fixedRegisters(kernel, uniform);
    this.#steady = steady;
    this.#steadyAxes = axes;
    this.#slots = assignSlots(kernel, uniform, steady);
    this.#kept = keptRegisters(kernel);
    for (const { body, accumulators } of kernel.stages) {
      for (const { to, type } of body) this.#types.set(to, type);
      for (const { kind, to, type } of accumulators) {
        this.#types.set(to, ACCUMULATOR_CODES[kind].isPlace ? 'i32' : type);
      }
    }
  }

  encode(): Float64Array<ArrayBuffer> {
    const words = this.#words;
    const { buffers, stages, grid, vectorAxis } = this.#kernel;
    words.push(buffers.length);
    for (const { storage } of buffers) words.push(STORAGE_CODES[storage]);
    words.push(this.#slots.count);
    words.push(usesDoubles(this.#kernel) ? FLOAT64_BYTES : WORD_BYTES);
    words.pushFlag(stages.every((stage) => !readsBack(stage)));
    words.pushFlag(vectorAxis === 'loop');
    words.push(this.#kept.count);
    words.push(this.#steadyAxes.length);
    words.pushAll(this.#steadyAxes);
    this.#extents(grid);
    this.#uniforms();
    words.push(stages.length);
    stages.forEach((stage, number) => {
      this.#stage(stage, number);
    });
    return words.finish();
  }

  /** In the order of their slots. */
  #uniforms(): void {
    const words = this.#words;
    const instructions = new Map(
      this.#kernel.stages.flatMap(({ body }) => body.map((each) => [each.to, each])),
    );
    words.push(this.#uniform.size);
    for (const register of this.#uniform) {
      const instruction = instructions.get(register);
      if (instruction !== undefined) this.#uniformValue(instruction);
    }
    words.push(this.#slots.spread.length);
    for (const register of this.#slots.spread) {
      const { slotOf, blockOf } = this.#slots;
      words.pushAll([slotOf(register), blockOf(register), REGISTER_CODES[this.#typeOf(register)]]);
    }
  }

  #uniformValue(instruction: Instruction): void {
    const words = this.#words;
    const type = REGISTER_CODES[instruction.type];
    switch (instruction.op) {
      case 'constant':
        words.pushAll([CONSTANT, type, instruction.value]);
        return;
      case 'scalar':
        words.pushAll([SCALAR_ARGUMENT, type, instruction.index]);
        return;
      case 'integer':
        words.pushAll([INTEGER_ARGUMENT, type, instruction.argument]);
        return;
      case 'load':
        words.pushAll([ONE_ELEMENT, type, instruction.buffer]);
        this.#extent(instruction.address.offset);
        return;
      case 'axis':
        throw new RangeError(`the index along an axis of ${this.#kernel.name} is not uniform`);
      default:
        words.pushAll([OPERATION, type]);
        this.#operation(instruction);
    }
  }

  #operation({ op, from, operands }: ScalarInstruction): void {
    this.#words.pushAll([scalarCode(op), REGISTER_CODES[from]]);
    this.#words.pushAll(threeOperands(operands.map(this.#slots.slotOf)));
  }

  #stage(stage: Stage, number: number): void {
    const words = this.#words;
    const body = stage.body.filter(({ to }) => !this.#uniform.has(to));
    const forms: Form[] = [];
    const place = (form: Form): number => forms.push(form) - 1;
    const bodyForms = body
      .map((instruction) => this.#formOf(instruction))
      .map((form) => (form ? place(form) : NONE));
    const storeForms = stage.stores.map(({ buffer, address }) => place({ buffer, address }));

    this.#extents(stage.loop);
    words.push(forms.length);
    for (const form of forms) this.#form(form);
    words.push(body.length);
    words.push(body.filter(({ to }) => this.#steady.has(to)).length);
    const kept = new Set([...readAfterBody({ ...stage, accumulators: [] }), ...this.#readLater(number)]);
    body.forEach((instruction, at) => {
      const isLast = at === body.length - 1;
      const store =
        isLast && instruction.op !== 'load' ? this.#directStore(stage, instruction.to, number) : NONE;
      this.#instruction(instruction, bodyForms[at] ?? NONE, !kept.has(instruction.to), store);
    });
    words.push(stage.accumulators.length);
    for (const { kind, type, value, to } of stage.accumulators) {
      const { isPlace, code } = ACCUMULATOR_CODES[kind];
      const { slotOf, blockOf, bestOf } = this.#slots;
      words.pushFlag(isPlace);
      words.pushAll([code, REGISTER_CODES[type], blockOf(value), slotOf(to), isPlace ? bestOf(to) : NONE]);
    }
    words.push(stage.stores.length);
    stage.stores.forEach(({ value }, at) => {
      words.pushAll([
        storeForms[at] ?? NONE,
        this.#slots.blockOf(value),
        REGISTER_CODES[this.#typeOf(value)],
      ]);
    });
    const inherited = this.#slots.inherited(number);
    words.push(inherited.length);
    for (const register of inherited) {
      words.pushAll([this.#slots.slotOf(register), REGISTER_CODES[this.#typeOf(register)]]);
      words.pushFlag(
        isReadWhole(stage, register, (each) => inherited.includes(each) || this.#uniform.has(each)),
      );
    }
  }

  #instruction(instruction: Instruction, form: number, mayAlias: boolean, directStore: number): void {
    const words = this.#words;
    const { keptAs, foundAs, skipped } = this.#kept;
    const head = [this.#slots.slotOf(instruction.to), REGISTER_CODES[instruction.type]];
    head.push(keptAs.get(instruction.to) ?? NONE, foundAs.get(instruction.to) ?? NONE);
    head.push(skipped.has(instruction.to) ? 1 : 0);
    switch (instruction.op) {
      case 'constant':
      case 'scalar':
      case 'integer':
        return;
      case 'load':
      case 'axis':
        words.pushAll([instruction.op === 'load' ? LOAD : AXIS, ...head, form]);
        words.pushFlag(
          instruction.op === 'load' && mayAlias && this.#isPlain(instruction.buffer, instruction.type),
        );
        return;
      default: {
        words.pushAll([SCALAR, ...head]);
        this.#operation(instruction);
        words.push(directStore);
      }
    }
  }

  #formOf(instruction: Instruction): Form | undefined {
    if (instruction.op === 'load') return instruction;
    if (instruction.op !== 'axis') return undefined;
    const address = { offset: 0, terms: [{ axis: instruction.axis, stride: 1 }] };
    return { buffer: NONE, address };
  }

  #form({ buffer, address, guard }: Form): void {
    const words = this.#words;
    const slot = (register: number | undefined): number =>
      register === undefined ? NONE : this.#slots.blockOf(register);
    words.push(buffer);
    this.#extent(address.offset);
    words.push(address.terms.length);
    for (const { axis, stride } of address.terms) words.pushAll([axis, stride]);
    words.pushAll([slot(address.index), slot(guard)]);
    const isSteady = (register: number | undefined): boolean =>
      register === undefined || this.#steady.has(register) || this.#fixed.has(register);
    words.pushFlag((address.index ?? guard) !== undefined && isSteady(address.index) && isSteady(guard));
  }

  /**
   * The store that can take a stage's last result where it is computed: it alone reads the result, and nothing else may
   * have changed memory that a later reader still sees.
   */
  #directStore(stage: Stage, register: number, number: number): number {
    const readers = readAfterBody(stage).filter((each) => each === register);
    const at = stage.stores.findIndex(({ value }) => value === register);
    const store = stage.stores[at];
    if (this.#steady.has(register) || this.#uniform.has(register)) return NONE;
    if (store === undefined || readers.length > 1 || stage.accumulators.length > 0) return NONE;
    if (store.address.index !== undefined || this.#readLater(number).has(register)) return NONE;
    return this.#isPlain(store.buffer, this.#typeOf(register)) ? at : NONE;
  }

  /** Registers of this and earlier stages that later ones read. */
  #readLater(number: number): ReadonlySet<number> {
    const later = this.#kernel.stages.slice(number + 1);
    return new Set(later.flatMap((stage) => [...stage.body.flatMap(operandsOf), ...readAfterBody(stage)]));
  }

  /** Whether elements of a buffer have the same bits as lanes of a register. */
  #isPlain(buffer: number, type: Register): boolean {
    const storage: Storage | undefined = this.#kernel.buffers[buffer]?.storage;
    return storage === type;
  }

  #typeOf(register: number): Register {
    const type = this.#types.get(register);
    if (type === undefined)
      throw new RangeError(`register ${register} of ${this.#kernel.name} is never assigned`);
    return type;
  }

  #extents(extents: readonly Extent[]): void {
    this.#words.push(extents.length);
    for (const extent of extents) this.#extent(extent);
  }

  #extent(extent: Extent): void {
    this.#words.pushAll(typeof extent === 'number' ? [NONE, extent] : [extent.argument, 0]);
  }
}

/** Whether a stage loads from a buffer that it stores to: then its loop has to run in order. */
function readsBack({ body, stores }: Stage): boolean {
  const written = new Set(stores.map(({ buffer }) => buffer));
  return body.some((instruction) => instruction.op === 'load' && written.has(instruction.buffer));
}
