/**
 * Graphs from graphs: the same computation on other leaves.
 */
import { type Node, withInputs } from './node';
import { nodesOf } from './traverse';

/**
 * `outputs` with some nodes replaced, and everything computed from them built anew; the rest is shared.
 *
 * @param replacement what stands for a node from here on, and is not followed, be it the node itself; undefined where
 *   what the node is computed from decides
 */
export function rewrite(outputs: readonly Node[], replacement: (node: Node) => Node | undefined): Node[] {
  const replaced = new Map<Node, Node>();
  const order = nodesOf(outputs, (node) => {
    const found = replacement(node);
    if (found !== undefined) replaced.set(node, found);
    return found !== undefined || node.realized !== undefined ? [] : node.inputs;
  });
  const now = (node: Node): Node => replaced.get(node) ?? node;
  for (const node of order) {
    if (replaced.has(node) || node.realized !== undefined) continue;
    const inputs = node.inputs.map(now);
    if (inputs.some((input, index) => input !== node.inputs[index])) {
      replaced.set(node, withInputs(node, inputs));
    }
  }
  return outputs.map(now);
}
