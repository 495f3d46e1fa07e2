/**
 * One command buffer and one compute pass for a program. The arguments of its dispatches are written to one uniform buffer
 * together, before the commands; a program with more arguments than fit is submitted in parts.
 */
import type { Binding, Register } from '@hadal/core/backend';
import { folded, type Shader } from '../shader';
import { ALIGNMENT_BYTES, type Place, resolve, type Spare } from './binding';
import { BUFFER } from './flags';
import { type Bound, GpuKernel, type Range } from './kernel';
import { GpuBuf, type GpuMemory } from './memory';
import type { Pipelines } from './pipelines';

/** Arguments of about four thousand dispatches. */
const ARGUMENT_BYTES = 2 ** 20;
/** Bind groups that are kept; when there are more, buffers have come and gone, and all are made anew. */
const MOST_BOUND = 8192;
const EMPTY_PLACES = 64;
const COPY_THREADS = 256;

/** Copies as many words as its argument says, between two bindings. */
const copyShader: Shader = {
  name: 'copy',
  code: `@group(0) @binding(0) var<uniform> args: array<vec4<u32>, 1>;
@group(0) @binding(1) var<storage, read_write> source: array<u32>;
@group(0) @binding(2) var<storage, read_write> goal: array<u32>;
@compute @workgroup_size(${COPY_THREADS})
fn copy_between(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * ${COPY_THREADS}u + thread;
  if (index < args[0].z) {
    goal[args[0].y + index] = source[args[0].x + index];
  }
}`,
  passes: [
    { entryPoint: 'copy_between', workgroups: ([words = 0]) => folded(Math.ceil(words / COPY_THREADS)) },
  ],
  access: ['read', 'write'],
};

/** The same within one buffer, of which one range holds both: from and to follow the count. */
const moveShader: Shader = {
  name: 'copy within a buffer',
  code: `@group(0) @binding(0) var<uniform> args: array<vec4<u32>, 1>;
@group(0) @binding(1) var<storage, read_write> both: array<u32>;
@compute @workgroup_size(${COPY_THREADS})
fn copy_within(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(num_workgroups) groups: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * ${COPY_THREADS}u + thread;
  if (index < args[0].y) {
    both[args[0].x + args[0].w + index] = both[args[0].x + args[0].z + index];
  }
}`,
  passes: [
    { entryPoint: 'copy_within', workgroups: ([words = 0]) => folded(Math.ceil(words / COPY_THREADS)) },
  ],
  access: ['write'],
};

/** What bind groups of a number of bindings are made from; the first entry is that of the arguments. */
interface Draft {
  readonly arguments: { readonly buffer: GPUBuffer; size: number };
  readonly places: readonly Place[];
  readonly entries: readonly GPUBindGroupEntry[];
}

export class Encoder {
  readonly #device: GPUDevice;
  readonly #memory: GpuMemory;
  readonly #pipelines: Pipelines;
  readonly #arguments: GPUBuffer;
  readonly #words = new Uint32Array(ARGUMENT_BYTES / 4);
  readonly #floats = new Float32Array(this.#words.buffer);
  readonly #offsets = new Uint32Array(1);
  readonly #alignment: number;
  /** Most bytes of a binding. Asking a device for its limits makes an object each time. */
  readonly #mostBytes: number;
  readonly #spare: Spare;
  /** By the number of bindings. */
  readonly #drafts: Draft[] = [];
  readonly #copies: { readonly between: GpuKernel; readonly within: GpuKernel };
  readonly #kernels = new Set<GpuKernel>();
  #scratch: GpuBuf | undefined;
  #boundCount = 0;
  #usedBytes = 0;
  #commands: GPUCommandEncoder | undefined;
  #pass: GPUComputePassEncoder | undefined;
  #timestamps: GPUComputePassTimestampWrites | undefined;
  #pipeline: GPUComputePipeline | undefined;

