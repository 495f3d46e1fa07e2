/**
 * The graph: immutable nodes that say what a tensor is, before anything is computed.
 *
 * The set of operations is small on purpose. Everything a user calls is written over it, gradients are rules on it,
 * and a backend only ever meets what the scheduler makes of it. `OpAttributes` is the whole list.
 */

import type { DeviceBuffer } from '../device/buffer';
import type { DType, TypedArray } from '../dtype';
import type { CompositeDefinition } from './composite';
import type { ControlAttributes } from './control';
import { currentScope, nextNodeId, nodeObservers } from './state';

/** Element-wise operations with one operand. Results have the operand's dtype unless said otherwise. */
export type UnaryOp =
  | 'neg'
  | 'abs'
  | 'sign'
  | 'recip'
  | 'sqrt'
  | 'rsqrt'
  | 'exp2'
  | 'log2'
  | 'exp'
  | 'log'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'erf'
  | 'floor'
  | 'ceil'
  | 'round'
  | 'not';

/** Element-wise operations with two operands of one dtype and one shape. Comparisons give bool. */
export type BinaryOp =
  | 'add'
  | 'sub'
  | 'mul'
  | 'div'
  | 'pow'
  | 'max'
  | 'min'
  | 'idiv'
  | 'mod'
  | 'lt'
  | 'le'
  | 'eq'
  | 'ne'
  | 'and'
  | 'or'
  | 'xor'
  | 'shl'
  | 'shr';

export type ReduceKind = 'sum' | 'prod' | 'max' | 'min' | 'argmax' | 'argmin';

/** Into what a device may round float32 operands, where that makes it faster; sums and results are float32 still. */
export type RoundedOperands = 'bfloat16';

/** Attributes of every operation, by name. Shapes are row-major, axes are non-negative here. */
export interface OpAttributes extends Record<UnaryOp | BinaryOp, Record<never, never>> {
  // -- leaves
  /** A plain number of shape []. A slot is a run-time argument of the kernel; otherwise it is part of the code. */
  scalar: { readonly value: number; readonly slot: boolean };
  /** Data still on the host, uploaded when first realized. */
  data: { readonly values: TypedArray };
  /** Realized data on a device. */
  buffer: { readonly buffer: DeviceBuffer };
  /** The `index`-th input of a function being compiled. */
  parameter: { readonly index: number };
  /** 0, 1, …, n-1 as int32, shape [n]. */
  iota: Record<never, never>;

  // -- scalar with other signatures
  /** (condition: bool, whenTrue, whenFalse), all of one shape. */
  where: Record<never, never>;
  /** Value conversion: to integers truncates towards zero and saturates (NaN gives 0), to bool is `≠ 0`. */
  cast: { readonly to: DType };
  /** Reinterprets 32-bit elements: float32 ↔ int32. */
  bitcast: { readonly to: DType };

  // -- movement: views that copy nothing by themselves
  reshape: { readonly shape: readonly number[] };
  permute: { readonly order: readonly number[] };
  /** Axes of extent 1 are repeated to `shape`; the rank stays. */
  expand: { readonly shape: readonly number[] };
  flip: { readonly axes: readonly number[] };
  /** Elements start, start + step, … below limit on every axis; step ≥ 1. */
  slice: {
    readonly start: readonly number[];
    readonly limit: readonly number[];
    readonly step: readonly number[];
  };
  /** (value, fill of shape []): lo and hi elements around, `interior` between neighbours, all ≥ 0. */
  pad: {
    readonly lo: readonly number[];
    readonly hi: readonly number[];
    readonly interior: readonly number[];
  };
  /**
   * Sliding windows: axis `axes[i]` of extent n becomes ⌊(n − (size[i] − 1)·dilation[i] − 1) / stride[i]⌋ + 1 positions,
   * and one new axis of extent size[i] is appended at the end, in the order of `axes`.
   */
  window: {
    readonly axes: readonly number[];
    readonly size: readonly number[];
    readonly stride: readonly number[];
    readonly dilation: readonly number[];
  };
  concat: { readonly axis: number };

  // -- reductions: the axes (sorted) disappear; argmax and argmin give int32 row-major indices over the reduced axes,
  //    the first of equals; a NaN wins in max, min, argmax and argmin
  reduce: { readonly kind: ReduceKind; readonly axes: readonly number[] };

