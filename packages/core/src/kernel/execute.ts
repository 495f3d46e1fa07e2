/**
 * Executes any valid loop kernel in plain JavaScript, without making code at run time: what `HostBackend` computes with,
 * and the yardstick for printers of kernels.
 *
 * Instructions run over strips of lanes (see `lanes.ts`). Where the grid is large, lanes are grid points and loops run
 * one index after another; where a few grid points loop long, as in the sum of everything, lanes are loop indices.
 * Every access is checked: an address outside the bound range is an error, never a stray element.
 */
import type { Storage, TypedArray } from '../dtype';
import { DeviceError } from '../errors';
import { type LaneAccumulator, laneAccumulator } from './accumulate';
import type { Address, Extent, Instruction, LoadInstruction, LoopKernel, Stage, Store } from './form';
import { type Lanes, lanesOf, makeLanes, STRIP, type Step, scalarStep } from './lanes';

/** A kernel ready to run. It keeps its registers between runs, so that running allocates next to nothing. */
export interface KernelExecutable {
  /**
   * Runs once and returns when all is written.
   *
   * @param memory   one array per buffer of the kernel, of that buffer's storage, covering the bound range
   * @param scalars  the scalar arguments
   * @param integers the int32 arguments
   * @throws {DeviceError} when the kernel touches an element outside of a bound range
   */
  run(memory: readonly TypedArray[], scalars: readonly number[], integers: readonly number[]): void;
}

/** Below this many grid points, lanes go to the loop instead, if that is longer. */
const FEW_GRID_POINTS = 32;

/** Makes a kernel executable in JavaScript. */
export function executable(kernel: LoopKernel): KernelExecutable {
  const overLoops = lanesMayRunOverLoops(kernel);
  let gridProgram: KernelProgram | undefined;
  let loopProgram: KernelProgram | undefined;
  return {
    run(memory, scalars, integers) {
      const extent = (value: Extent): number => resolve(value, integers);
      const points = product(kernel.grid.map(extent));
      const iterations = Math.max(1, ...kernel.stages.map((stage) => product(stage.loop.map(extent))));
      if (points === 0) return;
      if (overLoops && points < FEW_GRID_POINTS && iterations > points) {
        loopProgram ??= new KernelProgram(kernel, 'loop');
        loopProgram.runOverLoops({ memory, scalars, integers });
      } else {
        gridProgram ??= new KernelProgram(kernel, 'grid');
        gridProgram.runOverGrid({ memory, scalars, integers });
      }
    },
  };
}

/** An array over `bytes` of this storage; the start must be aligned to the element. */
export function storageArray(storage: Storage, bytes: Uint8Array): TypedArray {
  const { buffer, byteOffset, byteLength } = bytes;
  switch (storage) {
    case 'f32':
      return new Float32Array(buffer, byteOffset, byteLength >> 2);
    case 'f64':
      return new Float64Array(buffer, byteOffset, byteLength >> 3);
    case 'i32':
      return new Int32Array(buffer, byteOffset, byteLength >> 2);
    case 'u8':
      return bytes;
  }
}

interface Run {
  readonly memory: readonly TypedArray[];
  readonly scalars: readonly number[];
  readonly integers: readonly number[];
}

const product = (values: readonly number[]): number => values.reduce((total, value) => total * value, 1);

function resolve(value: Extent, integers: readonly number[]): number {
  return typeof value === 'number' ? value : (integers[value.argument] ?? 0);
}

/** Lanes read before they write, so a stage that reads back what its own loop wrote needs its loop in order. */
function lanesMayRunOverLoops(kernel: LoopKernel): boolean {
  return kernel.stages.every((stage) => {
    const written = new Set(stage.stores.map((store) => store.buffer));
    return stage.body.every((step) => step.op !== 'load' || !written.has(step.buffer));
  });
}

/** A stage translated to steps. */
interface StageProgram {
  readonly stage: Stage;
  readonly steps: readonly Step[];
  readonly accumulators: readonly LaneAccumulator[];
  readonly stores: readonly Step[];
  /** Registers from earlier stages that this one reads. */
  readonly inherited: readonly Lanes[];
  /** What varies with the lanes: refreshed once per strip. */
  readonly laneParts: readonly LanePart[];
}

/** Σ coefficient · axis over the axes that the lanes run over, for each lane. */
interface LanePart {
  readonly terms: readonly { readonly axis: number; readonly stride: number }[];
  readonly values: Int32Array;
}

