/**
 * Composites: operations that keep their name in the graph (softmax, cross-entropy, pooling), so that a backend may
 * match the whole node and its gradient may be simpler than that of its parts. `decompose` is the meaning.
 */
import type { DType } from '../dtype';
import type { CompositeAttributes, Node } from './node';

export interface CompositeDefinition {
  readonly name: string;
  /** Shape and dtype of the result; throws what the user should read. */
  infer(inputs: readonly Node[], attributes: CompositeAttributes): { shape: readonly number[]; dtype: DType };
  /** The same value over simpler nodes. */
  decompose(inputs: readonly Node[], attributes: CompositeAttributes): Node;
  /**
   * Gradients with respect to each input (undefined where there is none), as graph nodes, so that they can be
   * differentiated again. Without it the decomposition is differentiated.
   */
  vjp?(context: {
    readonly inputs: readonly Node[];
    readonly attributes: CompositeAttributes;
    readonly output: Node;
    readonly cotangent: Node;
  }): readonly (Node | undefined)[];
  /** True when each element of the result depends on the same element of each input alone. */
  readonly elementwise?: boolean;
  /**
   * For `vmap`: the composite for all examples at once, with the batch as axis 0; undefined leaves this use to what is
   * done without it, where the decomposition and the gradient are batched.
   */
  batch?(context: {
    /** Batched inputs have the batch as axis 0; all examples share the others. */
    readonly inputs: readonly Node[];
    readonly isBatched: readonly boolean[];
    readonly attributes: CompositeAttributes;
    /** The number of examples. */
    readonly size: number;
  }): Node | undefined;
  /** What backends need to take the composite whole, by the name of the backend; each says what it reads. */
  readonly kernels?: Readonly<Record<string, unknown>>;
}
