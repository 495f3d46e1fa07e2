/** Walks graphs without recursion, since a lazy graph may be tens of thousands of nodes deep. */
import type { Node } from './node';

/**
 * All nodes that `outputs` need, inputs before their users. Realized nodes are leaves.
 *
 * @param inputsOf what to follow; by default a node's inputs
 */
export function nodesOf(
  outputs: readonly Node[],
  inputsOf: (node: Node) => readonly Node[] = (node) => (node.realized === undefined ? node.inputs : []),
): Node[] {
  const order: Node[] = [];
  const seen = new Set<Node>();
  const stack: { readonly node: Node; readonly inputs: readonly Node[]; next: number }[] = [];
  for (const output of outputs) {
    let node: Node | undefined = output;
    for (;;) {
      if (node !== undefined && !seen.has(node)) {
        seen.add(node);
        stack.push({ node, inputs: inputsOf(node), next: 0 });
      }
      const top = stack.at(-1);
      if (top === undefined) break;
      node = top.inputs[top.next++];
      if (node === undefined) {
        order.push(top.node);
        stack.pop();
      }
    }
  }
  return order;
}
