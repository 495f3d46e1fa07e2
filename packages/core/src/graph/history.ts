/**
 * What is remembered of how a realized value was computed.
 *
 * Realizing drops a node's inputs, so that they can be collected. A gradient that would have to pass through such a node
 * cannot be had any more, and leaving it out in silence would be wrong. So each realized node keeps the numbers of the
 * leaves it depended on (numbers keep nothing alive): enough to tell a lost path from a value that is constant anyway.
 */
import { isFloat } from '../dtype';
import type { Node } from './node';
import { nodesOf } from './traverse';

const origins = new WeakMap<Node, ReadonlySet<number>>();

/** Whether a gradient passes from this node to its inputs. */
export const passesGradient = (node: Node): boolean =>
  isFloat(node.dtype) && !(node.op === 'identity' && node.attributes.kind === 'detach');

/** Views of an origin stand for it: a packed variable's value is a slice of the storage. */
const isView = (node: Node): boolean => node.op === 'slice' || node.op === 'reshape' || node.op === 'permute';

/** To be called before a node is realized and its inputs are dropped. */
export function rememberOrigins(node: Node): void {
  if (!node.inputs.some(passesGradient) || !passesGradient(node)) return;
  const found = new Set<number>();
  const order = nodesOf([node]);
  const isReached = new Uint8Array(order.length).fill(1, -1);
  for (const each of order.reverse()) {
    if (isReached[each.place] === 0 || !passesGradient(each)) continue;
    const kept = origins.get(each);
    if (kept !== undefined) for (const id of kept) found.add(id);
    else if (each.op !== 'scalar' && !each.inputs.some(passesGradient)) found.add(each.id);
    for (const { place } of each.inputs) isReached[place] = 1;
  }
  origins.set(node, found);
}

/** Whether a realized node was computed from `source`, a leaf or a view of one, by a path that is not known any more. */
export function cameFrom(node: Node, source: Node): boolean {
  const known = origins.get(node);
  if (known === undefined) return false;
  let origin = source;
  for (let input = origin.inputs[0]; isView(origin) && input !== undefined; input = origin.inputs[0])
    origin = input;
  return known.has(origin.id);
}