class KernelProgram {
  private readonly registers: Lanes[] = [];
  private readonly stages: readonly StageProgram[];
  /** The index along each axis that lanes do not run over; axes of lanes stay 0. */
  private readonly position: Int32Array;
  private run: Run = { memory: [], scalars: [], integers: [] };

  constructor(
    private readonly kernel: LoopKernel,
    private readonly lanes: 'grid' | 'loop',
  ) {
    const deepest = Math.max(0, ...kernel.stages.map((stage) => stage.loop.length));
    this.position = new Int32Array(kernel.grid.length + deepest);
    for (const stage of kernel.stages) {
      for (const { to, type } of stage.body) this.registers[to] = makeLanes(type);
      for (const { to, type, kind } of stage.accumulators) {
        this.registers[to] = makeLanes(kind === 'argmax' || kind === 'argmin' ? 'i32' : type);
      }
    }
    this.stages = kernel.stages.map((stage) => this.translate(stage));
  }

  runOverGrid(run: Run): void {
    this.run = run;
    this.position.fill(0);
    const grid = this.kernel.grid.map((value) => resolve(value, run.integers));
    const points = product(grid);
    for (let start = 0; start < points; start += STRIP) {
      const count = Math.min(STRIP, points - start);
      for (const program of this.stages) {
        for (const part of program.laneParts) fillPart(part, grid, 0, start, count);
        for (const accumulator of program.accumulators) accumulator.reset();
        this.overLoop(program.stage, (iteration) => {
          for (const step of program.steps) step(count);
          for (const accumulator of program.accumulators) accumulator.addLanes(count, iteration);
          for (const store of program.stores) store(count);
        });
        for (const accumulator of program.accumulators) accumulator.finish(count);
      }
    }
  }

  runOverLoops(run: Run): void {
    this.run = run;
    this.position.fill(0);
    const grid = this.kernel.grid.map((value) => resolve(value, run.integers));
    odometer(grid, this.position, 0, () => {
      for (const program of this.stages) this.stageOverLoops(program);
    });
  }

  private stageOverLoops(program: StageProgram): void {
    const loop = program.stage.loop.map((value) => resolve(value, this.run.integers));
    const iterations = product(loop);
    for (const lanes of program.inherited) lanes.fill(lanes[0] ?? 0);
    for (const accumulator of program.accumulators) accumulator.reset();
    for (let start = 0; start < iterations; start += STRIP) {
      const count = Math.min(STRIP, iterations - start);
      for (const part of program.laneParts) fillPart(part, loop, this.kernel.grid.length, start, count);
      for (const step of program.steps) step(count);
      for (const accumulator of program.accumulators) accumulator.addAcross(count, start);
      for (const store of program.stores) store(count);
    }
    for (const accumulator of program.accumulators) accumulator.finish(1);
  }

  private overLoop(stage: Stage, body: (iteration: number) => void): void {
    const loop = stage.loop.map((value) => resolve(value, this.run.integers));
    odometer(loop, this.position, this.kernel.grid.length, body);
  }

  private translate(stage: Stage): StageProgram {
    const laneParts: LanePart[] = [];
    const steps = stage.body.map((instruction) => this.step(instruction, laneParts));
    const stores = stage.stores.map((store) => this.store(store, laneParts));
    const accumulators = stage.accumulators.map((each) => laneAccumulator(each, this.registers));
    const own = new Set(stage.body.map((instruction) => instruction.to));
    const inherited = new Set([...readBy(stage)].filter((register) => !own.has(register)));
    return {
      stage,
      steps,
      stores,
      accumulators,
      laneParts,
      inherited: [...inherited].map((register) => lanesOf(this.registers, register)),
    };
  }

  private step(instruction: Instruction, laneParts: LanePart[]): Step {
    const to = lanesOf(this.registers, instruction.to);
    switch (instruction.op) {
      case 'constant':
        return (count) => {
          to.fill(instruction.value, 0, count);
        };
      case 'scalar':
        return (count) => {
          to.fill(this.run.scalars[instruction.index] ?? Number.NaN, 0, count);
        };
      case 'integer':
        return (count) => {
          to.fill(this.run.integers[instruction.argument] ?? 0, 0, count);
        };
      case 'axis': {
        const address = this.address(
          { offset: 0, terms: [{ axis: instruction.axis, stride: 1 }] },
          laneParts,
        );
        return (count) => {
          const base = address.base();
          for (let i = 0; i < count; i++) to[i] = base + address.lanes[i]!;
        };
      }
      case 'load':
        return this.load(instruction, laneParts);
      default:
        return scalarStep(instruction, this.registers);
    }
  }

