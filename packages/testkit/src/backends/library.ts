/**
 * A backend with a library for everything a library may match: each matched operation is evaluated by the interpreter
 * on its own. It puts the scheduler's other half to the test (operand views, library calls) and is the good backend
 * in which the saboteur breaks whole operations.
 */
import { hostArray, type TypedArray } from '@hadal/core';
import {
  type Binding,
  type Exec,
  type KernelDispatch,
  type Library,
  type LibraryCall,
  type LibraryNode,
  type LoopKernel,
  type OperandView,
  storageArray,
} from '@hadal/core/backend';
import { evaluate, makeNode, type Node, noBindings, reduce } from '@hadal/core/graph';
import { matchDot } from '@hadal/core/products';
import { PlainBackend } from './plain';

/** What a matched operation computes, given nodes that hold its operands. */
export type NodeMeaning = (node: LibraryNode, operands: readonly Node[]) => Node;

interface Payload {
  readonly node: LibraryNode;
  readonly operands: readonly OperandView[];
  /** Whether the sums of the second operand are bound after the result. */
  readonly withSums: boolean;
}

interface LibraryExec extends Exec {
  readonly payload: Payload;
}

const isPayload = (value: unknown): value is Payload =>
  typeof value === 'object' && value !== null && 'node' in value && 'operands' in value;
const isLibraryExec = (exec: Exec): exec is LibraryExec => 'payload' in exec;

/** The operation itself. */
export const asIs: NodeMeaning = (node, operands) => rebuilt(node, operands);

/** The same operation on other operands. */
export function rebuilt(node: LibraryNode, operands: readonly Node[]): Node {
  const { shape, dtype } = node;
  switch (node.op) {
    case 'dot':
      return makeNode('dot', operands, node.attributes, shape, dtype);
    case 'conv':
      return makeNode('conv', operands, node.attributes, shape, dtype);
    case 'gather':
      return makeNode('gather', operands, node.attributes, shape, dtype);
    case 'scatterAdd':
      return makeNode('scatterAdd', operands, node.attributes, shape, dtype);
    case 'composite':
      return makeNode('composite', operands, node.attributes, shape, dtype);
  }
}

export class LibraryBackend extends PlainBackend {
  override readonly name: string = 'library';
  readonly #meaning: NodeMeaning;

  /** @param meaning what matched operations compute; the saboteur passes something wrong */
  constructor(meaning: NodeMeaning = asIs) {
    super();
    this.#meaning = meaning;
  }

  override readonly library: Library = {
    match: ({ node, operands }) => ({
      epilogue: { sideInputs: 0, kinds: [], outputs: 0 },
      operandSums: node.op === 'dot' ? matchDot(node, operands)?.operandSums : undefined,
      call: (epilogue, _strides, withSums = false): LibraryCall => ({
        kind: 'library',
        name: `${nameOf(node)}${withSums ? ' and sums' : ''}`,
        key: JSON.stringify([node.op, describe(node), node.shape, node.dtype, operands, withSums]),
        integers: [],
        epilogue,
        workspaceBytes: 0,
        payload: { node, operands, withSums } satisfies Payload,
      }),
    }),
  };

  override prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    if (kernel.kind === 'loop') return super.prepare(kernel);
    if (!isPayload(kernel.payload)) throw new TypeError(`${kernel.name} is no call of this library`);
    const exec: LibraryExec = { name: kernel.name, payload: kernel.payload };
    return exec;
  }

  protected override runKernel(dispatch: KernelDispatch): void {
    const { exec, bindings } = dispatch;
    if (!isLibraryExec(exec)) {
      super.runKernel(dispatch);
      return;
    }
    const { node, operands, withSums } = exec.payload;
    const inputs = operands.map((operand, index) => this.#operandNode(operand, bindings[index]));
    this.#store(this.#meaning(node, inputs), exec.name, bindings[operands.length]);
    if (withSums && node.op === 'dot') {
      const [, second] = inputs;
      if (second === undefined) throw new RangeError(`${exec.name} has no second operand`);
      this.#store(
        reduce('sum', second, node.attributes.rightContract),
        exec.name,
        bindings[operands.length + 1],
      );
    }
  }

  #store(value: Node, name: string, target: Binding | undefined): void {
    if (target === undefined) throw new RangeError(`${name} has no output`);
    const [result] = evaluate([value], noBindings);
    if (result === undefined) return;
    const { buffer, byteOffset, byteLength } = asStored(result);
    this.write(target.buf, target.offset, new Uint8Array(buffer, byteOffset, byteLength));
  }

  /** The elements of an operand, wherever they lie, as a node of its shape. */
  #operandNode({ shape, offset, strides, dtype, storage }: OperandView, binding: Binding | undefined): Node {
    if (binding === undefined) throw new RangeError('an operand is not bound');
    const bytes = new Uint8Array(binding.bytes);
    this.copyOut(binding.buf, binding.offset, bytes);
    const stored = gathered(storageArray(storage, bytes), shape, strides, offset);
    const values = hostArray(dtype, stored.length);
    values.set(stored);
    return makeNode('data', [], { values }, shape, dtype);
  }
}

const nameOf = (node: LibraryNode): string =>
  node.op === 'composite' ? node.attributes.definition.name : node.op;

/** Narrow and unsigned integers lie in memory as int32. */
const asStored = (values: TypedArray): TypedArray =>
  values instanceof Int8Array || values instanceof Int16Array || values instanceof Uint32Array
    ? Int32Array.from(values)
    : values;

/** Reads a strided view in row-major order. */
function gathered(
  memory: TypedArray,
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
): TypedArray {
  const addresses = shape.reduceRight<readonly number[]>(
    (inner, extent, axis) =>
      Array.from({ length: extent }, (_, index) =>
        inner.map((at) => at + index * (strides[axis] ?? 0)),
      ).flat(),
    [offset],
  );
  const elements = addresses.map((at) => {
    const element = memory[at];
    if (element === undefined)
      throw new RangeError(`element ${at} lies outside of a bound range of ${memory.length}`);
    return element;
  });
  if (memory instanceof Float32Array) return Float32Array.from(elements);
  if (memory instanceof Float64Array) return Float64Array.from(elements);
  return memory instanceof Int32Array ? Int32Array.from(elements) : Uint8Array.from(elements);
}

const describe = (node: LibraryNode): unknown =>
  node.op === 'composite' ? [node.attributes.definition.name, node.attributes.attributes] : node.attributes;
