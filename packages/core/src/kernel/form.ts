/**
 * The loop kernel: the one lowered form that every code generator consumes, and the contract with third-party backends.
 *
 * A kernel is a nest of parallel grid axes around a list of stages that run in order at every grid point. A stage runs
 * its body over its own loop axes (none: once), adds to accumulators, and may store. What a stage without loop axes
 * computes, and what accumulators hold after their stage, can be read by later stages. That is enough for element-wise
 * chains (one stage, no loop), reductions with prologue and epilogue (a loop, then an epilogue stage), row kernels such
 * as softmax (reduce, reduce, map) and kernels with several outputs.
 *
 * Axes are numbered: grid axes 0 … grid.length - 1, then the loop axes of the stage at hand.
 * Registers are numbered through the whole kernel, each assigned once. bool and uint8 values are computed in `i32`:
 * a bool is 0 or 1, a uint8 is 0 … 255 (core emits the masking `and`).
 * Core has already simplified indices and shared subexpressions; a printer translates and does nothing else.
 */
import type { Register, Storage } from '../dtype';

/** The version of this form; a kernel's `version` must equal it. */
export const KERNEL_FORM_VERSION = 1;

/** A number known when the kernel is made, or the `argument`-th of its int32 integers given at each run. */
export type Extent = number | { readonly argument: number };

export interface LoopKernel {
  readonly kind: 'loop';
  readonly version: typeof KERNEL_FORM_VERSION;
  /** For people: the operations and the layer scope. */
  readonly name: string;
  /** Equal keys mean interchangeable kernels (names apart). */
  readonly key: string;
  readonly buffers: readonly KernelBuffer[];
  /** Types of the scalar arguments given at each run. `f32` and `f64` travel as numbers, `i32` as integers. */
  readonly scalars: readonly Register[];
  /** How many int32 integer arguments (extents, offsets, bounds) are given at each run. */
  readonly integers: number;
  /** Parallel axes, outermost first; the last one is innermost. Axis 0 may be split between threads. */
  readonly grid: readonly Extent[];
  readonly stages: readonly Stage[];
  /**
   * The axis along which most memory accesses are contiguous, to be vectorized: the innermost grid axis ('grid'), the
   * innermost loop axis of every stage that has one ('loop'), or none.
   */
  readonly vectorAxis: 'grid' | 'loop' | 'none';
}

export interface KernelBuffer {
  readonly storage: Storage;
  /** `update` buffers are read and written, each grid point touching only the elements it writes itself. */
  readonly access: 'read' | 'write' | 'update';
}

export interface Stage {
  /** Sequential axes run at every grid point, outermost first; empty runs the body once. */
  readonly loop: readonly Extent[];
  /** In order; an instruction only reads registers assigned before it. */
  readonly body: readonly Instruction[];
  readonly accumulators: readonly Accumulator[];
  /** Run in order after the body, inside the loop. */
  readonly stores: readonly Store[];
}

/** Every instruction assigns register `to` of the given type. */
export type Instruction =
  | { readonly op: 'constant'; readonly to: number; readonly type: Register; readonly value: number }
  | { readonly op: 'scalar'; readonly to: number; readonly type: Register; readonly index: number }
  /** The index along an axis, or the value of an integer argument; i32. */
  | { readonly op: 'axis'; readonly to: number; readonly type: 'i32'; readonly axis: number }
  | { readonly op: 'integer'; readonly to: number; readonly type: 'i32'; readonly argument: number }
  | LoadInstruction
  | ScalarInstruction;

/** Reads one element and converts its storage to the register type without changing the value. */
export interface LoadInstruction {
  readonly op: 'load';
  readonly to: number;
  readonly type: Register;
  readonly buffer: number;
  readonly address: Address;
  /** An i32 register; where it is 0 memory is not touched and the result is 0. */
  readonly guard?: number;
}

export interface ScalarInstruction {
  readonly op: ScalarOp;
  readonly to: number;
  /** Type of the result. */
  readonly type: Register;
  /** Type of the operands (for comparisons and conversions it differs from `type`; `select`'s first operand is i32). */
  readonly from: Register;
  readonly operands: readonly number[];
}

/**
 * Scalar operations. The first group is required of every backend; of the second, core emits only what the backend
 * lists in `caps.scalarOps` and writes the rest with the first.
 *
 * - comparisons give 0 or 1 and are false for NaN, except `ne`
 * - `max` and `min` give NaN when either operand is NaN
 * - `idiv` and `mod` on i32 round towards minus infinity (mod has the divisor's sign); division by 0 gives 0
 * - `shl`, `shr` use the low 5 bits of the count; `shr` keeps the sign
 * - i32 add, sub, mul wrap
 * - `convert`: i32 → float rounds to nearest; float → i32 truncates and saturates, NaN gives 0; f32 ↔ f64
 * - `bitcast` reinterprets f32 ↔ i32; `select` is (i32 condition, when not 0, when 0)
 * - `log2` and `sqrt` of negative numbers are NaN, of 0 are -Infinity and 0
 */
export type RequiredScalarOp =
  | 'add'
  | 'mul'
  | 'max'
  | 'idiv'
  | 'mod'
  | 'lt'
  | 'ne'
  | 'select'
  | 'convert'
  | 'bitcast'
  | 'exp2'
  | 'log2'
  | 'sin'
  | 'sqrt'
  | 'recip'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr';

export type OptionalScalarOp =
  | 'sub'
  | 'div'
  | 'min'
  | 'neg'
  | 'fma'
  | 'le'
  | 'eq'
  | 'abs'
  | 'sign'
  | 'exp'
  | 'log'
  | 'cos'
  | 'tanh'
  | 'erf'
  | 'pow'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'rsqrt';

export type ScalarOp = RequiredScalarOp | OptionalScalarOp;

/** All of the optional operations, for backends that have them all. */
export const OPTIONAL_SCALAR_OPS: readonly OptionalScalarOp[] = [
  'sub',
  'div',
  'min',
  'neg',
  'fma',
  'le',
  'eq',
  'abs',
  'sign',
  'exp',
  'log',
  'cos',
  'tanh',
  'erf',
  'pow',
  'floor',
  'ceil',
  'round',
  'rsqrt',
];

/** An element index: offset + Σ stride · axis + the i32 register `index`, in elements of the buffer. */
export interface Address {
  readonly offset: Extent;
  /** Only axes with a stride other than 0, in axis order. */
  readonly terms: readonly { readonly axis: number; readonly stride: number }[];
  readonly index?: number;
}

export interface Store {
  readonly buffer: number;
  readonly address: Address;
  /** Register whose value is stored; a u8 store keeps the low byte. */
  readonly value: number;
}

/** Combines `value` over the loop of its stage; register `to` holds the result once the loop is over. */
export interface Accumulator {
  /** sum, prod, max, min combine; argmax and argmin give the i32 row-major loop index of the first extreme; NaN wins. */
  readonly kind: 'sum' | 'prod' | 'max' | 'min' | 'argmax' | 'argmin';
  /** Type of `value`; the result has the same type except for argmax and argmin, which give i32. */
  readonly type: Register;
  readonly value: number;
  readonly to: number;
}