  // -- contraction
  /** Result axes: batch, then the left operand's free axes, then the right operand's, each in order. */
  dot: {
    readonly leftBatch: readonly number[];
    readonly rightBatch: readonly number[];
    readonly leftContract: readonly number[];
    readonly rightContract: readonly number[];
    readonly operands?: RoundedOperands;
  };
  /**
   * (input [N, …spatial, C], kernel [...spatial, C / groups, O]) → [N, …spatial, O]; cross-correlation.
   * Padding may be negative (cropping). Group i of the channels meets group i of the filters.
   */
  conv: {
    readonly stride: readonly number[];
    readonly padding: readonly (readonly [lo: number, hi: number])[];
    readonly inputDilation: readonly number[];
    readonly kernelDilation: readonly number[];
    readonly groups: number;
    readonly operands?: RoundedOperands;
    /** The same value over simpler nodes; `conv` of the builders sets it. */
    readonly decompose?: (node: NodeOf<'conv'>) => Node;
  };

  // -- indexed: int32 indices of any shape replace one axis; gather clamps, scatter drops what is outside
  /** (operand, indices) → operand.shape with `axis` replaced by the axes of indices. */
  gather: { readonly axis: number };
  /** (operand, indices, updates shaped as gather's result) → operand, duplicates adding up in index order. */
  scatterAdd: {
    readonly axis: number;
    /** The same value over simpler nodes; `scatterAdd` of the builders sets it. */
    readonly decompose?: (node: NodeOf<'scatterAdd'>) => Node;
  };

  // -- composites and identities
  /** An operation with a `decompose`, a gradient of its own, and possibly a library kernel. */
  composite: { readonly definition: CompositeDefinition; readonly attributes: CompositeAttributes };
  /** A computation over graphs of its own; `result` nodes name its values, it has none itself. */
  control: ControlAttributes;
  /** (control): one of its results. */
  result: { readonly index: number };
  /**
   * The same value: `tracer` marks what is differentiated, `detach` stops gradients, `contiguous` asks for a buffer.
   * `barrier` (value, dependency) is not merged with the value, and not computed before the dependency.
   */
  identity: { readonly kind: 'tracer' | 'detach' | 'contiguous' | 'barrier' };
}

/** Attributes of a composite: plain data, so that equal composites can be told by comparing JSON. */
export type CompositeAttributes = Readonly<Record<string, number | boolean | string | readonly number[]>>;

export type Op = keyof OpAttributes;

/** One value of the graph. A discriminated union over `op`, so that a switch narrows `attributes`. */
export type Node = { [O in Op]: NodeOf<O> }[Op];

export interface NodeOf<O extends Op> {
  readonly op: O;
  readonly id: number;
  readonly attributes: OpAttributes[O];
  /** Emptied once the node is realized, so that what led to it can be collected. */
  inputs: readonly Node[];
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** Where the node was built, for names of kernels and errors. */
  readonly scope: string;
  /** The realized value, once there is one. */
  realized: DeviceBuffer | undefined;
  /** The leaves that a realized value was computed from, by number, where a gradient would have passed to them. */
  origins: ReadonlySet<number> | undefined;
  /** The last walk over a graph that met the node, and its position in what that walk found. */
  walk: number;
  place: number;
}

/**
 * Calls `observe` with every node made from here on. Debug mode remembers who built what, a memory scope what to return.
 *
 * @returns ends it
 */
export function observeNodes(observe: (node: Pick<Node, 'realized'>) => void): () => void {
  nodeObservers.add(observe);
  return () => nodeObservers.delete(observe);
}

/** Makes a node without checking it; the builders in `graph/build.ts` check. */
export function makeNode<O extends Op>(
  op: O,
  inputs: readonly Node[],
  attributes: OpAttributes[O],
  shape: readonly number[],
  dtype: DType,
): NodeOf<O> {
  const node = {
    op,
    id: nextNodeId(),
    attributes,
    inputs,
    shape,
    dtype,
    scope: currentScope(),
    realized: undefined,
    origins: undefined,
    walk: 0,
    place: 0,
  };
  for (const observe of nodeObservers) observe(node);
  return node;
}

/** The same operation on other inputs of the same shapes and dtypes. */
export function withInputs(node: Node, inputs: readonly Node[]): Node {
  const copy = { ...node, id: nextNodeId(), inputs, realized: undefined, origins: undefined };
  for (const observe of nodeObservers) observe(copy);
  return copy;
}
