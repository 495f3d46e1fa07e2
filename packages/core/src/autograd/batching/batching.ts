/**
 * Batching: from a graph that was built for one example to the graph for all examples at once.
 *
 * Stand-ins take the place of examples while a function builds its graph. Each node that depends on one is then
 * rewritten by the rule of its operation, inputs first, to a node whose axis 0 is the batch; what does not depend on
 * any stays as it is and is shared. Since the results are ordinary nodes, they can be differentiated, compiled and
 * batched again.
 */
import { broadcastTo, constant } from '../../graph/build';
import { type Node, withInputs } from '../../graph/node';
import { currentScope, withScope } from '../../graph/state';
import { nodesOf } from '../../graph/traverse';
import { placeholder } from '../placeholder';
import type { Operand } from './operand';
import { batchNode } from './rules';
import { type BatchedResult, batchControl, drawsRandom } from './rules/control';
import { isRandomSource } from './rules/random';

/** Whether random draws give each example numbers of its own, or all examples the same. */
export type Randomness = 'different' | 'same';

export class Batching {
  readonly size: number;
  readonly randomness: Randomness;
  /** Nodes that are older than this were there before, and belong to no example. */
  readonly #since: number;
  readonly #batched = new Map<Node, Node>();
  /** Nodes that are the same for all examples, but not the nodes that were built. */
  readonly #replaced = new Map<Node, Node>();
  readonly #controls = new Map<Node, readonly BatchedResult[]>();
  readonly #visited = new Set<Node>();

  /** @param since id of the first node that may belong to an example; by default of the next node */
  constructor(size: number, randomness: Randomness, since = placeholder([], 'float32').id) {
    this.size = size;
    this.randomness = randomness;
    this.#since = since;
  }

  /** What stands for one example of `batched`, whose axis 0 is the batch. */
  standIn(batched: Node): Node {
    const example = placeholder(batched.shape.slice(1), batched.dtype);
    this.bind(example, batched);
    return example;
  }

  /** Lets `example` stand for one example of `batched`. */
  bind(example: Node, batched: Node): void {
    this.#batched.set(example, batched);
  }

  /** Lets a node that is the same for all examples stand for another. */
  replace(node: Node, other: Node): void {
    this.#replaced.set(node, other);
  }

  /** The values of a node for all examples, or undefined where it is the same for all. */
  find(node: Node): Node | undefined {
    const isKnown = (each: Node): boolean =>
      each.id < this.#since || each.realized !== undefined || this.#visited.has(each);
    for (const each of nodesOf([node], (other) => (isKnown(other) ? [] : other.inputs))) {
      if (isKnown(each)) continue;
      this.#visited.add(each);
      this.#visit(each);
    }
    return this.#batched.get(node);
  }

  /** A node that is the same for all examples, as it can be used outside. */
  shared(node: Node): Node {
    this.find(node);
    return this.#replaced.get(node) ?? node;
  }

  /** The values of a node for all examples; one that is the same for all is repeated, as a view. */
  all(node: Node): Node {
    return this.find(node) ?? broadcastTo(this.shared(node), [this.size, ...node.shape]);
  }

  #visit(node: Node): void {
    const operands = node.inputs.map((input) => ({
      example: this.#replaced.get(input) ?? input,
      batched: this.#batched.get(input),
    }));
    if (node.op === 'result') this.#takeResult(node, node.attributes.index);
    else if (operands.some(({ batched }) => batched !== undefined) || this.#isRandom(node)) {
      this.#batch(node, operands);
    } else if (operands.some(({ example }, index) => example !== node.inputs[index])) {
      this.replace(
        node,
        withInputs(
          node,
          operands.map(({ example }) => example),
        ),
      );
    }
  }

  #isRandom(node: Node): boolean {
    if (this.randomness === 'same') return false;
    return node.op === 'control' ? drawsRandom(node.attributes.control) : isRandomSource(node);
  }

  #batch(node: Node, operands: readonly Operand[]): void {
    if (this.size === 0) {
      this.bind(node, broadcastTo(constant(0, node.dtype), [0, ...node.shape]));
    } else if (node.op === 'control') {
      this.#controls.set(
        node,
        inScopeOf(node, () => batchControl(node, operands, this)),
      );
    } else {
      this.bind(
        node,
        inScopeOf(node, () => batchNode(node, operands, this)),
      );
    }
  }

  /** Control flow has no value of its own: its results are what is batched or not. */
  #takeResult(node: Node, index: number): void {
    const [control] = node.inputs;
    if (control === undefined) return;
    const other = this.#replaced.get(control);
    const result = this.#controls.get(control)?.[index];
    if (this.#batched.has(control)) this.bind(node, broadcastTo(constant(0, node.dtype), [0, ...node.shape]));
    else if (result?.isBatched === true) this.bind(node, result.node);
    else if (result !== undefined) this.replace(node, result.node);
    else if (other !== undefined) this.replace(node, withInputs(node, [other]));
  }
}

/** Runs `build` in the scope in which the node was built. */
function inScopeOf<T>({ scope }: Node, build: () => T): T {
  const current = currentScope();
  const own = current !== '' && scope.endsWith(current) ? scope.slice(0, -current.length) : scope;
  return own === '' ? build() : withScope(own.replace(/ of $/, ''), build);
}