  private load(instruction: LoadInstruction, laneParts: LanePart[]): Step {
    const { buffer } = instruction;
    const to = lanesOf(this.registers, instruction.to);
    const { base, lanes, index } = this.address(instruction.address, laneParts);
    const guard = instruction.guard === undefined ? undefined : lanesOf(this.registers, instruction.guard);
    return (count) => {
      const memory = this.memoryOf(buffer);
      const start = base();
      for (let i = 0; i < count; i++) {
        if (guard !== undefined && guard[i] === 0) {
          to[i] = 0;
          continue;
        }
        const at = start + lanes[i]! + (index === undefined ? 0 : index[i]!);
        to[i] = memory[at] ?? this.outside('reads', buffer, at);
      }
    };
  }

  private store(store: Store, laneParts: LanePart[]): Step {
    const { buffer } = store;
    const value = lanesOf(this.registers, store.value);
    const { base, lanes, index } = this.address(store.address, laneParts);
    return (count) => {
      const memory = this.memoryOf(buffer);
      const start = base();
      for (let i = 0; i < count; i++) {
        const at = start + lanes[i]! + (index === undefined ? 0 : index[i]!);
        if (at < 0 || at >= memory.length) this.outside('writes', buffer, at);
        memory[at] = value[i]!;
      }
    };
  }

  /** Splits an address into what changes with the lanes and what changes between strips and loop iterations. */
  private address(
    address: Address,
    laneParts: LanePart[],
  ): { readonly base: () => number; readonly lanes: Int32Array; readonly index: Lanes | undefined } {
    const isGrid = (axis: number): boolean => axis < this.kernel.grid.length;
    const laneTerms = address.terms.filter((term) => isGrid(term.axis) === (this.lanes === 'grid'));
    const baseTerms = address.terms.filter((term) => !laneTerms.includes(term));
    const part: LanePart = { terms: laneTerms, values: new Int32Array(STRIP) };
    if (laneTerms.length > 0) laneParts.push(part);
    const base = (): number => {
      let sum = resolve(address.offset, this.run.integers);
      for (const { axis, stride } of baseTerms) sum += stride * (this.position[axis] ?? 0);
      return sum;
    };
    const index = address.index === undefined ? undefined : lanesOf(this.registers, address.index);
    return { base, lanes: part.values, index };
  }

  private memoryOf(buffer: number): TypedArray {
    const memory = this.run.memory[buffer];
    if (memory === undefined) {
      throw new DeviceError(
        this.kernel.name,
        `buffer ${buffer} is not bound; ${this.run.memory.length} of ${this.kernel.buffers.length} are.`,
      );
    }
    return memory;
  }

  private outside(verb: 'reads' | 'writes', buffer: number, at: number): never {
    throw new DeviceError(
      this.kernel.name,
      `${verb} element ${at} of buffer ${buffer}, which has ${this.memoryOf(buffer).length} elements.`,
      'The kernel was lowered wrongly, or bound to a range that is too short.',
    );
  }
}

/** Registers that a stage reads. */
function readBy(stage: Stage): Set<number> {
  const read = new Set<number>();
  const note = (register: number | undefined): void => {
    if (register !== undefined) read.add(register);
  };
  for (const instruction of stage.body) {
    if ('operands' in instruction) instruction.operands.forEach(note);
    if (instruction.op === 'load') {
      note(instruction.guard);
      note(instruction.address.index);
    }
  }
  for (const { value } of stage.accumulators) note(value);
  for (const { value, address } of stage.stores) {
    note(value);
    note(address.index);
  }
  return read;
}

/** Fills `part` for `count` consecutive points from `start`, numbered row-major over `extents`. */
function fillPart(
  part: LanePart,
  extents: readonly number[],
  firstAxis: number,
  start: number,
  count: number,
): void {
  const { terms, values } = part;
  values.fill(0, 0, count);
  for (const { axis, stride } of terms) {
    const at = axis - firstAxis;
    const extent = extents[at] ?? 1;
    const below = product(extents.slice(at + 1));
    for (let i = 0; i < count; i++) {
      values[i] = values[i]! + stride * (Math.floor((start + i) / below) % extent);
    }
  }
}

/** Visits every index over `extents` in row-major order, held in `position` from `first` on. */
function odometer(
  extents: readonly number[],
  position: Int32Array,
  first: number,
  visit: (iteration: number) => void,
): void {
  const total = product(extents);
  for (let iteration = 0; iteration < total; iteration++) {
    visit(iteration);
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      const next = (position[first + axis] ?? 0) + 1;
      if (next < (extents[axis] ?? 1)) {
        position[first + axis] = next;
        break;
      }
      position[first + axis] = 0;
    }
  }
}
