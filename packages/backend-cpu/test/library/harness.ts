/** Runs library calls on a bare memory, with every operand placed where reading past its end would trap. */
import { setFlagsFromString } from 'node:v8';
import type { Epilogue, LibraryRequest, OperandView } from '@hadal/core/backend';
import { makeNode, type Node } from '@hadal/core/graph';
import { CpuLibrary, loadRareCalls } from '../../src/library/index';
import { Modules } from '../../src/memory/modules';
import { hasRelaxedSimd, MAXIMUM_PAGES } from '../../src/wasm/index';
import { loadAllOperations } from '../support/load';

// Relaxed SIMD is behind a flag in Node 20; both ways of multiplying and adding are tested.
setFlagsFromString('--experimental-wasm-relaxed-simd');
// A backend waits for these before the first call; here calls are matched and run at once.
await Promise.all([loadAllOperations(), loadRareCalls()]);

const PAGE = 65536;

/** Data with a view into it. */
export interface Operand {
  readonly data: Float32Array | Int32Array;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

export interface RunOptions {
  readonly epilogue?: Epilogue;
  /** In the order of the epilogue's side inputs. */
  readonly sides?: readonly (Float32Array | Int32Array | Uint8Array)[];
  readonly scalars?: readonly number[];
  readonly outputStrides?: readonly number[];
  /** The binding that ends where memory ends. */
  readonly atEnd?: number;
  readonly relaxed?: boolean;
  /** Lets an output lie where a side input lies. */
  readonly sharing?: { readonly output: number; readonly side: number };
}

/** An epilogue that stores the value as it is. */
export const NO_EPILOGUE: Epilogue = {
  sideInputs: [],
  scalars: [],
  body: [],
  outputs: [{ register: 0, storage: 'f32' }],
};

/** The same for a value in int32. */
export const I32_EPILOGUE: Epilogue = { ...NO_EPILOGUE, outputs: [{ register: 0, storage: 'i32' }] };

export const rowMajor = (shape: readonly number[]): number[] => {
  const strides = shape.map(() => 1);
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = (strides[i + 1] ?? 1) * (shape[i + 1] ?? 1);
  return strides;
};

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Numbers in [-1, 1) from a seed. */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A contiguous operand of random numbers. */
export function randomOperand(shape: readonly number[], next: () => number): Operand {
  return {
    data: Float32Array.from({ length: sizeOf(shape) }, next),
    shape,
    strides: rowMajor(shape),
    offset: 0,
  };
}

/** Element of an operand at an index. */
export const at = ({ data, strides, offset }: Operand, index: readonly number[]): number =>
  data[strides.reduce((sum, stride, i) => sum + stride * (index[i] ?? 0), offset)] ?? Number.NaN;

export const leaf = (shape: readonly number[], dtype: 'float32' | 'int32' = 'float32'): Node =>
  makeNode('iota', [], {}, shape, dtype);

const viewOf = ({ data, shape, strides, offset }: Operand): OperandView =>
  data instanceof Float32Array
    ? { shape, strides, offset, dtype: 'float32', storage: 'f32' }
    : { shape, strides, offset, dtype: 'int32', storage: 'i32' };

const bytesOf = { f32: 4, f64: 8, i32: 4, u8: 1 } as const;

/**
 * Runs a call and returns its outputs as bytes, or undefined when the library does not match.
 */
export function runLibrary(
  node: LibraryRequest['node'],
  operands: readonly Operand[],
  options: RunOptions = {},
): Uint8Array[] | undefined {
  const epilogue = options.epilogue ?? NO_EPILOGUE;
  const sources = [...operands.map(({ data }) => data), ...(options.sides ?? [])].map(
    ({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength),
  );
  const outputBytes = epilogue.outputs.map(({ storage }) => sizeOf(node.shape) * bytesOf[storage]);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES });
  const relaxed = options.relaxed ?? hasRelaxedSimd();
  const library = new CpuLibrary({ modules: new Modules(memory), relaxed });
  const match = library.match({ node, operands: operands.map(viewOf), alone: false });
  if (match === undefined) return undefined;
  const call = match.call(epilogue, options.outputStrides);

  const sizes = [...sources.map(({ byteLength }) => byteLength), ...outputBytes, call.workspaceBytes];
  const addresses: number[] = [];
  let used = 16;
  for (const [i, size] of sizes.entries()) {
    if (i === options.atEnd) addresses.push(-1);
    else {
      addresses.push(used);
      used += Math.ceil(size / 16) * 16;
    }
  }
  const total = used + (sizes[options.atEnd ?? -1] ?? 0);
  memory.grow(Math.ceil(total / PAGE));
  const end = memory.buffer.byteLength;
  for (const [i, address] of addresses.entries()) if (address < 0) addresses[i] = end - (sizes[i] ?? 0);
  if (options.sharing !== undefined) {
    addresses[sources.length + options.sharing.output] =
      addresses[operands.length + options.sharing.side] ?? 0;
  }
  const bytes = new Uint8Array(memory.buffer);
  // NaN patterns, so that reading what nobody wrote shows.
  bytes.fill(0xff);
  for (const [i, source] of sources.entries()) bytes.set(source, addresses[i] ?? 0);
  library.prepare(call).run(addresses, options.scalars ?? [], call.integers);
  return outputBytes.map((size, i) => {
    const from = addresses[sources.length + i] ?? 0;
    return bytes.slice(from, from + size);
  });
}

/** The first output as float32 values. */
export function runFloat(
  node: LibraryRequest['node'],
  operands: readonly Operand[],
  options: RunOptions = {},
): Float32Array {
  const [first] = runLibrary(node, operands, options) ?? [];
  if (first === undefined) throw new Error('the library did not match');
  return new Float32Array(first.buffer);
}

/** Largest difference, relative to the scale of the expected values. */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let scale = 1;
  for (let i = 0; i < expected.length; i++) scale = Math.max(scale, Math.abs(expected[i] ?? 0));
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const error = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? 0)) / scale;
    if (!(error <= worst)) worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}

/** The key of the call that the library makes. */
export function keyOf(
  node: LibraryRequest['node'],
  operands: readonly Operand[],
  epilogue: Epilogue,
): string | undefined {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: MAXIMUM_PAGES });
  const library = new CpuLibrary({ modules: new Modules(memory), relaxed: false });
  return library.match({ node, operands: operands.map(viewOf), alone: false })?.call(epilogue).key;
}
