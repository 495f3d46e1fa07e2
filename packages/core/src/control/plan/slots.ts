/**
 * Which slot of a whole graph each slot of a part of it is. Parts are planned by themselves and number their slots
 * anew; at a run the values come with the whole graph, and may be other ones than those that were planned with.
 */
import type { Node } from '../../graph/node';
import type { Signature } from '../../plan/signature';
import { describeControl } from './describe';

/** For each slot of a part, the number of the slot of the whole, or what else to put there. */
export type SlotRoute = readonly (number | 'counter')[];

/**
 * @param part  the signature that a part was planned with
 * @param whole where the slots of a node are in the whole; control flow may have been copied on the way into the part
 */
export function slotRoute(part: Signature, whole: (node: Node) => number | 'counter'): SlotRoute {
  const route: (number | 'counter')[] = part.slots.map(() => 0);
  for (const [node, slot] of part.slotOf) {
    const first = whole(node);
    route[slot] = first;
    if (node.op !== 'control' || first === 'counter') continue;
    const { slots } = describeControl(node);
    slots.forEach((_, index) => {
      route[slot + index] = first + index;
    });
  }
  return route;
}

/** Where slots are by what keeps its identity when graphs are rewritten: scalars, and attributes of control flow. */
export function slotLookup(signature: Signature, offset = 0): (node: Node) => number {
  const places = new Map<object, number>();
  for (const [node, slot] of signature.slotOf) places.set(identityOf(node), slot + offset);
  return (node) => places.get(identityOf(node)) ?? 0;
}

const identityOf = (node: Node): object => (node.op === 'control' ? node.attributes : node);

/** The slots of a part at one run. */
export const routed = (route: SlotRoute, slots: readonly number[], counter = 0): number[] =>
  route.map((slot) => (slot === 'counter' ? counter : (slots[slot] ?? 0)));
