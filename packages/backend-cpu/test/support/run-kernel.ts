/** Runs one loop kernel twice: as WebAssembly that this package emits, and in core's JavaScript executor. */
import { bytesPerStorage, executable, type LoopKernel, storageArray } from '@hadal/core/backend';
import { doubleFunctions, ENTRY, emitKernel } from '../../src/emit/index';
import { loadAllOperations } from './load';

await loadAllOperations();

export interface KernelRun {
  readonly kernel: LoopKernel;
  /** Initial contents of each buffer. */
  readonly memory: readonly (Float32Array | Float64Array | Int32Array | Uint8Array)[];
  readonly scalars: readonly number[];
  readonly integers: readonly number[];
}

const FIRST_BYTE = 65536;
/** Not a multiple of 16: ranges may start at any multiple of four bytes. */
const GAP_BYTES = 20;

const resolve = (extent: LoopKernel['grid'][number] | undefined, integers: readonly number[]): number =>
  extent === undefined ? 1 : typeof extent === 'number' ? extent : (integers[extent.argument] ?? 0);

/** Contents of all buffers afterwards, computed by WebAssembly; axis 0 in the given pieces (fractions of its extent). */
export function runEmitted(
  { kernel, memory, scalars, integers }: KernelRun,
  relaxed: boolean,
  splits: readonly number[] = [],
): Uint8Array[] {
  const addresses: number[] = [];
  let next = FIRST_BYTE;
  for (const array of memory) {
    addresses.push(next);
    next += Math.ceil(array.byteLength / 4) * 4 + GAP_BYTES;
  }
  const argumentsAt = next;
  const words = addresses.length + 2 * scalars.length + integers.length;
  const pages = Math.ceil((argumentsAt + words * 4 + 64) / 65536);
  const wasm = new WebAssembly.Memory({ initial: pages, maximum: 65536 });
  memory.forEach((array, index) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    new Uint8Array(wasm.buffer).set(bytes, addresses[index] ?? 0);
  });
  const view = new DataView(wasm.buffer);
  let at = argumentsAt;
  for (const address of addresses) {
    view.setInt32(at, address, true);
    at += 4;
  }
  scalars.forEach((value, index) => {
    const type = kernel.scalars[index];
    if (type === 'f32') view.setFloat32(at, value, true);
    else if (type === 'f64') view.setFloat64(at, value, true);
    else view.setInt32(at, value, true);
    at += type === 'f64' ? 8 : 4;
  });
  for (const value of integers) {
    view.setInt32(at, value, true);
    at += 4;
  }
  const module = new WebAssembly.Module(emitKernel(kernel, { relaxed }));
  const env = { memory: wasm, ...doubleFunctions() };
  const run = new WebAssembly.Instance(module, { env }).exports[ENTRY];
  if (typeof run !== 'function') throw new Error('no function was exported');
  const extent = resolve(kernel.grid[0], integers);
  const bounds = [0, ...splits.map((fraction) => Math.floor(fraction * extent)), extent];
  for (let piece = 0; piece + 1 < bounds.length; piece++) run(bounds[piece], bounds[piece + 1], argumentsAt);
  return memory.map((array, index) => {
    const start = addresses[index] ?? 0;
    return new Uint8Array(wasm.buffer, start, array.byteLength).slice();
  });
}

/** Contents of all buffers afterwards, computed by core. */
export function runReference({ kernel, memory, scalars, integers }: KernelRun): Uint8Array[] {
  const copies = memory.map((array) =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).slice(),
  );
  const arrays = copies.map((bytes, index) => storageArray(kernel.buffers[index]?.storage ?? 'u8', bytes));
  executable(kernel).run(arrays, scalars, integers);
  return copies;
}

/** The numbers in a buffer of the kernel. */
export function numbersIn(kernel: LoopKernel, buffer: number, bytes: Uint8Array): number[] {
  const storage = kernel.buffers[buffer]?.storage ?? 'u8';
  const length = Math.floor(bytes.byteLength / bytesPerStorage(storage));
  return Array.from(storageArray(storage, bytes)).slice(0, length);
}
