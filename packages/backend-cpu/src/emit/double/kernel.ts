/**
 * Loop kernels that compute or store float64, one element at a time: the same function and arguments as every other
 * kernel (see ../kernel.ts), in a module that is loaded with the first of them.
 */
import type { Extent, Instruction, LoadInstruction, LoopKernel, Store } from '@hadal/core/backend';
import { known } from '../../known';
import { type Callable, type Code, type Local, MemoryOp, ModuleBuilder, Op } from '../../wasm/index';
import { analyze, type KernelPlan, type StagePlan } from '../analysis';
import { ENTRY, RESERVED_BYTES, WORD_BYTES } from '../convention';
import { Pointers } from '../pointers';
import { doubleAccumulator } from './accumulators';
import { functionName } from './functions';
import { load, store } from './memory';
import { hasInstruction, pushOperation } from './operations';

/** Bytes of the module that computes `kernel`. */
export function emitDoubleKernel(source: LoopKernel, isShared: boolean): Uint8Array<ArrayBuffer> {
  const kernel = { ...source, vectorAxis: 'none' } as const;
  const module = new ModuleBuilder().importMemory();
  const calls = new Map<string, Callable>();
  for (const instruction of kernel.stages.flatMap(({ body }) => body)) {
    if (!('operands' in instruction) || hasInstruction(instruction)) continue;
    const name = functionName(instruction);
    if (calls.has(name)) continue;
    calls.set(name, module.importFunction(name, { parameters: ['f64', 'f64'], results: ['f64'] }));
  }
  const { code } = module.function({ parameters: ['i32', 'i32', 'i32'], exportAs: ENTRY });
  new DoubleEmitter(kernel, code, calls).emit();
  return module.encode(isShared);
}

class DoubleEmitter {
  readonly #kernel: LoopKernel;
  readonly #plan: KernelPlan;
  readonly #code: Code;
  readonly #calls: ReadonlyMap<string, Callable>;
  readonly #pointers: Pointers;
  readonly #registers = new Map<number, Local>();
  readonly #axes = new Map<number, Local>();
  readonly #point: number;
  /** The word at which each scalar argument lies, and after them the first integer argument. */
  readonly #scalarWords: readonly number[];

