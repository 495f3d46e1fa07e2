/**
 * The WebGPU backend: handles that are checked, kernels that are printed and compiled, programs that are encoded.
 */
import { DeviceError } from '@hadal/core';
import {
  BACKEND_API_VERSION,
  type Backend,
  type Buf,
  type Caps,
  type Dispatch,
  type Exec,
  type LibraryCall,
  type LoopKernel,
  OPTIONAL_SCALAR_OPS,
} from '@hadal/core/backend';
import { Slices } from '@hadal/core/slices';
import { type LibraryTraits, ShaderLibrary } from './library/index';
import { printKernel } from './printer/kernel';
import { ALIGNMENT_BYTES } from './runtime/binding';
import { Encoder } from './runtime/encoder';
import { Faults } from './runtime/faults';
import { GpuKernel } from './runtime/kernel';
import { GpuMemory } from './runtime/memory';
import { Pipelines } from './runtime/pipelines';
import { Staging } from './runtime/staging';
import { Timing } from './runtime/timing';
import type { MakeTuning } from './tuned';

/** Most bindings of a kernel; also where an adapter has more, since sets of bindings are bits of an integer. */
const MOST_BINDINGS = 30;

export interface WebGpuBackendOptions {
  /** Most bytes of memory that tensors may take. */
  readonly memoryLimitBytes: number;
  /** Whether the device was made for this backend, and ends with it. */
  readonly ownsDevice: boolean;
  /** Measures the tiles of products, where rules are not to choose them. */
  readonly makeTuning?: MakeTuning;
}

export class WebGpuBackend implements Backend {
  readonly apiVersion = BACKEND_API_VERSION;
  readonly name = 'webgpu';
  readonly caps: Caps;
  readonly library: ShaderLibrary;
  readonly breathe?: Backend['breathe'];
  readonly timed?: Backend['timed'];
  /** The device that computes, for programs that use WebGPU themselves. */
  readonly device: GPUDevice;
  readonly #ownsDevice: boolean;
  readonly #isSoftware: boolean;
  readonly #memory: GpuMemory;
  readonly #pipelines: Pipelines;
  readonly #encoder: Encoder;
  readonly #staging: Staging;
  readonly #faults: Faults;
  #timing: Timing | undefined;
  readonly #kernels = new Map<string, GpuKernel | Promise<GpuKernel>>();

  constructor(device: GPUDevice, { memoryLimitBytes, ownsDevice, makeTuning }: WebGpuBackendOptions) {
    this.device = device;
    this.#ownsDevice = ownsDevice;
    this.#isSoftware = device.adapterInfo.isFallbackAdapter;
    this.#faults = new Faults(device);
    this.#memory = new GpuMemory(device, memoryLimitBytes);
    this.#pipelines = new Pipelines(device);
    this.#encoder = new Encoder(device, this.#memory, this.#pipelines);
    this.#staging = new Staging(device);
    // The thread of a page must not be kept busy while a graph is planned.
    if (typeof document !== 'undefined') {
      const slices = new Slices();
      this.breathe = () => slices.breathe();
    }
    if (device.features.has('timestamp-query')) this.timed = (dispatch) => this.#time(dispatch);
    const { maxBufferSize, maxStorageBufferBindingSize, maxStorageBuffersPerShaderStage } = device.limits;
    this.caps = {
      storages: ['f32', 'i32'],
      scalarOps: OPTIONAL_SCALAR_OPS,
      maxBindings: Math.min(maxStorageBuffersPerShaderStage, MOST_BINDINGS),
      alignment: ALIGNMENT_BYTES,
      maxBufferBytes: Math.min(maxStorageBufferBindingSize, maxBufferSize),
    };
    const { subgroupMinSize = 1, subgroupMaxSize } = device.adapterInfo;
    const hasOneSize = device.features.has('subgroups') && subgroupMinSize === subgroupMaxSize;
    const traits: LibraryTraits = {
      isSoftware: this.#isSoftware,
      subgroupSize: hasOneSize ? subgroupMinSize : 1,
      maxBindings: this.caps.maxBindings,
    };
    this.library = new ShaderLibrary(traits, makeTuning?.(this, traits));
  }

