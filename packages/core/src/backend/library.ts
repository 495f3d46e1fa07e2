/**
 * Library kernels: how a backend takes a whole operation (a matrix product, a convolution, a composite) together with
 * the element-wise work that follows it. What may be fused is declared as limits, so that the scheduler decides the
 * same way for every backend; the epilogue itself is data, a straight-line scalar program.
 */
import type { DType, Register, Storage } from '../dtype';
import type { NodeOf } from '../graph/node';
import type { ScalarInstruction } from '../kernel/form';

/** Operations that a library may match. */
export type LibraryNode =
  | NodeOf<'dot'>
  | NodeOf<'conv'>
  | NodeOf<'gather'>
  | NodeOf<'scatterAdd'>
  | NodeOf<'composite'>;

/**
 * An operand as it lies in memory. Element [i, j, …] of the operand is element offset + i·strides[0] + j·strides[1] + …
 * of the bound buffer; strides may be 0 or negative.
 */
export interface OperandView {
  readonly shape: readonly number[];
  readonly offset: number;
  readonly strides: readonly number[];
  readonly dtype: DType;
  readonly storage: Storage;
}

/** What the scheduler offers for matching. */
export interface LibraryRequest {
  readonly node: LibraryNode;
  /** One per input of the node. */
  readonly operands: readonly OperandView[];
  /**
   * Whether no other node reads what this one reads. Where others do, generated code may compute the node in the same pass
   * over memory as theirs.
   */
  readonly alone: boolean;
}

/** How much a matched call can take along. */
export interface EpilogueLimits {
  /** Most side inputs; 0 means that the call takes no epilogue at all. */
  readonly sideInputs: number;
  /** Which kinds of side inputs. */
  readonly kinds: readonly SideInputKind[];
  /** Most results: the epilogue's value, and other values computed on the way. */
  readonly outputs: number;
}

/**
 * How a side input is indexed. The result is seen as rows × columns, columns being its last axis:
 * full [rows, columns] contiguous like the result, column [columns], row [rows], scalar [].
 */
export type SideInputKind = 'full' | 'column' | 'row' | 'scalar';

/**
 * Element-wise work on the result before it is stored. Register 0 holds the node's value (of its register type), then
 * come one register per side input, then one per scalar argument; `body` assigns the registers after those.
 */
export interface Epilogue {
  readonly sideInputs: readonly {
    readonly kind: SideInputKind;
    readonly storage: Storage;
    readonly type: Register;
  }[];
  readonly scalars: readonly Register[];
  readonly body: readonly (ScalarInstruction | ConstantInstruction)[];
  /** What is stored: one register per output, each output contiguous and shaped like the node. */
  readonly outputs: readonly { readonly register: number; readonly storage: Storage }[];
}

export interface ConstantInstruction {
  readonly op: 'constant';
  readonly to: number;
  readonly type: Register;
  readonly value: number;
}

/** What a library offers for a request. */
export interface LibraryMatch {
  readonly epilogue: EpilogueLimits;
  /**
   * True when outputs may be stored with strides other than row-major ones, so that a permuted result (the filter
   * gradient of a convolution) lands where it is wanted. The last axis keeps stride 1, and such a call has no side
   * inputs of kind `full`.
   */
  readonly stridedOutput?: boolean;
  /**
   * How many sums of its second operand the call can give beside its result, when it can: one for each column of the
   * result, over all else that the operand has. The gradient of a bias comes so with that of its weights. The operand's
   * columns are contiguous, and a call with sums has no epilogue.
   */
  readonly operandSums?: number;
  /**
   * The call with the epilogue that the scheduler chose within the limits. Calls with equal `key` must be
   * interchangeable: extents and strides belong in `integers`, not in the code, wherever possible.
   * `outputStrides`, one element stride per axis of the node, is only given when `stridedOutput` is true, and `withSums`
   * where there are `operandSums`.
   */
  call(epilogue: Epilogue, outputStrides?: readonly number[], withSums?: boolean): LibraryCall;
}

/**
 * A call ready to be prepared. Its dispatch binds: the operands, the epilogue's side inputs, the outputs, the sums of the
 * second operand where they are asked for, and the workspace when `workspaceBytes` is not 0, in this order. A binding is
 * the whole buffer of the operand; where the operand begins in it is the view's `offset`, which the library puts among
 * `integers`.
 */
export interface LibraryCall {
  readonly kind: 'library';
  /** For people, e.g. `conv`. */
  readonly name: string;
  readonly key: string;
  /** int32 arguments of this particular call (sizes, strides …), passed back at each dispatch. */
  readonly integers: readonly number[];
  readonly epilogue: Epilogue;
  /** Scratch memory, undefined on entry. */
  readonly workspaceBytes: number;
  /** Backend-private description that `prepare` reads. */
  readonly payload: unknown;
}

export interface Library {
  /**
   * Returns what it can do with this operation and these operands, or undefined to leave it to generated code. A matcher
   * that has to be loaded first throws a `Loading`; the graph is planned again when that is done.
   */
  match(request: LibraryRequest): LibraryMatch | undefined;
}

export { Loading } from '../loading';
