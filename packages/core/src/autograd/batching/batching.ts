/**
 * Batching: from a graph that was built for one example to the graph for all examples at once.
 *
 * Stand-ins take the place of examples while a function builds its graph. Each node that depends on one is then
 * rewritten by the rule of its operation, inputs first, to a node whose axis 0 is the batch; what does not depend on
 * any stays as it is and is shared. Since the results are ordinary nodes, they can be differentiated, compiled and
 * batched again.
 */
import { broadcastTo, constant } from '../../graph/build';
import type { Node } from '../../graph/node';
import { currentScope, withScope } from '../../graph/scope';
import { nodesOf } from '../../graph/traverse';
import { placeholder } from '../placeholder';
import { batchNode } from './rules';
import { isRandomSource } from './rules/random';

/** Whether random draws give each example numbers of its own, or all examples the same. */
export type Randomness = 'different' | 'same';

export class Batching {
  readonly size: number;
  readonly randomness: Randomness;
  /** Nodes that are older than this were there before, and belong to no example. */
  readonly #start: number;
  readonly #batched = new Map<Node, Node>();
  readonly #visited = new Set<Node>();

  constructor(size: number, randomness: Randomness) {
    this.size = size;
    this.randomness = randomness;
    this.#start = placeholder([], 'float32').id;
  }

  /** What stands for one example of `batched`, whose axis 0 is the batch. */
  standIn(batched: Node): Node {
    const example = placeholder(batched.shape.slice(1), batched.dtype);
    this.#batched.set(example, batched);
    return example;
  }

  /** The values of a node for all examples, or undefined where it is the same for all. */
  find(node: Node): Node | undefined {
    const isKnown = (each: Node): boolean =>
      each.id < this.#start || each.realized !== undefined || this.#visited.has(each);
    for (const each of nodesOf([node], (other) => (isKnown(other) ? [] : other.inputs))) {
      if (isKnown(each)) continue;
      this.#visited.add(each);
      this.#visit(each);
    }
    return this.#batched.get(node);
  }

  /** The values of a node for all examples; one that is the same for all is repeated, as a view. */
  all(node: Node): Node {
    return this.find(node) ?? broadcastTo(node, [this.size, ...node.shape]);
  }

  #visit(node: Node): void {
    const operands = node.inputs.map((example) => ({ example, batched: this.#batched.get(example) }));
    const isBatched = operands.some(({ batched }) => batched !== undefined);
    if (!isBatched && !(this.randomness === 'different' && isRandomSource(node))) return;
    const { size } = this;
    const result =
      size === 0
        ? broadcastTo(constant(0, node.dtype), [0, ...node.shape])
        : inScopeOf(node, () => batchNode(node, operands, this));
    this.#batched.set(node, result);
  }
}

/** Runs `build` in the scope in which the node was built. */
function inScopeOf({ scope }: Node, build: () => Node): Node {
  const current = currentScope();
  const own = current !== '' && scope.endsWith(current) ? scope.slice(0, -current.length) : scope;
  return own === '' ? build() : withScope(own.replace(/ of $/, ''), build);
}
