/**
 * Operations of other packages. A custom operation is a composite like softmax: it keeps its name in the graph, so that a
 * backend may take it whole, and brings its meaning and its gradient, both written over tensors.
 */
import { backpropagate } from '../autograd/backpropagate';
import { zerosOf } from '../autograd/rules/movement';
import { type DType, isFloat } from '../dtype';
import { DeviceError, ShapeError, TraceError } from '../errors';
import { applyComposite, identity } from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { formatShape, type Shape, sameShape } from '../shape/shape';
import { Tensor } from '../tensor';
import { operandNode, type TensorLike, tensorFrom } from './operand';

/** What is known of a tensor before it is computed. */
export interface TensorSpec {
  /** Its extents. */
  readonly shape: Shape;
  /** The type of its elements. */
  readonly dtype: DType;
}

export interface CustomOp<Attributes extends CompositeAttributes = CompositeAttributes> {
  /** For plans, errors and backends. Say whose it is: `my-package:logCosh`. */
  readonly name: string;
  /** Shape and dtype of the result; throws what the caller should read when the inputs do not fit. */
  infer(inputs: readonly TensorSpec[], attributes: Attributes): TensorSpec;
  /**
   * The same value over operations of Hadal. With it the operation runs on every device; without it only where a
   * backend's library takes it.
   */
  decompose?(inputs: readonly Tensor[], attributes: Attributes): Tensor;
  /** Gradients by each input, undefined where there is none. Without `vjp` and `jvp` the decomposition is differentiated. */
  vjp?(context: {
    readonly inputs: readonly Tensor[];
    readonly output: Tensor;
    readonly cotangent: Tensor;
    readonly attributes: Attributes;
  }): readonly (Tensor | undefined)[];
  /**
   * How the output moves with the inputs; linear in the tangents. It is read where there is no `vjp`: gradients are then
   * its transpose. Inputs that are not floating point have no tangent.
   */
  jvp?(context: {
    readonly inputs: readonly Tensor[];
    readonly output: Tensor;
    readonly tangents: readonly (Tensor | undefined)[];
    readonly attributes: Attributes;
  }): Tensor;
  /**
   * The operation for all examples of a batch at once, for `vmap`. Without it the decomposition and the gradient are
   * batched, which is right too, but hides the operation from backends.
   */
  batch?(context: {
    /** Batched inputs have the batch as axis 0; all examples share the others. */
    readonly inputs: readonly Tensor[];
    readonly isBatched: readonly boolean[];
    readonly size: number;
    readonly attributes: Attributes;
  }): Tensor;
  /**
   * What backends need to run the operation themselves, by the name of the backend. A backend's `library.match` meets
   * the operation as a node `composite` whose `attributes.definition` has this `name` and these `kernels`; what an
   * entry looks like is for that backend to say. Backends that offer nothing of the kind use the decomposition.
   */
  readonly kernels?: Readonly<Record<string, unknown>>;
}

let nextNumber = 0;

/**
 * Defines an operation. Gradients of every order, `vmap`, `jvp`, `compile` and fusion work with it as with those of
 * Hadal. Most operations need none of this: a function over tensors is enough. Define one for a gradient that is better
 * than that of the parts, or for a kernel of your own.
 *
 * @param op its name, its shape rule, and at least one of `decompose` and a backend that takes it
 * @returns a function of a list of inputs, and of attributes (plain data) that are passed on to the definition
 * @throws {ShapeError} when called, if the decomposition has another shape or dtype than `infer` says
 * @throws {DeviceError} when computed on a device that has no kernel for it, if there is no decomposition
 * @example
 * const logCosh = customOp({
 *   name: 'my-package:logCosh',
 *   infer: ([x]) => x,
 *   decompose: ([x]) => abs(x).add(log1p(exp(abs(x).mul(-2)))).sub(Math.LN2),
 *   vjp: ({ inputs: [x], cotangent }) => [cotangent.mul(tanh(x))],
 * });
 * await logCosh([tensor([0, 100])]).data(); // Float32Array [0, 99.307]
 * await grad((x) => logCosh([x]).sum())(tensor([0, 100])).data(); // Float32Array [0, 1]
 */
