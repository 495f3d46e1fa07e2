/** One entry point of a loop kernel: arguments, the grid point, and its stages. */
import type { Address, Extent, Instruction, LoopKernel, Stage } from '@hadal/core/backend';
import { bitsAt, wordAt } from '../words';
import { AccumulatorPrinter } from './accumulators';
import type { ScalarPrinter } from './scalar';

export class EntryPrinter {
  readonly #lines: string[] = [];

  constructor(
    private readonly kernel: LoopKernel,
    private readonly scalars: ScalarPrinter,
    private readonly mode: 'points' | 'rows',
    private readonly threads: number,
  ) {}

  print(): string {
    const { kernel, mode, threads } = this;
    const shared = mode === 'rows' ? this.#sharedMemory() : [];
    this.#push(
      ...shared,
      `@compute @workgroup_size(${threads})`,
      `fn ${mode}(`,
      '  @builtin(workgroup_id) group: vec3<u32>,',
      '  @builtin(num_workgroups) groups: vec3<u32>,',
      '  @builtin(local_invocation_index) thread: u32,',
      ') {',
    );
    this.#arguments();
    this.#gridPoint();
    let written = new Set<number>();
    for (const [index, stage] of kernel.stages.entries()) {
      const reads = stage.body.some((step) => step.op === 'load' && written.has(step.buffer));
      // What other invocations of the workgroup wrote for this grid point.
      if (mode === 'rows' && reads) {
        this.#push('storageBarrier();');
        written = new Set();
      }
      this.#stage(stage, index);
      for (const { buffer } of stage.stores) written.add(buffer);
    }
    this.#push('}');
    return this.#lines.join('\n');
  }

  #push(...lines: readonly string[]): void {
    this.#lines.push(...lines);
  }

  #arguments(): void {
    const { buffers, integers, scalars } = this.kernel;
    buffers.forEach((_, index) => {
      this.#push(`let base${index} = ${wordAt(index)};`);
    });
    for (let i = 0; i < integers; i++) this.#push(`let n${i} = ${wordAt(buffers.length + i)};`);
    scalars.forEach((type, index) => {
      this.#push(`let s${index} = bitcast<${type}>(${bitsAt(buffers.length + integers + index)});`);
    });
    this.#push(`let zero = ${bitsAt(buffers.length + integers + scalars.length)};`);
  }

  #gridPoint(): void {
    const { grid } = this.kernel;
    const groupIndex = 'group.y * groups.x + group.x';
    const index = this.mode === 'rows' ? groupIndex : `(${groupIndex}) * ${this.threads}u + thread`;
    this.#push(
      `let point = ${index};`,
      `if (point >= u32(${grid.map(extent).join(' * ') || '1'})) {`,
      '  return;',
      '}',
    );
    this.#decode('point', grid, 0);
  }

  /** The index along each axis, of a row-major position. */
  #decode(position: string, extents: readonly Extent[], firstAxis: number): void {
    let rest = position;
    for (let i = extents.length - 1; i > 0; i--) {
      const axis = firstAxis + i;
      this.#push(
        `let axis${axis} = i32(${rest} % u32(${extent(extents[i] ?? 1)}));`,
        `let rest${axis} = ${rest} / u32(${extent(extents[i] ?? 1)});`,
      );
      rest = `rest${axis}`;
    }
    if (extents.length > 0) this.#push(`let axis${firstAxis} = i32(${rest});`);
  }

  #stage(stage: Stage, index: number): void {
    const { loop, body, stores } = stage;
    if (loop.length === 0) {
      for (const instruction of body) this.#instruction(instruction);
      if (stores.length === 0) return;
      if (this.mode === 'rows') this.#push('if (thread == 0u) {');
      this.#stores(stage);
      if (this.mode === 'rows') this.#push('}');
      return;
    }
    const position = `step${index}`;
    const length = loop.map(extent).join(' * ');
    const accumulators = new AccumulatorPrinter(stage.accumulators, this.scalars, {
      position,
      isLong: loop.some((each) => typeof each !== 'number') || iterations(loop) > AccumulatorPrinter.short,
    });
    this.#push(...accumulators.before());
    const first = this.kernel.grid.length;
    if (this.mode === 'rows') {
      const { threads } = this;
      this.#push(
        `for (var ${position} = thread; ${position} < u32(${length}); ${position} += ${threads}u) {`,
      );
      this.#decode(position, loop, first);
    } else {
      this.#push(`var ${position} = 0u;`);
      loop.forEach((each, i) => {
        const axis = `axis${first + i}`;
        this.#push(`for (var ${axis} = 0; ${axis} < ${extent(each)}; ${axis}++) {`);
      });
    }
    for (const instruction of body) this.#instruction(instruction);
    this.#stores(stage);
    this.#push(...accumulators.step(this.mode === 'rows' ? `${position} / ${this.threads}u` : position));
    if (this.mode === 'points') this.#push(`${position}++;`);
    this.#push('}'.repeat(this.mode === 'rows' ? 1 : loop.length));
    this.#push(...accumulators.after());
    if (this.mode === 'rows') this.#push(...accumulators.combine(this.threads));
    this.#push(...accumulators.results());
  }

  #stores({ stores }: Stage): void {
    for (const { buffer, address: at, value } of stores) {
      this.#push(`b${buffer}[${address(buffer, at)}] = r${value};`);
    }
  }

  #instruction(instruction: Instruction): void {
    this.#push(`let r${instruction.to} = ${this.#value(instruction)};`);
  }

  #value(instruction: Instruction): string {
    switch (instruction.op) {
      case 'constant':
        return this.scalars.constant(instruction);
      case 'scalar':
        return `s${instruction.index}`;
      case 'integer':
        return `n${instruction.argument}`;
      case 'axis':
        return `axis${instruction.axis}`;
      case 'load': {
        const { buffer, guard } = instruction;
        const element = `b${buffer}[${address(buffer, instruction.address)}]`;
        // Indices out of range are clamped by WebGPU, so that the element may be read in any case.
        return guard === undefined ? element : `select(${instruction.type}(), ${element}, r${guard} != 0)`;
      }
      default:
        return this.scalars.print(instruction);
    }
  }

  #sharedMemory(): string[] {
    const kinds = this.kernel.stages.flatMap(({ loop, accumulators }) =>
      loop.length > 0 ? accumulators : [],
    );
    const usesFloats = kinds.some(({ type }) => type === 'f32');
    const usesIntegers = kinds.some(({ type, kind }) => type === 'i32' || kind.startsWith('arg'));
    const usesPlaces = kinds.some(({ kind }) => kind.startsWith('arg'));
    return [
      ...(usesFloats ? [`var<workgroup> shared_f32: array<f32, ${this.threads}>;`] : []),
      ...(usesIntegers ? [`var<workgroup> shared_i32: array<i32, ${this.threads}>;`] : []),
      ...(usesPlaces ? [`var<workgroup> shared_place: array<u32, ${this.threads}>;`] : []),
    ];
  }
}

const extent = (value: Extent): string => (typeof value === 'number' ? `${value}` : `n${value.argument}`);

const iterations = (loop: readonly Extent[]): number =>
  loop.reduce<number>((total, each) => total * (typeof each === 'number' ? each : 1), 1);

function address(buffer: number, { offset, terms, index }: Address): string {
  const parts = terms.map(({ axis, stride }) => (stride === 1 ? `axis${axis}` : `axis${axis} * ${stride}`));
  const start = offset === 0 ? [] : [extent(offset)];
  return [`base${buffer}`, ...start, ...parts, ...(index === undefined ? [] : [`r${index}`])].join(' + ');
}
