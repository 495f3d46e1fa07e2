/** Single operations: products, convolutions, what goes over rows, and small additions one by one. */
import type { EagerProblem, GemmProblem, Problem, RowsProblem } from '../../peers/protocol.mjs';
import { block, probesOf, sizeOf, symmetric, uniforms } from './random';

/** Inputs that are taken in turn. Where they are large, two are enough to be different each time. */
const manyInputs = 4;
const fewInputs = 2;

/** Cuts the bits that a bfloat16 does not have, so that converting is exact. */
function withoutLowBits(data: Float32Array): void {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  for (let i = 0; i < bits.length; i++) bits[i] = bits[i]! & 0xffff0000;
}

/** The product of two square matrices of values in [-1, 1). */
export function gemmProblem(size: number, dtype: GemmProblem['dtype'] = 'float32'): Problem {
  const next = uniforms(1);
  const probes = probesOf(size * size, next);
  const blocks = Array.from({ length: manyInputs + 1 }, () => symmetric([size, size], next));
  if (dtype === 'bfloat16') for (const { data } of blocks) withoutLowBits(data);
  return { spec: { kind: 'gemm', size, dtype, inputs: manyInputs, probes }, blocks };
}

export interface ConvExtents {
  readonly batch: number;
  /** Height and width of the images. */
  readonly extent: number;
  readonly channels: number;
  readonly filters: number;
  readonly kernel: number;
}

export function convProblem(
  { batch, extent, channels, filters, kernel }: ConvExtents,
  backward: boolean,
): Problem {
  const next = uniforms(4);
  const images = [batch, extent, extent, channels];
  const weights = [kernel, kernel, channels, filters];
  const result = [batch, extent, extent, filters];
  const probes = [result, ...(backward ? [images, weights] : [])].map((shape) =>
    probesOf(sizeOf(shape), next, 64),
  );
  const blocks = [
    ...Array.from({ length: manyInputs }, () => symmetric(images, next)),
    symmetric(weights, next, 1 / Math.sqrt(kernel * kernel * channels)),
    ...(backward ? [symmetric(result, next)] : []),
  ];
  return { spec: { kind: 'conv', backward, inputs: manyInputs, probes }, blocks };
}

export function rowsProblem(operation: RowsProblem['operation'], rows: number, columns: number): Problem {
  const next = uniforms(5);
  const size = operation === 'sum' ? 1 : rows * columns;
  const probes = probesOf(size, next, operation === 'sum' ? 1 : 256);
  // A sum of values around 0 would have no digit in common with its reference.
  const value = operation === 'sum' ? next : () => next() * 6 - 3;
  const blocks = Array.from({ length: fewInputs }, () => block([rows, columns], value));
  return { spec: { kind: 'rows', operation, inputs: fewInputs, probes }, blocks };
}

export function eagerProblem(spec: Omit<EagerProblem, 'kind'>, shape: readonly number[] = [8, 8]): Problem {
  const next = uniforms(3);
  const blocks = Array.from({ length: manyInputs + 1 }, () => symmetric(shape, next));
  return { spec: { kind: 'eager', ...spec }, blocks };
}
