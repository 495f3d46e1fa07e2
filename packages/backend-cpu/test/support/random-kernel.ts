/**
 * Random valid loop kernels on small whole numbers, so that every order of computation gives the same bits: all shapes of
 * grids, loops, strides, guards, computed indices, stages, accumulators, storages and argument kinds.
 */
import {
  type Accumulator,
  type Address,
  type Extent,
  type Instruction,
  KERNEL_FORM_VERSION,
  type KernelBuffer,
  type LoopKernel,
  type ScalarOp,
  type Stage,
  type Storage,
  type Store,
} from '@hadal/core/backend';
import type { KernelRun } from './run-kernel';

type Type = 'f32' | 'i32';

/** Numbers in [0, 1) that depend on the seed alone (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}

const EXTENTS = [1, 2, 3, 4, 5, 7, 8, 9, 12, 17, 33];
const LOOP_EXTENTS = [1, 2, 3, 4, 6, 9, 16, 21];
const FLOAT_OPS: readonly ScalarOp[] = [
  'add',
  'sub',
  'max',
  'min',
  'neg',
  'abs',
  'sign',
  'floor',
  'fma',
  'mul',
];
const INTEGER_OPS: readonly ScalarOp[] = [
  'add',
  'sub',
  'mul',
  'max',
  'min',
  'neg',
  'abs',
  'sign',
  'and',
  'or',
  'xor',
  'idiv',
  'mod',
  'shl',
  'shr',
];
const COMPARISONS: readonly ScalarOp[] = ['lt', 'le', 'eq', 'ne'];
const UNARY = new Set<ScalarOp>(['neg', 'abs', 'sign', 'floor']);
/** Products stay small by a remainder of this. */
const MODULUS = 11;

export function randomKernel(seed: number): KernelRun {
  return new Generator(seed).generate();
}

class Generator {
  private readonly random: () => number;
  private readonly buffers: { storage: Storage; access: KernelBuffer['access'] }[] = [];
  private readonly lengths: number[] = [];
  private readonly integers: number[] = [];
  private readonly scalars: { type: Type; value: number }[] = [];
  private grid: number[] = [];
  private loop: number[] = [];
  private registers = 0;
  private readable: { register: number; type: Type }[] = [];

  constructor(private readonly seed: number) {
    this.random = seededRandom(seed);
  }

  private integer(below: number): number {
    return Math.floor(this.random() * below);
  }

