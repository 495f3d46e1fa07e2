/**
 * Writes loops of stages out, iteration by iteration. A module of its own, loaded with the first kernel that has a small
 * loop (see ./unroll.ts).
 */
import type {
  Accumulator,
  Address,
  Instruction,
  LoopKernel,
  Register,
  ScalarOp,
  Stage,
  Store,
} from '@hadal/core/backend';

const COMBINING = { sum: 'add', prod: 'mul', max: 'max', min: 'min' } as const;

/**
 * The same kernel with loops written out.
 *
 * @param loopOf the extents of a stage's loop where it is to be
 */
export function writeLoopsOut(
  kernel: LoopKernel,
  loopOf: (kernel: LoopKernel, stage: Stage) => readonly number[] | undefined,
): LoopKernel {
  const registers = kernel.stages.flatMap(({ body, accumulators }) =>
    [...body, ...accumulators].map(({ to }) => to),
  );
  const numbering = { next: Math.max(-1, ...registers) + 1 };
  const stages = kernel.stages.map((stage) => {
    const extents = loopOf(kernel, stage);
    return extents === undefined || !isMovable(stage, kernel.grid.length)
      ? stage
      : new Unroller(kernel, stage, extents, numbering).stage();
  });
  return { ...kernel, stages };
}

/** A constant can only be added to an offset that is one. */
function isMovable(stage: Stage, gridAxes: number): boolean {
  const addresses = [
    ...stage.body.flatMap((instruction) => (instruction.op === 'load' ? [instruction.address] : [])),
    ...stage.stores.map(({ address }) => address),
  ];
  return addresses.every(
    ({ offset, terms }) => typeof offset === 'number' || terms.every(({ axis }) => axis < gridAxes),
  );
}

class Unroller {
  readonly #body: Instruction[] = [];
  readonly #stores: Store[] = [];
  /** What each register of the loop is called in the iteration at hand. */
  readonly #names = new Map<number, number>();
  /** Registers that differ between iterations. */
  readonly #varying = new Set<number>();
  /** Accumulated so far, by accumulator: the value, and the position of extremes. */
  readonly #running = new Map<Accumulator, { readonly value: number; readonly position?: number }>();

  readonly #kernel: LoopKernel;
  readonly #source: Stage;
  readonly #extents: readonly number[];
  readonly #numbering: { next: number };

  constructor(kernel: LoopKernel, source: Stage, extents: readonly number[], numbering: { next: number }) {
    this.#kernel = kernel;
    this.#source = source;
    this.#extents = extents;
    this.#numbering = numbering;
  }

  stage(): Stage {
    const index = this.#extents.map(() => 0);
    const iterations = this.#extents.reduce((total, extent) => total * extent, 1);
    for (let iteration = 0; iteration < iterations; iteration++) {
      let rest = iteration;
      for (let axis = this.#extents.length - 1; axis >= 0; axis--) {
        const extent = this.#extents[axis] ?? 1;
        index[axis] = rest % extent;
        rest = Math.floor(rest / extent);
      }
      this.#iteration(iteration, index);
    }
    const accumulators: Accumulator[] = [];
    for (const accumulator of this.#source.accumulators) this.#finish(accumulator);
    return { loop: [], body: this.#body, accumulators, stores: this.#stores };
  }

  #iteration(iteration: number, index: readonly number[]): void {
    for (const instruction of this.#source.body) {
      const varies = this.#varies(instruction);
      if (iteration > 0 && !varies) continue;
      if (varies) this.#varying.add(instruction.to);
      const to = varies ? this.#numbering.next++ : instruction.to;
      this.#body.push(this.#rewrite(instruction, to, index));
      this.#names.set(instruction.to, to);
    }
    for (const accumulator of this.#source.accumulators) {
      if (this.#twinOf(accumulator) === undefined) this.#accumulate(accumulator, iteration);
    }
    for (const { buffer, address, value } of this.#source.stores) {
      this.#stores.push({ buffer, address: this.#move(address, index), value: this.#nameOf(value) });
    }
  }

  /** The accumulator of the position of the very extreme that this one is after: it knows the value too. */
  #twinOf({ kind, value }: Accumulator): Accumulator | undefined {
    const wanted = kind === 'max' ? 'argmax' : kind === 'min' ? 'argmin' : undefined;
    return this.#source.accumulators.find((other) => other.kind === wanted && other.value === value);
  }

  #nameOf(register: number): number {
    return this.#names.get(register) ?? register;
  }

