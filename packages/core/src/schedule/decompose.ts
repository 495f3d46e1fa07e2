/**
 * What no library takes, over simpler nodes: products become element-wise ones summed over views; convolutions, scatters
 * and composites bring their own decomposition, so that only programs with them carry it. Right on any backend, fast
 * where a library is not needed.
 */
import type { Node } from '../graph/node';
import { withScope } from '../graph/state';
import { onDemand } from '../loading';

/** The same value over simpler nodes of the same scope, or undefined where the node is simple already. */
export const decompose = (node: Node): Node | undefined =>
  node.scope === '' ? simpler(node) : withScope(node.scope, () => simpler(node));

function simpler(node: Node): Node | undefined {
  switch (node.op) {
    case 'composite':
      return node.attributes.definition.decompose(node.inputs, node.attributes.attributes);
    case 'dot':
      return onDemand().decomposeDot(node);
    case 'conv':
      return node.attributes.decompose?.(node);
    case 'scatterAdd':
      return node.attributes.decompose?.(node);
    default:
      return undefined;
  }
}
