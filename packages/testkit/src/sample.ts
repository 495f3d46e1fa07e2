/**
 * A sample: one use of one operation on inputs of known shapes. The catalogue under `operations/` lists samples of every
 * operation; conformance, gradient checks and mutation tests all run over it.
 */
import { type DType, isFloat, type Tensor } from '@hadal/core';
import { type InputSpec, input, type Values } from './inputs';
import type { ToleranceClass } from './tolerance';

/** 0: no gradient, 1: a gradient, 2: smooth, so that the gradient has a gradient that can be checked. */
export type Derivatives = 0 | 1 | 2;

export interface Sample {
  /** The function a user calls, e.g. `softmax`. */
  readonly operation: string;
  /** What is special about this use, e.g. `of [33, 257] along axis 0`. */
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly compute: (...inputs: Tensor[]) => Tensor | readonly Tensor[];
  readonly tolerance: ToleranceClass;
  readonly derivatives: Derivatives;
  /** Whether to repeat the sample on views (transposed, flipped … inputs). */
  readonly viewed: boolean;
  /** Why `vmap` over the sample is not compared with a loop; undefined where it is. */
  readonly unmapped: string | undefined;
}

export interface SampleOptions {
  readonly tolerance: ToleranceClass;
  readonly derivatives?: Derivatives;
  readonly viewed?: boolean;
  readonly unmapped?: string;
}

/** Makes a sample; without options for it, it has no gradient and is not repeated on views. */
export const sample = (
  operation: string,
  name: string,
  inputs: readonly InputSpec[],
  compute: Sample['compute'],
  { tolerance, derivatives = 0, viewed = false, unmapped }: SampleOptions,
): Sample => ({ operation, name, inputs, compute, tolerance, derivatives, viewed, unmapped });

export const shapeText = (shape: readonly number[]): string => `[${shape.join(', ')}]`;

/** Shapes that break careless code: scalars, nothing, one, odd, and more than a tile. */
const UNARY_SHAPES: readonly (readonly number[])[] = [[], [0], [1], [7], [2, 0, 3], [33, 257]];

export interface UnaryOptions extends SampleOptions {
  readonly values?: Values;
  readonly dtypes?: readonly DType[];
  /** Whether NaN, infinities and zeros have a defined result that all devices share. Default true. */
  readonly special?: boolean;
}

/** dtypes with samples of every shape; the others are computed as one of them, and get a few. */
const isCommon = (dtype: DType): boolean =>
  ['float32', 'float64', 'int32', 'uint8', 'bool'].some((common) => common === dtype);

/** Gradients in half floats are those of float32, rounded. */
export const isDifferentiated = (dtype: DType): boolean => dtype === 'float32' || dtype === 'float64';

/** Samples of an operation with one operand. */
export function unarySamples(
  operation: string,
  compute: (x: Tensor) => Tensor,
  { values, dtypes = ['float32', 'float64'], special = true, ...options }: UnaryOptions,
): Sample[] {
  return dtypes.flatMap((dtype) => {
    const kind = isFloat(dtype) ? values : undefined;
    const make = (name: string, spec: InputSpec, extra: Partial<SampleOptions> = {}): Sample =>
      sample(operation, `of ${name} ${dtype}`, [spec], compute, { tolerance: options.tolerance, ...extra });
    const samples = UNARY_SHAPES.slice(isCommon(dtype) ? 0 : -1).map((shape) =>
      make(shapeText(shape), input(shape, dtype, kind)),
    );
    samples.push(
      make('[3, 5]', input([3, 5], dtype, kind), {
        viewed: true,
        derivatives: isDifferentiated(dtype) ? options.derivatives : 0,
      }),
    );
    if (special && isFloat(dtype)) samples.push(make('special [2, 15]', input([2, 15], dtype, 'special')));
    return samples;
  });
}

/** Pairs of shapes that broadcast in every way there is. */
const BINARY_SHAPES: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[], []],
  [[5], []],
  [[], [2, 3]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [[0, 3], [3]],
  [[1], [0]],
  [[33, 257], [257]],
];

export interface BinaryOptions extends UnaryOptions {
  /** Values of the second operand, where they differ from the first's. */
  readonly second?: Values;
}

/** Samples of an operation with two operands. */
export function binarySamples(
  operation: string,
  compute: (a: Tensor, b: Tensor) => Tensor,
  { values, second, dtypes = ['float32', 'float64', 'int32'], special = true, ...options }: BinaryOptions,
): Sample[] {
  return dtypes.flatMap((dtype) => {
    const [kindA, kindB] = isFloat(dtype) ? [values, second ?? values] : [undefined, undefined];
    const make = (
      name: string,
      a: readonly number[],
      b: readonly number[],
      extra: Partial<SampleOptions> = {},
    ): Sample =>
      sample(operation, `of ${name} ${dtype}`, [input(a, dtype, kindA), input(b, dtype, kindB)], compute, {
        tolerance: options.tolerance,
        ...extra,
      });
    const samples = BINARY_SHAPES.slice(isCommon(dtype) ? 0 : -1).map(([a, b]) =>
      make(`${shapeText(a)} and ${shapeText(b)}`, a, b),
    );
    samples.push(
      make('[3, 5] and [3, 5]', [3, 5], [3, 5], {
        viewed: true,
        derivatives: isDifferentiated(dtype) ? options.derivatives : 0,
      }),
      make('[2, 3, 4] and [3, 1]', [2, 3, 4], [3, 1], {
        derivatives: isDifferentiated(dtype) ? options.derivatives : 0,
      }),
    );
    if (special && isFloat(dtype)) {
      // Every special value meets every other: a column against a row.
      const specs = [input([15, 1], dtype, 'special'), input([15], dtype, 'special')];
      samples.push(
        sample(operation, `of special [15, 1] and [15] ${dtype}`, specs, compute, {
          tolerance: options.tolerance,
        }),
      );
    }
    return samples;
  });
}
