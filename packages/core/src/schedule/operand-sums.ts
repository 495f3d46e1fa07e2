/**
 * Sums that a library call gives beside its result: the gradient of weights is a product with the gradient of what they
 * gave, and the gradient of the bias is the sum of that over all but its last axes. The call reads it anyway, so that the
 * sum costs neither a kernel nor a pass over memory.
 *
 * Loaded with the first graph that may have such sums.
 */
import type { LibraryMatch } from '../backend/library';
import { bytesPerStorage } from '../dtype';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { type Shape, sizeOf } from '../shape/shape';
import type { Materialized } from './materialize';
import type { Placement } from './placement';

/**
 * Pairs sums with calls that can give them. What is paired is computed after its call, and partial sums on the way to it
 * are not computed.
 *
 * @param alignment bytes at whose multiples a binding may begin
 * @returns the library node of each sum
 */
export function pairSums(
  values: Materialized,
  library: ReadonlyMap<Node, LibraryMatch>,
  placement: Placement,
  alignment: number,
): ReadonlyMap<Node, Node> {
  const pairs = new Map<Node, Node>();
  const free = new Set([...library.keys()].filter((product) => values.has(product)));
  const inputsOf = (node: Node): readonly Node[] => {
    const call = pairs.get(node);
    return call === undefined ? node.inputs : [...node.inputs, call];
  };
  for (const sum of values.values()) {
    if (sum.op !== 'reduce' || sum.dtype !== 'float32' || !canBeBound(sum, placement, alignment)) continue;
    const columns = sizeOf(sum.shape);
    const { source, partial } = summed(sum, columns, values);
    if (source === sum) continue;
    for (const product of free) {
      if (library.get(product)?.operandSums !== columns || wholeOperand(product, values) !== source) continue;
      if (nodesOf([product], inputsOf).includes(sum)) continue;
      pairs.set(sum, product);
      free.delete(product);
      values.discard(partial);
      break;
    }
  }
  if (pairs.size > 0) values.order = nodesOf(values.order, inputsOf);
  return pairs;
}

/** Whether the place that a value has, if it has one, can be bound by itself; variables are left to kernels. */
function canBeBound(value: Node, placement: Placement, alignment: number): boolean {
  const location = placement.locate(value);
  if (location === undefined) return true;
  const { offset, storage } = location;
  return (offset * bytesPerStorage(storage)) % alignment === 0 && placement.baseOf(location).kind !== 'leaf';
}

/**
 * The value of which a node is the sum of all rows, seen as rows of `columns` contiguous elements, and the partial sums
 * that only this sum reads; the node itself where it is nothing of the kind.
 */
function summed(
  sum: Node,
  columns: number,
  values: Materialized,
): { readonly source: Node; readonly partial: readonly Node[] } {
  const partial: Node[] = [];
  let source = sum;
  for (;;) {
    const [input] = source.inputs;
    if (input === undefined) break;
    if (source.op === 'reduce') {
      const { kind, axes } = source.attributes;
      const rows = axesBefore(input.shape, columns);
      if (kind !== 'sum' || axes.some((axis) => axis >= rows)) break;
      if (source !== sum) {
        if (values.isOutput(source) || values.usersOf(source).size > 1) break;
        partial.push(source);
      }
    } else if (source.op !== 'reshape' || values.has(source)) {
      break;
    }
    source = input;
  }
  return { source, partial };
}

/** How many axes are in front of the last ones that hold `columns` elements together; 0 where there are none such. */
function axesBefore(shape: Shape, columns: number): number {
  let elements = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    elements *= shape[axis] ?? 1;
    if (elements === columns) return axis;
  }
  return 0;
}

/** The value in memory whose elements a call's second operand has, each once; undefined where that is no value. */
function wholeOperand(product: Node, values: Materialized): Node | undefined {
  const [, base] = values.inputsOf(product);
  let [, node] = product.inputs;
  while (node !== undefined && node !== base) {
    const [input] = node.inputs;
    if (input === undefined || (node.op !== 'reshape' && node.op !== 'permute')) return undefined;
    node = input;
  }
  return base;
}
