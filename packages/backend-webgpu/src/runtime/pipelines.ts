/**
 * Compiled shaders. A pipeline belongs to a shader and to the set of its bindings that are declared as read only, which
 * is empty but where ranges that a dispatch reads overlap.
 */
import { DeviceError } from '@hadal/core';
import type { Shader } from '../shader';
import { COMPUTE_STAGE } from './flags';

/** Bits of the bindings that are declared `read`. */
export type ReadOnly = number;

const DECLARATION = /@binding\((\d+)\)\s+var<storage, read_write>/g;

/** The code with the bindings of `readOnly` declared so. */
function declared(code: string, readOnly: ReadOnly): string {
  if (readOnly === 0) return code;
  return code.replace(DECLARATION, (declaration, number: string) =>
    (readOnly >> (Number(number) - 1)) & 1 ? declaration.replace('read_write', 'read') : declaration,
  );
}

const isRead = (readOnly: ReadOnly, index: number): boolean => ((readOnly >> index) & 1) === 1;

interface Layouts {
  readonly group: GPUBindGroupLayout;
  readonly all: GPUPipelineLayout;
}

export class Pipelines {
  readonly #device: GPUDevice;
  /** By the number of bindings, and by which of them are read only. */
  readonly #layouts = new Map<number, Map<ReadOnly, Layouts>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The layout of the bind group of shaders with so many bindings. */
  groupLayout(count: number, readOnly: ReadOnly): GPUBindGroupLayout {
    return this.#layout(count, readOnly).group;
  }

  /**
   * One pipeline per pass, without keeping the thread.
   *
   * @throws {DeviceError} when the driver refuses the shader
   */
  async compile(shader: Shader): Promise<readonly GPUComputePipeline[]> {
    try {
      return await Promise.all(
        this.#descriptors(shader, 0).map((each) => this.#device.createComputePipelineAsync(each)),
      );
    } catch (error) {
      throw new DeviceError('webgpu', `"${shader.name}" does not compile: ${messageOf(error)}`);
    }
  }

  /** The same at once, for declarations that only a dispatch asks for. What fails is heard of as a fault of the device. */
  compileNow(shader: Shader, readOnly: ReadOnly): readonly GPUComputePipeline[] {
    return this.#descriptors(shader, readOnly).map((each) => this.#device.createComputePipeline(each));
  }

  #descriptors(shader: Shader, readOnly: ReadOnly): GPUComputePipelineDescriptor[] {
    const { name: label } = shader;
    const module = this.#device.createShaderModule({ label, code: declared(shader.code, readOnly) });
    const layout = this.#layout(shader.access.length, readOnly).all;
    return shader.passes.map(({ entryPoint }) => ({ label, layout, compute: { module, entryPoint } }));
  }

  #layout(count: number, readOnly: ReadOnly): Layouts {
    const ofCount = this.#layouts.get(count) ?? new Map<ReadOnly, Layouts>();
    const known = ofCount.get(readOnly);
    if (known !== undefined) return known;
    const visibility = COMPUTE_STAGE;
    const storages = Array.from({ length: count }, (_, index): GPUBindGroupLayoutEntry => {
      const type = isRead(readOnly, index) ? 'read-only-storage' : 'storage';
      return { binding: 1 + index, visibility, buffer: { type } };
    });
    const group = this.#device.createBindGroupLayout({
      entries: [{ binding: 0, visibility, buffer: { type: 'uniform', hasDynamicOffset: true } }, ...storages],
    });
    const made = { group, all: this.#device.createPipelineLayout({ bindGroupLayouts: [group] }) };
    this.#layouts.set(count, ofCount.set(readOnly, made));
    return made;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message.trim() : String(error));
