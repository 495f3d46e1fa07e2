/**
 * A loop kernel as a WebAssembly module with one exported function,
 *
 *   run(begin: i32, end: i32, arguments: i32)
 *
 * which computes the grid points whose index along axis 0 is in [begin, end). `arguments` is the address of one 32-bit
 * word per buffer (its byte address), then the scalar arguments, then the integer arguments.
 *
 * Code along the vector axis is written up to three times: for several vectors next to each other, for one vector, and
 * for single elements at the end.
 */
import type { Extent, Instruction, LoopKernel } from '@hadal/core/backend';
import { type Local, MemoryOp, ModuleBuilder, Op } from '../wasm/index';
import { Access } from './access';
import { type Running, runningAccumulator } from './accumulators';
import { analyze, type StagePlan } from './analysis';
import { contract } from './contract';
import { ENTRY, WORD_BYTES } from './convention';
import { emitDoubles, hasDoubles } from './doubles';
import { Frame, type Mode, ONE_ELEMENT, ONE_VECTOR } from './frame';
import { LANES } from './memory-access';
import { type EmitOptions, laneOf, Operations } from './operations';
import { Pointers } from './pointers';
import { needsPosition } from './rare';
import { unroll } from './unroll';
import { pushVector, type Value } from './value';
import { copiesFor } from './width';

/** Bytes of the module that computes `kernel`, over a memory that may be shared between threads. */
export function emitKernel(
  kernel: LoopKernel,
  options: EmitOptions,
  isShared = false,
): Uint8Array<ArrayBuffer> {
  if (hasDoubles(kernel)) return emitDoubles(kernel, isShared);
  const module = new ModuleBuilder().importMemory();
  const { code } = module.function({ parameters: ['i32', 'i32', 'i32'], exportAs: ENTRY });
  const unrolled = unroll(kernel);
  const source = options.relaxed ? contract(unrolled) : unrolled;
  const operations = new Operations(code, options);
  const argumentsAt = code.parameter(2);
  const firstInteger = source.buffers.length + source.scalars.length;
  const pointers = new Pointers(source, code, {
    buffer: (index) => code.get(argumentsAt).memory(MemoryOp.i32_load, index * WORD_BYTES),
    integer: (index) => code.get(argumentsAt).memory(MemoryOp.i32_load, (firstInteger + index) * WORD_BYTES),
  });
  const frame = new Frame(source, analyze(source), code, operations, pointers);
  new KernelEmitter(frame).emit();
  return module.encode(isShared);
}

class KernelEmitter {
  readonly #point: number;

  readonly #frame: Frame;

  constructor(frame: Frame) {
    this.#frame = frame;
    this.#point = frame.kernel.grid.length;
  }

  emit(): void {
    const { code, kernel, pointers } = this.#frame;
    code.block((leave) => {
      if (this.#point > 0) {
        code.get(code.parameter(0)).get(code.parameter(1)).op(Op.i32_ge_s).brIf(leave);
      }
      for (const extent of kernel.grid.slice(1)) {
        if (typeof extent === 'number' && extent > 0) continue;
        this.#pushExtent(extent);
        code.i32(0).op(Op.i32_le_s).brIf(leave);
      }
      pointers.start();
      this.#hoisted(0);
      this.#grid(0);
    });
  }

  /** Instructions that depend on the first `level` grid axes only. */
  #hoisted(level: number): void {
    const access = new Access(this.#frame, 0, undefined);
    for (const placed of this.#frame.plan.hoisted) {
      if (placed.level === level) this.#instruction(placed.instruction, ONE_VECTOR, access);
    }
  }