  constructor(kernel: LoopKernel, code: Code, calls: ReadonlyMap<string, Callable>) {
    this.#kernel = kernel;
    this.#code = code;
    this.#calls = calls;
    this.#plan = analyze(kernel);
    this.#point = kernel.grid.length;
    const words = [kernel.buffers.length];
    for (const type of kernel.scalars) words.push((words.at(-1) ?? 0) + (type === 'f64' ? 2 : 1));
    this.#scalarWords = words;
    this.#pointers = new Pointers(kernel, code, {
      buffer: (index) => this.#argument(index),
      integer: (argument) => this.#pushExtent({ argument }),
    });
  }

  emit(): void {
    const code = this.#code;
    this.#pointers.start();
    code.block((leave) => {
      for (const extent of this.#kernel.grid.slice(1)) {
        this.#pushExtent(extent);
        code.i32(0).op(Op.i32_le_s).brIf(leave);
      }
      if (this.#point > 0) {
        code.get(code.parameter(0)).get(code.parameter(1)).op(Op.i32_ge_s).brIf(leave);
      }
      this.#hoisted(0);
      this.#grid(0);
    });
  }

  #argument(word: number): void {
    this.#code.get(this.#code.parameter(2)).memory(MemoryOp.i32_load, word * WORD_BYTES);
  }

  #pushExtent(extent: Extent): void {
    if (typeof extent === 'number') this.#code.i32(extent);
    else this.#argument((this.#scalarWords.at(-1) ?? 0) + extent.argument);
  }

  /** Instructions that depend on the first `level` grid axes only. */
  #hoisted(level: number): void {
    for (const placed of this.#plan.hoisted) {
      if (placed.level === level) this.#instruction(placed.instruction, 0);
    }
  }

  #grid(axis: number): void {
    if (axis === this.#point) {
      this.#plan.stages.forEach((plan, index) => {
        this.#stage(plan, index);
      });
      return;
    }
    this.#loop(0, axis, this.#kernel.grid[axis] ?? 0, () => {
      if (axis + 1 < this.#point) this.#hoisted(axis + 1);
      this.#grid(axis + 1);
    });
  }

  #stage(plan: StagePlan, index: number): void {
    const code = this.#code;
    const { stage } = plan;
    const position = code.local('i32');
    const accumulators = stage.accumulators.map((each) => doubleAccumulator(code, each));
    for (const each of accumulators) each.start();
    code.i32(0).set(position);
    const descend = (depth: number): void => {
      for (const { instruction, level } of plan.body) {
        if (level === this.#point + depth) this.#instruction(instruction, index);
      }
      if (depth < stage.loop.length) {
        this.#loop(index, this.#point + depth, stage.loop[depth] ?? 0, () => descend(depth + 1));
        return;
      }
      stage.accumulators.forEach(({ value }, i) => {
        accumulators[i]?.add(this.#register(value), position);
      });
      code.get(position).i32(1).op(Op.i32_add).set(position);
      for (const each of stage.stores) this.#store(each, index);
    };
    descend(0);
    stage.accumulators.forEach(({ to }, i) => {
      const result = accumulators[i]?.finish();
      if (result !== undefined) this.#registers.set(to, result);
    });
    code.release(position);
  }

  #loop(stage: number, axis: number, extent: Extent, body: () => void): void {
    const code = this.#code;
    const counter = code.local('i32');
    const first = axis === 0 && this.#point > 0 ? code.parameter(0) : undefined;
    const limit = first === undefined ? code.local('i32') : code.parameter(1);
    if (first === undefined) {
      this.#pushExtent(extent);
      code.set(limit).i32(0).set(counter);
    } else {
      code.get(first).set(counter);
    }
    this.#axes.set(axis, counter);
    this.#pointers.enter(stage, axis, first);
    code.while(counter, limit, 1, () => {
      body();
      this.#pointers.advance(stage, axis, 1);
    });
    this.#pointers.leave(stage, axis);
    this.#axes.delete(axis);
    code.release(counter);
    if (first === undefined) code.release(limit);
  }

  #register(register: number): Local {
    return known(this.#registers.get(register), `register ${register}`);
  }

  #instruction(instruction: Instruction, stage: number): void {
    const code = this.#code;
    switch (instruction.op) {
      case 'constant':
        if (instruction.type === 'i32') code.i32(instruction.value);
        else code[instruction.type](instruction.value);
        break;
      case 'scalar': {
        const at = (this.#scalarWords[instruction.index] ?? 0) * WORD_BYTES;
        load(code.get(code.parameter(2)), instruction.type, instruction.type, at);
        break;
      }
      case 'integer':
        this.#pushExtent(instruction);
        break;
      case 'axis':
        code.get(known(this.#axes.get(instruction.axis), `axis ${instruction.axis}`));
        break;
      case 'load':
        this.#load(instruction, stage);
        break;
      default:
        pushOperation(
          code,
          instruction,
          (position) => code.get(this.#register(instruction.operands[position] ?? -1)),
          () => known(this.#calls.get(functionName(instruction)), instruction.op),
        );
    }
    const local = code.local(instruction.type);
    code.set(local);
    this.#registers.set(instruction.to, local);
  }

  #load(instruction: LoadInstruction, stage: number): void {
    const { type, guard } = instruction;
    const read = (): void => {
      const offset = this.#pushAddress(instruction, stage);
      load(this.#code, this.#storageOf(instruction), type, offset);
    };
    if (guard === undefined) {
      read();
      return;
    }
    const zero = (): unknown => (type === 'i32' ? this.#code.i32(0) : this.#code[type](0));
    this.#code.get(this.#register(guard)).if(read, zero, type);
  }

  #store(place: Store, stage: number): void {
    const offset = this.#pushAddress(place, stage);
    this.#code.get(this.#register(place.value));
    store(this.#code, this.#storageOf(place), offset);
  }

  #storageOf({ buffer }: LoadInstruction | Store): LoopKernel['buffers'][number]['storage'] {
    return known(this.#kernel.buffers[buffer], `buffer ${buffer}`).storage;
  }

  /** Pushes the address of an element; returns what the instruction has to add. */
  #pushAddress({ buffer, address }: LoadInstruction | Store, stage: number): number {
    const code = this.#code;
    const { local, distance, bytes } = this.#pointers.at(stage, buffer, address);
    code.get(local);
    if (address.index !== undefined) {
      code.get(this.#register(address.index)).i32(bytes).op(Op.i32_mul).op(Op.i32_add);
    }
    if (distance >= 0 && distance < RESERVED_BYTES) return distance;
    code.i32(distance).op(Op.i32_add);
    return 0;
  }
}
