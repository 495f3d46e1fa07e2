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

/** Whether a gradient passes from this node to its inputs. */
export const passesGradient = (node: Node): boolean =>
  isFloat(node.dtype) && !(node.op === 'identity' && node.attributes.kind === 'detach');

/** Views of an origin stand for it: a packed variable's value is a slice of the storage. */
const isView = (node: Node): boolean => node.op === 'slice' || node.op === 'reshape' || node.op === 'permute';

/** To be called before a node is realized and its inputs are dropped. */
export function rememberOrigins(node: Node): void {
  if (!node.inputs.some(passesGradient) || !passesGradient(node)) return;
  const ends = node.inputs.every(({ inputs }) => inputs.length === 0) ? node.inputs : endsOf(node);
  // Results of one loop mostly come from the same leaves, and share what says so.
  const shared = ends.find(({ origins }) => origins !== undefined)?.origins;
  let found: Set<number> | undefined;
  for (const end of ends) {
    if (end.op === 'scalar' || !passesGradient(end)) continue;
    for (const id of end.origins ?? [end.id]) {
      if ((found ?? shared)?.has(id)) continue;
      found ??= new Set(shared);
      found.add(id);
    }
  }
  node.origins = found ?? shared ?? new Set();
}

/** Where the ways of a gradient end: at leaves, and at realized nodes. */
function endsOf(node: Node): Node[] {
  const ends: Node[] = [];
  const order = nodesOf([node]);
  const isReached = new Uint8Array(order.length).fill(1, -1);
  for (const each of order.reverse()) {
    if (isReached[each.place] === 0 || !passesGradient(each)) continue;
    if (each.origins !== undefined || !each.inputs.some(passesGradient)) ends.push(each);
    for (const { place } of each.inputs) isReached[place] = 1;
  }
  return ends;
}

/** Whether a realized node was computed from `source`, a leaf or a view of one, by a path that is not known any more. */
export function cameFrom(node: Node, source: Node): boolean {
  if (node.origins === undefined) return false;
  let origin = source;
  for (let input = origin.inputs[0]; isView(origin) && input !== undefined; input = origin.inputs[0])
    origin = input;
  return node.origins.has(origin.id);
}