  #grid(axis: number): void {
    const { kernel, code } = this.#frame;
    if (axis === this.#point) {
      this.#stages(ONE_VECTOR);
      return;
    }
    const first = axis === 0 ? code.parameter(0) : undefined;
    const extent = axis === 0 ? code.parameter(1) : (kernel.grid[axis] ?? 0);
    const isVector = kernel.vectorAxis === 'grid' && axis === this.#point - 1;
    if (isVector) {
      const copies = copiesFor(this.#frame.kernel);
      this.#vectorLoop(0, axis, first, extent, copies, (mode) => this.#stages(mode));
      return;
    }
    this.#plainLoop(0, axis, first, extent, () => {
      if (axis + 1 < this.#point) this.#hoisted(axis + 1);
      this.#grid(axis + 1);
    });
  }

  #stages(mode: Mode): void {
    this.#frame.scope(() => {
      this.#frame.plan.stages.forEach((plan, index) => {
        this.#stage(plan, index, mode);
      });
    });
  }

  #stage(plan: StagePlan, index: number, outer: Mode): void {
    const { code, kernel } = this.#frame;
    const { stage } = plan;
    const overLoop = kernel.vectorAxis === 'loop' && stage.loop.length > 0;
    const access = new Access(this.#frame, index, this.#frame.plan.vectorAxis(stage));
    const inner = overLoop ? copiesFor(kernel, stage) : 1;
    const running = stage.accumulators.map((each) =>
      runningAccumulator(this.#frame, each, outer, overLoop, inner),
    );
    const position = needsPosition(stage.accumulators) ? code.local('i32') : undefined;
    for (const each of running) each.start();
    if (position !== undefined) code.i32(0).set(position);

    const body = (mode: Mode): void => {
      this.#instructions(plan, this.#point + stage.loop.length, mode, access, (copy) => {
        for (const each of running) each.add(mode, copy, position);
        for (const store of stage.stores) {
          if (copy === 0 || this.#differsBetweenCopies(store.address, store.value, access)) {
            access.store(store, mode, copy);
          }
        }
      });
      if (position === undefined) return;
      const step = overLoop ? mode.lanes * mode.copies : 1;
      code.get(position).i32(step).op(Op.i32_add).set(position);
    };
    const descend = (depth: number): void => {
      const axis = this.#point + depth;
      const extent = stage.loop[depth] ?? 0;
      const next = (mode: Mode): void => {
        if (depth + 1 === stage.loop.length) {
          body(mode);
        } else {
          this.#instructions(plan, axis + 1, mode, access);
          descend(depth + 1);
        }
      };
      if (overLoop && depth === stage.loop.length - 1) {
        this.#vectorLoop(index, axis, undefined, extent, inner, next);
      } else {
        this.#plainLoop(index, axis, undefined, extent, () => next(outer));
      }
    };
    if (stage.loop.length === 0) {
      body(outer);
    } else {
      this.#instructions(plan, this.#point, outer, access);
      descend(0);
    }
    this.#finish(stage.accumulators, running);
    if (position !== undefined) code.release(position);
  }

  #finish(accumulators: readonly { readonly to: number }[], running: readonly Running[]): void {
    running.forEach((each, position) => {
      const accumulator = accumulators[position];
      if (accumulator === undefined) return;
      this.#frame.assign(
        accumulator.to,
        each.finish().map((value) => this.#withSplat(accumulator.to, value)),
      );
    });
  }

  #differsBetweenCopies(
    address: { readonly terms: readonly { readonly axis: number }[]; readonly index?: number },
    value: number,
    access: Access,
  ): boolean {
    const { wide } = this.#frame.plan;
    const moves = address.terms.some(({ axis }) => axis === access.vectorAxis);
    return moves || wide.has(value) || (address.index !== undefined && wide.has(address.index));
  }

  /** Writes a stage's instructions of one level, vector by vector; `after` follows those of each vector. */
  #instructions(
    plan: StagePlan,
    level: number,
    mode: Mode,
    access: Access,
    after?: (copy: number) => void,
  ): void {
    const placed = plan.body.filter((each) => each.level === level);
    for (const { instruction } of placed) {
      if (!this.#frame.isWide(instruction.to, mode)) this.#instruction(instruction, mode, access);
    }
    const wide = placed.filter(({ instruction }) => this.#frame.isWide(instruction.to, mode));
    const copies = this.#frame.kernel.vectorAxis === 'none' ? 1 : mode.copies;
    const values = new Map<number, Value[]>();
    for (let copy = 0; copy < copies; copy++) {
      for (const { instruction } of wide) {
        const value = this.#evaluate(instruction, mode, copy, access);
        const list = values.get(instruction.to);
        if (list !== undefined) {
          list.push(value);
        } else {
          const first = [value];
          values.set(instruction.to, first);
          this.#frame.assign(instruction.to, first);
        }
      }
      after?.(copy);
    }
  }

  #instruction(instruction: Instruction, mode: Mode, access: Access): void {
    const value = this.#evaluate(instruction, mode, 0, access);
    const splat = mode.lanes === 4 ? this.#withSplat(instruction.to, value) : value;
    this.#frame.assign(instruction.to, [splat]);
  }

  #withSplat(register: number, value: Value): Value {
    if (value.kind !== 'scalar' || value.splat !== undefined) return value;
    if (!this.#frame.plan.splat.has(register)) return value;
    const { code } = this.#frame;
    const splat = code.local('v128');
    pushVector(code, value);
    code.set(splat);
    return { ...value, splat };
  }

  #evaluate(instruction: Instruction, mode: Mode, copy: number, access: Access): Value {
    const { code, kernel, operations } = this.#frame;
    switch (instruction.op) {
      case 'constant':
        return { kind: 'constant', type: laneOf(instruction.type), value: instruction.value };
      case 'scalar': {
        const type = laneOf(instruction.type);
        const local = code.local(type);
        const at = (kernel.buffers.length + instruction.index) * WORD_BYTES;
        code
          .get(code.parameter(2))
          .memory(type === 'f32' ? MemoryOp.f32_load : MemoryOp.i32_load, at)
          .set(local);
        return { kind: 'scalar', type, local };
      }
      case 'integer': {
        const local = code.local('i32');
        this.#pushExtent(instruction);
        code.set(local);
        return { kind: 'scalar', type: 'i32', local };
      }
      case 'axis':
        return this.#axisValue(instruction.axis, this.#frame.isWide(instruction.to, mode), copy);
      case 'load':
        return access.load(instruction, mode, copy);
      default:
        return operations.evaluate(
          instruction,
          instruction.operands.map((register) => this.#frame.value(register, copy)),
        );
    }
  }

  #axisValue(axis: number, wide: boolean, copy: number): Value {
    const { code } = this.#frame;
    const local = code.local(wide ? 'v128' : 'i32');
    code.get(this.#frame.axis(axis));
    if (wide) {
      const first = LANES * copy;
      code
        .op(Op.i32x4_splat)
        .i32x4([first, first + 1, first + 2, first + 3])
        .op(Op.i32x4_add);
    }
    code.set(local);
    return { kind: wide ? 'vector' : 'scalar', type: 'i32', local };
  }

  #pushExtent(extent: Extent): void {
    const { code, kernel } = this.#frame;
    if (typeof extent === 'number') {
      code.i32(extent);
      return;
    }
    const at = (kernel.buffers.length + kernel.scalars.length + extent.argument) * WORD_BYTES;
    code.get(code.parameter(2)).memory(MemoryOp.i32_load, at);
  }

  /** The bound of a loop as something cheap to push again. */
  #bound(extent: Extent | Local): { readonly limit: Local | number; readonly release: () => void } {
    const { code } = this.#frame;
    if (typeof extent === 'number') return { limit: extent, release: () => {} };
    if (!('argument' in extent)) return { limit: extent, release: () => {} };
    const limit = code.local('i32');
    this.#pushExtent(extent);
    code.set(limit);
    return { limit, release: () => code.release(limit) };
  }

  #plainLoop(
    stage: number,
    axis: number,
    first: Local | undefined,
    extent: Extent | Local,
    body: () => void,
  ): void {
    const { code, pointers } = this.#frame;
    const { limit, release } = this.#bound(extent);
    this.#frame.withAxis(axis, (counter) => {
      if (first === undefined) code.i32(0).set(counter);
      else code.get(first).set(counter);
      pointers.enter(stage, axis, first);
      code.while(counter, limit, 1, () => {
        this.#frame.scope(body);
        pointers.advance(stage, axis, 1);
      });
      pointers.leave(stage, axis);
    });
    release();
  }

  /** The loop over the axis of the lanes: several vectors at a time, then single ones, then elements. */
  #vectorLoop(
    stage: number,
    axis: number,
    first: Local | undefined,
    extent: Extent | Local,
    copies: number,
    body: (mode: Mode) => void,
  ): void {
    const { code, pointers } = this.#frame;
    const { limit, release } = this.#bound(extent);
    const modes: Mode[] = [ONE_VECTOR, ONE_ELEMENT];
    if (copies > 1) modes.unshift({ lanes: 4, copies });
    this.#frame.withAxis(axis, (counter) => {
      if (first === undefined) code.i32(0).set(counter);
      else code.get(first).set(counter);
      pointers.enter(stage, axis, first);
      let left = typeof limit === 'number' ? limit : undefined;
      for (const mode of modes) {
        const step = mode.lanes * mode.copies;
        if (left !== undefined && left < step) continue;
        if (left !== undefined) left %= step;
        code.scratch(['i32'], (last) => {
          if (typeof limit !== 'number')
            code
              .get(limit)
              .i32(step - 1)
              .op(Op.i32_sub)
              .set(last);
          code.while(counter, typeof limit === 'number' ? limit - step + 1 : last, step, () => {
            this.#frame.scope(() => body(mode));
            pointers.advance(stage, axis, step);
          });
        });
      }
      pointers.leave(stage, axis);
    });
    release();
  }
}