  /** Whether an instruction has to be repeated: it depends on the loop, or reads memory that the kernel changes. */
  #varies(instruction: Instruction): boolean {
    const isLoopAxis = (axis: number): boolean => axis >= this.#kernel.grid.length;
    if (instruction.op === 'axis') return isLoopAxis(instruction.axis);
    if ('operands' in instruction) return instruction.operands.some((each) => this.#varying.has(each));
    if (instruction.op !== 'load') return false;
    const { address, guard, buffer } = instruction;
    const registers = [address.index, guard].filter((register) => register !== undefined);
    return (
      this.#kernel.buffers[buffer]?.access !== 'read' ||
      address.terms.some(({ axis }) => isLoopAxis(axis)) ||
      registers.some((register) => this.#varying.has(register))
    );
  }

  #rewrite(instruction: Instruction, to: number, index: readonly number[]): Instruction {
    if (instruction.op === 'axis') {
      const position = index[instruction.axis - this.#kernel.grid.length];
      if (position === undefined) return { ...instruction, to };
      return { op: 'constant', to, type: 'i32', value: position };
    }
    if ('operands' in instruction) {
      return { ...instruction, to, operands: instruction.operands.map((each) => this.#nameOf(each)) };
    }
    if (instruction.op !== 'load') return { ...instruction, to };
    const guard = instruction.guard === undefined ? undefined : this.#nameOf(instruction.guard);
    return { ...instruction, to, guard, address: this.#move(instruction.address, index) };
  }

  #move({ offset, terms, index: computed }: Address, index: readonly number[]): Address {
    let moved = offset;
    for (const { axis, stride } of terms) {
      const position = index[axis - this.#kernel.grid.length] ?? 0;
      if (typeof moved === 'number') moved += stride * position;
    }
    return {
      offset: moved,
      terms: terms.filter(({ axis }) => axis < this.#kernel.grid.length),
      index: computed === undefined ? undefined : this.#nameOf(computed),
    };
  }

  #emit(op: ScalarOp, type: Register, from: Register, operands: readonly number[]): number {
    const to = this.#numbering.next++;
    this.#body.push({ op, to, type, from, operands });
    return to;
  }

  #constant(value: number): number {
    const to = this.#numbering.next++;
    this.#body.push({ op: 'constant', to, type: 'i32', value });
    return to;
  }

  #accumulate(accumulator: Accumulator, iteration: number): void {
    const { kind, type } = accumulator;
    const value = this.#nameOf(accumulator.value);
    const before = this.#running.get(accumulator);
    if (kind !== 'argmax' && kind !== 'argmin') {
      const next =
        before === undefined ? value : this.#emit(COMBINING[kind], type, type, [before.value, value]);
      this.#running.set(accumulator, { value: next });
      return;
    }
    const position = this.#constant(iteration);
    if (before?.position === undefined) {
      this.#running.set(accumulator, { value, position });
      return;
    }
    // Kept while the best is NaN, or the candidate is no number and no better: `le` is false for NaN.
    const noBetter = this.#emit(
      'le',
      'i32',
      type,
      kind === 'argmax' ? [value, before.value] : [before.value, value],
    );
    const keep =
      type === 'i32'
        ? noBetter
        : this.#emit('or', 'i32', 'i32', [
            noBetter,
            this.#emit('ne', 'i32', type, [before.value, before.value]),
          ]);
    this.#running.set(accumulator, {
      value: this.#emit('select', type, type, [keep, before.value, value]),
      position: this.#emit('select', 'i32', 'i32', [keep, before.position, position]),
    });
  }

  /** Gives the result the register that later stages read. */
  #finish(accumulator: Accumulator): void {
    const { kind, type, to } = accumulator;
    const found = this.#running.get(this.#twinOf(accumulator) ?? accumulator);
    if (found === undefined) return;
    const isPosition = kind === 'argmax' || kind === 'argmin';
    const result = isPosition ? found.position : found.value;
    if (result === undefined) return;
    const resultType = isPosition ? 'i32' : type;
    this.#body.push({ op: 'convert', to, type: resultType, from: resultType, operands: [result] });
  }
}