export function customOp(op: CustomOp): (inputs: readonly TensorLike[]) => Tensor;
export function customOp<Attributes extends CompositeAttributes>(
  op: CustomOp<Attributes>,
): (inputs: readonly TensorLike[], attributes: Attributes) => Tensor;
export function customOp(op: CustomOp) {
  // Plans are found by name and attributes: the number keeps apart what two packages call the same.
  const number = nextNumber++;
  return (inputs: readonly TensorLike[], attributes: CompositeAttributes = {}): Tensor => {
    const nodes = inputs.map((input) => operandNode(op.name, input));
    const told = { ...attributes, customOp: number };
    return tensorFrom(op.name, applyComposite(definitionOf(op, attributes), nodes, told), inputs);
  };
}

const tensorsOf = (nodes: readonly Node[]): Tensor[] => nodes.map((node) => new Tensor(node));

/** The composite behind one use of an operation. */
function definitionOf(op: CustomOp, attributes: CompositeAttributes): CompositeDefinition {
  const { name, kernels } = op;
  return {
    name,
    kernels,
    infer: (inputs) => op.infer(inputs, attributes),
    decompose: (inputs) => decomposed(op, inputs, attributes),
    vjp: cotangentsOf(op, attributes),
    batch: ({ inputs, isBatched, size }) =>
      op.batch?.({ inputs: tensorsOf(inputs), isBatched, size, attributes }).node,
  };
}

function decomposed(op: CustomOp, inputs: readonly Node[], attributes: CompositeAttributes): Node {
  const { name } = op;
  if (op.decompose === undefined) {
    throw new DeviceError(
      name,
      'this device has no kernel for the operation, and the operation brings no decomposition.',
      'Run it on a backend that takes it, or define `decompose`, which runs everywhere.',
    );
  }
  const { node } = op.decompose(tensorsOf(inputs), attributes);
  const promised = op.infer(inputs, attributes);
  if (!sameShape(node.shape, promised.shape) || node.dtype !== promised.dtype) {
    throw new ShapeError(
      name,
      `its decomposition is ${node.dtype} ${formatShape(node.shape)}, ` +
        `infer says ${promised.dtype} ${formatShape(promised.shape)}.`,
    );
  }
  return node;
}

/** The gradient that the operation brings; undefined where its decomposition is differentiated. */
function cotangentsOf(op: CustomOp, attributes: CompositeAttributes): CompositeDefinition['vjp'] {
  if (op.vjp !== undefined) {
    return ({ inputs, output, cotangent }) => {
      const [given, y, g] = [tensorsOf(inputs), new Tensor(output), new Tensor(cotangent)];
      return (op.vjp?.({ inputs: given, output: y, cotangent: g, attributes }) ?? []).map(
        (each) => each?.node,
      );
    };
  }
  if (op.jvp !== undefined) return (context) => transposed(op, { ...context, attributes });
  if (op.decompose !== undefined) return undefined;
  return () => {
    throw new TraceError(op.name, 'the operation has no gradient.', 'Define `vjp`, `jvp` or `decompose`.');
  };
}

/** The transpose of the pushforward, by differentiating it with respect to the tangents. */
function transposed(
  op: CustomOp,
  { inputs, output, cotangent, attributes }: Parameters<NonNullable<CompositeDefinition['vjp']>>[0],
): (Node | undefined)[] {
  const tangents = inputs.map((input) =>
    isFloat(input.dtype) ? identity(zerosOf(input), 'tracer') : undefined,
  );
  const moved = op.jvp?.({
    inputs: tensorsOf(inputs),
    output: new Tensor(output),
    tangents: tangents.map((tangent) => tangent && new Tensor(tangent)),
    attributes,
  });
  if (moved === undefined) return [];
  const sources = new Set(tangents.flatMap((tangent) => tangent ?? []));
  const { cotangents } = backpropagate(new Map([[moved.node, cotangent]]), sources, true);
  return tangents.map((tangent) => tangent && cotangents.get(tangent));
}