  /** Bytes in use by buffers. */
  get usedBytes(): number {
    return this.#memory.usedBytes;
  }

  onLost(report: (reason: Error) => void): void {
    this.#faults.onLost(report);
  }

  alloc(bytes: number): Buf {
    this.#faults.requireDevice();
    return this.#memory.alloc(bytes);
  }

  free(buf: Buf): void {
    this.#memory.free(buf);
  }

  write(buf: Buf, at: number, source: Uint8Array): void {
    const { buffer } = this.#memory.own('write', buf, at, source.byteLength);
    this.#faults.requireDevice();
    const { buffer: bytes, byteOffset, byteLength } = source;
    this.device.queue.writeBuffer(buffer, at, bytes, byteOffset, byteLength);
  }

  async read(buf: Buf, at: number, bytes: number): Promise<Uint8Array> {
    const { buffer } = this.#memory.own('read', buf, at, bytes);
    this.#faults.requireDevice();
    if (bytes === 0) {
      await this.sync();
      return new Uint8Array();
    }
    let result: Uint8Array;
    try {
      result = await this.#staging.read(buffer, at, bytes);
    } catch (error) {
      throw await this.#faults.explain(error);
    }
    this.#faults.check();
    return result;
  }

  prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    this.#faults.requireDevice();
    const key = `${kernel.kind}:${kernel.key}`;
    const known = this.#kernels.get(key);
    if (known !== undefined) return known;
    const making = this.#make(kernel).then(
      (made) => {
        this.#kernels.set(key, made);
        return made;
      },
      (error: unknown) => {
        this.#kernels.delete(key);
        throw error;
      },
    );
    this.#kernels.set(key, making);
    return making;
  }

  run(program: readonly Dispatch[]): void {
    this.#faults.requireDevice();
    try {
      for (const dispatch of program) this.#encode(dispatch);
    } catch (error) {
      this.#encoder.discard();
      throw error;
    }
    this.#encoder.submit();
  }

  #encode(dispatch: Dispatch): void {
    if (dispatch.kind === 'copy') {
      this.#encoder.copy(dispatch.from, dispatch.to);
      return;
    }
    const { exec, bindings, integers, scalars } = dispatch;
    if (!(exec instanceof GpuKernel) || exec.owner !== this) {
      throw new DeviceError('webgpu', `${exec.name} was not prepared by this backend.`);
    }
    this.#encoder.dispatch(exec, bindings, integers, scalars);
  }

  async #time(dispatch: Dispatch): Promise<number> {
    this.#faults.requireDevice();
    this.#timing ??= new Timing(this.device, this.#staging);
    const timing = this.#timing;
    let hasRun: boolean;
    try {
      hasRun = this.#encoder.timed(timing.writes, () => this.#encode(dispatch));
    } catch (error) {
      this.#encoder.discard();
      throw error;
    }
    this.#encoder.submit();
    let milliseconds = 0;
    try {
      if (hasRun) milliseconds = await timing.read();
    } catch (error) {
      throw await this.#faults.explain(error);
    }
    this.#faults.check();
    return milliseconds;
  }

  async sync(): Promise<void> {
    this.#faults.requireDevice();
    await this.device.queue.onSubmittedWorkDone();
    this.#faults.check();
  }

  async close(): Promise<void> {
    this.#faults.close();
    this.#encoder.close();
    this.#timing?.close();
    this.#staging.close();
    this.#memory.close();
    this.#kernels.clear();
    if (!this.#ownsDevice) return;
    this.device.destroy();
    await this.device.lost;
  }

  async #make(kernel: LoopKernel | LibraryCall): Promise<GpuKernel> {
    const isLibraryCall = kernel.kind === 'library';
    const shader = isLibraryCall
      ? this.library.shaderOf(kernel)
      : printKernel(kernel, { isSoftware: this.#isSoftware });
    const compiled = await this.#pipelines.compile(shader);
    const { scalars } = isLibraryCall ? kernel.epilogue : kernel;
    return new GpuKernel(shader, scalars, this, this.#pipelines, compiled);
  }
}