  constructor(device: GPUDevice, memory: GpuMemory, pipelines: Pipelines) {
    this.#device = device;
    this.#memory = memory;
    this.#pipelines = pipelines;
    const { minUniformBufferOffsetAlignment, maxStorageBufferBindingSize } = device.limits;
    this.#alignment = minUniformBufferOffsetAlignment;
    this.#mostBytes = maxStorageBufferBindingSize;
    this.#arguments = device.createBuffer({
      label: 'arguments',
      size: ARGUMENT_BYTES,
      usage: BUFFER.uniform | BUFFER.copyTarget,
    });
    const empty = device.createBuffer({
      label: 'empty ranges',
      size: EMPTY_PLACES * ALIGNMENT_BYTES,
      usage: BUFFER.storage,
    });
    this.#spare = { empty, scratch: (bytes) => this.#scratchOf(bytes) };
    const kernelOf = (shader: Shader): GpuKernel =>
      new GpuKernel(shader, [], this, pipelines, pipelines.compileNow(shader, 0));
    this.#copies = { between: kernelOf(copyShader), within: kernelOf(moveShader) };
  }

  dispatch(
    kernel: GpuKernel,
    bindings: readonly Binding[],
    integers: readonly number[],
    scalars: readonly number[],
  ): void {
    const bound = this.#bound(kernel, bindings, integers.length + scalars.length);
    for (const { from, to } of bound.copies) this.copy(from, to);
    const words = bindings.length + integers.length + scalars.length + 1;
    const at = this.#place(words);
    let word = at >> 2;
    for (let i = 0; i < bindings.length; i++) {
      this.#words[word++] = ((bindings[i]?.offset ?? 0) % ALIGNMENT_BYTES) / 4;
    }
    word = this.#pushIntegers(word, integers);
    word = this.#pushScalars(word, scalars, kernel.scalars);
    this.#words[word] = 0;
    this.#encode(kernel.shader, bound, at, integers);
  }

  /** Copies between ranges at any multiple of four bytes, which do not overlap. */
  copy(from: Binding, to: Binding): void {
    const { bytes } = from;
    if (bytes === 0) return;
    if (from.buf !== to.buf) {
      this.dispatch(this.#copies.between, [from, to], [bytes / 4], []);
      return;
    }
    const start = Math.min(from.offset, to.offset);
    const both = { buf: from.buf, offset: start, bytes: Math.max(from.offset, to.offset) + bytes - start };
    const integers = [bytes / 4, (from.offset - start) / 4, (to.offset - start) / 4];
    this.dispatch(this.#copies.within, [both], integers, []);
  }

  /**
   * Puts what `encode` dispatches into a pass of its own, which writes when it begins and ends.
   *
   * @returns whether it dispatched anything
   */
  timed(timestampWrites: GPUComputePassTimestampWrites, encode: () => void): boolean {
    this.#endPass();
    this.#timestamps = timestampWrites;
    try {
      encode();
    } finally {
      this.#timestamps = undefined;
    }
    return this.#endPass();
  }

  /** Sends everything to the GPU. */
  submit(): void {
    if (this.#commands === undefined) return;
    this.#endPass();
    const { queue } = this.#device;
    queue.writeBuffer(this.#arguments, 0, this.#words, 0, this.#usedBytes / 4);
    queue.submit([this.#commands.finish()]);
    this.discard();
  }

  /** Forgets what was not submitted. */
  discard(): void {
    this.#commands = undefined;
    this.#pass = undefined;
    this.#pipeline = undefined;
    this.#usedBytes = 0;
  }

  close(): void {
    this.discard();
    this.#forget();
    this.#arguments.destroy();
    this.#spare.empty.destroy();
    this.#scratch?.buffer.destroy();
  }

  #encode(shader: Shader, { pipelines, group }: Bound, at: number, integers: readonly number[]): void {
    this.#offsets[0] = at;
    let isGroupSet = false;
    for (let i = 0; i < pipelines.length; i++) {
      const counts = shader.passes[i]?.workgroups(integers);
      const pipeline = pipelines[i];
      if (counts === undefined || pipeline === undefined) continue;
      const x = counts[0];
      const y = counts[1];
      const z = counts[2];
      if (x === 0 || y === 0 || z === 0) continue;
      const pass = this.#open();
      if (this.#pipeline !== pipeline) {
        pass.setPipeline(pipeline);
        this.#pipeline = pipeline;
      }
      if (!isGroupSet) pass.setBindGroup(0, group, this.#offsets, 0, 1);
      isGroupSet = true;
      pass.dispatchWorkgroups(x, y, z);
    }
  }

  #open(): GPUComputePassEncoder {
    if (this.#pass !== undefined) return this.#pass;
    this.#commands ??= this.#device.createCommandEncoder({ label: 'program' });
    const timestampWrites = this.#timestamps;
    this.#pass = this.#commands.beginComputePass(timestampWrites && { timestampWrites });
    return this.#pass;
  }

  /** Whether there was a pass to end. */
  #endPass(): boolean {
    if (this.#pass === undefined) return false;
    this.#pass.end();
    this.#pass = undefined;
    this.#pipeline = undefined;
    return true;
  }

  /** Where the arguments of the next dispatch begin, in bytes. */
  #place(words: number): number {
    const bytes = this.#argumentBytes(words);
    if (this.#usedBytes + bytes > ARGUMENT_BYTES) this.submit();
    const at = this.#usedBytes;
    this.#usedBytes += bytes;
    return at;
  }

  /** Arguments begin where a uniform may, and take all up to the next such place. */
  #argumentBytes(words: number): number {
    return Math.max(1, Math.ceil((words * 4) / this.#alignment)) * this.#alignment;
  }

  #pushIntegers(word: number, integers: readonly number[]): number {
    for (let i = 0; i < integers.length; i++) this.#words[word++] = integers[i] ?? 0;
    return word;
  }

  #pushScalars(word: number, scalars: readonly number[], types: readonly Register[]): number {
    for (let i = 0; i < scalars.length; i++) {
      if (types[i] === 'i32') this.#words[word++] = scalars[i] ?? 0;
      else this.#floats[word++] = scalars[i] ?? 0;
    }
    return word;
  }

  /** The bind group of these ranges, from the cache where possible: what is found there was checked when it was made. */
  #bound(kernel: GpuKernel, bindings: readonly Binding[], otherWords: number): Bound {
    let hash = bindings.length;
    for (let i = 0; i < bindings.length; i++) {
      const binding = bindings[i];
      if (!(binding?.buf instanceof GpuBuf)) continue;
      hash = (Math.imul(hash, 31) + binding.buf.id) | 0;
      hash = (Math.imul(hash, 31) + binding.offset) | 0;
      hash = (Math.imul(hash, 31) + binding.bytes) | 0;
    }
    const known = kernel.bound.get(hash);
    if (known !== undefined && isOf(known, bindings)) return known;
    if (this.#boundCount >= MOST_BOUND) this.#forget();
    const ranges: Range[] = [];
    for (let i = 0; i < bindings.length; i++) {
      const binding = bindings[i];
      if (binding === undefined) continue;
      const { buf, offset, bytes } = binding;
      ranges.push({ buf: this.#memory.own('run', buf, offset, bytes), offset, bytes });
    }
    const made = this.#bind(kernel, ranges, otherWords);
    kernel.bound.set(hash, made);
    this.#kernels.add(kernel);
    this.#boundCount++;
    return made;
  }

  #bind(kernel: GpuKernel, ranges: readonly Range[], otherWords: number): Bound {
    const draft = this.#draft(ranges.length);
    const { places, entries } = draft;
    const { readOnly, copies } = resolve(kernel, ranges, places, this.#mostBytes, this.#spare);
    draft.arguments.size = this.#argumentBytes(ranges.length + otherWords + 1);
    const layout = this.#pipelines.groupLayout(ranges.length, readOnly);
    const group = this.#device.createBindGroup({ label: kernel.name, layout, entries });
    return { pipelines: kernel.variant(readOnly), group, copies, ranges };
  }

  #draft(count: number): Draft {
    const known = this.#drafts[count];
    if (known !== undefined) return known;
    const argumentsOf = { buffer: this.#arguments, size: 0 };
    const places = Array.from({ length: count }, () => ({ buffer: this.#spare.empty, offset: 0, size: 0 }));
    const entries = [argumentsOf, ...places].map((resource, binding) => ({ binding, resource }));
    const made = { arguments: argumentsOf, places, entries };
    this.#drafts[count] = made;
    return made;
  }

  #scratchOf(bytes: number): GpuBuf {
    if (this.#scratch !== undefined && this.#scratch.bytes >= bytes) return this.#scratch;
    // Commands that are not submitted yet may still use the smaller one, and bind groups of it must not be found again.
    this.#forget();
    const size = Math.max(bytes, 2 * (this.#scratch?.bytes ?? 0));
    const buffer = this.#device.createBuffer({ label: 'scratch', size, usage: BUFFER.storage });
    this.#scratch = new GpuBuf(size, buffer, this.#memory, (this.#scratch?.id ?? 0) - 1);
    return this.#scratch;
  }

  #forget(): void {
    for (const kernel of this.#kernels) kernel.bound.clear();
    this.#kernels.clear();
    this.#boundCount = 0;
  }
}

function isOf({ ranges }: Bound, bindings: readonly Binding[]): boolean {
  if (ranges.length !== bindings.length) return false;
  for (let i = 0; i < bindings.length; i++) {
    const range = ranges[i];
    const binding = bindings[i];
    if (range === undefined || binding === undefined || range.buf.isFree) return false;
    if (range.buf !== binding.buf || range.offset !== binding.offset || range.bytes !== binding.bytes)
      return false;
  }
  return true;
}