  private pick<T>(values: readonly T[]): T {
    const value = values[this.integer(values.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }

  generate(): KernelRun {
    this.grid = Array.from({ length: this.integer(4) }, () => this.pick(EXTENTS));
    const stageCount = 1 + this.integer(3);
    const hasLoops = this.chance(0.6);
    const loops = Array.from({ length: stageCount }, () =>
      hasLoops && this.chance(0.7)
        ? Array.from({ length: 1 + this.integer(2) }, () => this.pick(LOOP_EXTENTS))
        : [],
    );
    const choices: LoopKernel['vectorAxis'][] = ['none'];
    if (this.grid.length > 0) choices.push('grid', 'grid', 'grid');
    if (loops.some((loop) => loop.length > 0)) choices.push('loop', 'loop', 'loop');
    const gridExtents = this.grid.map((extent) => this.extent(extent));
    const stages = loops.map((loop) => this.stage(loop));
    const kernel: LoopKernel = {
      kind: 'loop',
      version: KERNEL_FORM_VERSION,
      name: `random ${this.seed}`,
      key: `random ${this.seed}`,
      buffers: this.buffers,
      scalars: this.scalars.map(({ type }) => type),
      integers: this.integers.length,
      grid: gridExtents,
      stages,
      vectorAxis: this.pick(choices),
    };
    return {
      kernel,
      memory: this.buffers.map(({ storage }, index) => this.contents(storage, this.lengths[index] ?? 0)),
      scalars: this.scalars.map(({ value }) => value),
      integers: this.integers,
    };
  }

  private contents(storage: Storage, length: number): Float32Array | Int32Array | Uint8Array {
    switch (storage) {
      case 'u8':
        return Uint8Array.from({ length }, () => this.integer(6));
      case 'i32':
        return Int32Array.from({ length }, () => this.integer(21) - 10);
      default:
        return Float32Array.from({ length }, () => this.integer(21) - 10);
    }
  }

  private extent(value: number): Extent {
    if (!this.chance(0.4)) return value;
    return { argument: this.integers.push(value) - 1 };
  }

  private stage(loop: number[]): Stage {
    this.loop = loop;
    const outside = this.readable.slice();
    const body: Instruction[] = [];
    const count = 2 + this.integer(9);
    body.push(...this.load());
    for (let i = 0; i < count; i++) body.push(...this.instruction());
    const inside = this.readable;
    const accumulators: Accumulator[] = [];
    if (loop.length > 0) {
      for (let i = this.integer(3); i > 0; i--) accumulators.push(this.accumulator(body));
    }
    const stores: Store[] = [];
    for (let i = this.integer(2) + (accumulators.length === 0 ? 1 : 0); i > 0; i--)
      stores.push(this.store(body));
    this.readable = loop.length > 0 ? outside : inside;
    for (const { to, kind, type } of accumulators) {
      const isPosition = kind === 'argmax' || kind === 'argmin';
      this.readable.push({ register: to, type: isPosition || type === 'i32' ? 'i32' : 'f32' });
    }
    return { loop: loop.map((extent) => this.extent(extent)), body, accumulators, stores };
  }

  private assign(type: Type): number {
    const register = this.registers++;
    this.readable.push({ register, type });
    return register;
  }

  private register(type: Type, body: Instruction[]): number {
    const found = this.readable.filter((each) => each.type === type);
    // Recent registers first, so that long chains come about.
    if (found.length > 0) {
      return this.chance(0.6) ? (found.at(-1)?.register ?? 0) : this.pick(found).register;
    }
    body.push({ op: 'constant', to: this.registers, type, value: this.integer(7) - 3 });
    return this.assign(type);
  }

  private instruction(): Instruction[] {
    const body: Instruction[] = [];
    const kind = this.integer(10);
    if (kind === 0)
      body.push({ op: 'constant', to: this.registers, type: 'f32', value: this.integer(5) - 2 });
    if (kind === 0) this.assign('f32');
    if (kind === 1) {
      const type = this.pick<Type>(['f32', 'i32']);
      const index = this.scalars.push({ type, value: this.integer(9) - 4 }) - 1;
      body.push({ op: 'scalar', to: this.registers, type, index });
      this.assign(type);
    }
    if (kind === 2 && this.grid.length + this.loop.length > 0) {
      const axis = this.integer(this.grid.length + this.loop.length);
      body.push({ op: 'axis', to: this.registers, type: 'i32', axis });
      this.assign('i32');
    }
    if (kind === 3 || kind === 4) body.push(...this.load());
    if (kind > 4) this.operation(body);
    return body;
  }

  private operation(body: Instruction[]): void {
    const emit = (op: ScalarOp, type: Type, from: Type, operands: readonly number[]): number => {
      body.push({ op, to: this.registers, type, from, operands });
      return this.assign(type);
    };
    const choice = this.integer(6);
    const from = this.pick<Type>(['f32', 'i32']);
    if (choice === 0) {
      emit(this.pick(COMPARISONS), 'i32', from, [this.register(from, body), this.register(from, body)]);
      return;
    }
    if (choice === 1) {
      const condition = this.register('i32', body);
      emit('select', from, from, [condition, this.register(from, body), this.register(from, body)]);
      return;
    }
    if (choice === 2) {
      emit('convert', from === 'f32' ? 'i32' : 'f32', from, [this.register(from, body)]);
      return;
    }
    const op = this.pick(from === 'f32' ? FLOAT_OPS : INTEGER_OPS);
    const arity = op === 'fma' ? 3 : UNARY.has(op) ? 1 : 2;
    const operands = Array.from({ length: arity }, () => this.register(from, body));
    const result = emit(op, from, from, operands);
    const modulus = this.registers;
    body.push({ op: 'constant', to: modulus, type: from, value: MODULUS });
    this.assign(from);
    emit('mod', from, from, [result, modulus]);
  }

  /** A load from a buffer of its own, sometimes guarded, sometimes with a computed index. */
  private load(): Instruction[] {
    const body: Instruction[] = [];
    const storage = this.pick<Storage>(['f32', 'f32', 'i32', 'u8']);
    const type: Type = storage === 'f32' ? 'f32' : 'i32';
    const extents = [...this.grid, ...this.loop];
    const terms: { axis: number; stride: number }[] = [];
    let lowest = 0;
    let highest = 0;
    let dense = 1;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const stride = this.pick([0, dense, dense, dense, -1, 2, 3]);
      const reach = stride * ((extents[axis] ?? 1) - 1);
      dense *= extents[axis] ?? 1;
      if (stride === 0) continue;
      terms.unshift({ axis, stride });
      lowest += Math.min(0, reach);
      highest += Math.max(0, reach);
    }
    let index: number | undefined;
    if (this.chance(0.2)) {
      const source = this.register('i32', body);
      const modulus = this.registers;
      body.push({ op: 'constant', to: modulus, type: 'i32', value: MODULUS });
      this.assign('i32');
      body.push({ op: 'mod', to: this.registers, type: 'i32', from: 'i32', operands: [source, modulus] });
      index = this.assign('i32');
      highest += MODULUS - 1;
    }
    let guard: number | undefined;
    const slack = this.integer(3);
    let offset = slack - lowest;
    if (this.chance(0.25) && this.grid.length + this.loop.length > 0 && index === undefined) {
      // Reading `shift` elements too far back is right only where the guard holds.
      const axis = this.integer(extents.length);
      const least = this.integer(4);
      const axisRegister = this.registers;
      body.push({ op: 'axis', to: axisRegister, type: 'i32', axis });
      this.assign('i32');
      const bound = this.registers;
      body.push({ op: 'constant', to: bound, type: 'i32', value: least - 1 });
      this.assign('i32');
      body.push({ op: 'lt', to: this.registers, type: 'i32', from: 'i32', operands: [bound, axisRegister] });
      guard = this.assign('i32');
      const stride = terms.find((term) => term.axis === axis)?.stride ?? 0;
      if (stride > 0) {
        offset -= least * stride;
        highest -= least * stride;
      }
    }
    const buffer = this.buffers.push({ storage, access: 'read' }) - 1;
    this.lengths.push(Math.max(1, highest + slack - lowest + 1));
    const constantOffset: Extent = offset >= 0 ? this.extent(offset) : offset;
    const address: Address = { offset: constantOffset, terms, index };
    body.push({ op: 'load', to: this.registers, type, buffer, address, guard });
    this.assign(type);
    return body;
  }

  private accumulator(body: Instruction[]): Accumulator {
    const type = this.pick<Type>(['f32', 'i32']);
    const kind = this.pick<Accumulator['kind']>(['sum', 'sum', 'max', 'min', 'argmax', 'argmin', 'prod']);
    let value = this.register(type, body);
    if (kind === 'prod') {
      body.push({ op: 'sign', to: this.registers, type, from: type, operands: [value] });
      value = this.assign(type);
    }
    return { kind, type, value, to: this.registers++ };
  }

  /** A store to a buffer of its own, each point and iteration to an element of its own, in a random order of axes. */
  private store(body: Instruction[]): Store {
    const storage = this.pick<Storage>(['f32', 'f32', 'i32', 'u8']);
    const type: Type = storage === 'f32' ? 'f32' : 'i32';
    const value = this.register(type, body);
    const extents = [...this.grid, ...this.loop];
    const order = extents.map((_, axis) => axis);
    if (this.chance(0.3)) order.reverse();
    const strides = new Map<number, number>();
    let size = 1;
    for (const axis of order.toReversed()) {
      strides.set(axis, size);
      size *= extents[axis] ?? 1;
    }
    const offset = this.integer(3);
    const terms = [...strides].map(([axis, stride]) => ({ axis, stride })).sort((a, b) => a.axis - b.axis);
    const access = this.chance(0.2) ? 'update' : 'write';
    const buffer = this.buffers.push({ storage, access }) - 1;
    this.lengths.push(size + offset);
    return { buffer, address: { offset: this.extent(offset), terms }, value };
  }
}
