/** Walks graphs without recursion, since a lazy graph may be tens of thousands of nodes deep. */
import type { Node } from './node';
import { nextWalk } from './state';

const inputsOfUnrealized = ({ realized, inputs }: Node): readonly Node[] =>
  realized === undefined ? inputs : [];

/**
 * All nodes that `outputs` need, inputs before their users, each with its `place` in the list. Realized nodes are leaves.
 *
 * @param inputsOf what to follow, a node's inputs by default; it may walk graphs itself
 */
export function nodesOf(outputs: readonly Node[], inputsOf = inputsOfUnrealized): Node[] {
  const order: Node[] = [];
  const walk = nextWalk();
  // Marks on the nodes cost less than a set, but those of a walk within this one would replace them.
  const seen = inputsOf === inputsOfUnrealized ? undefined : new Set<Node>();
  const path: Node[] = [];
  const inputsOnPath: (readonly Node[])[] = [];
  const nextOnPath: number[] = [];
  let top = -1;
  for (const output of outputs) {
    let node: Node | undefined = output;
    for (;;) {
      if (node !== undefined && !(seen?.has(node) ?? node.walk === walk)) {
        node.walk = walk;
        seen?.add(node);
        path[++top] = node;
        inputsOnPath[top] = inputsOf(node);
        nextOnPath[top] = 0;
      }
      const current = path[top];
      if (top < 0 || current === undefined) break;
      const next = nextOnPath[top] ?? 0;
      nextOnPath[top] = next + 1;
      node = inputsOnPath[top]?.[next];
      if (node !== undefined) continue;
      current.place = order.push(current) - 1;
      top--;
    }
  }
  return order;
}
