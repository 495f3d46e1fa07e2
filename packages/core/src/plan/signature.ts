/**
 * The structural signature of a graph: a text that is equal for graphs that a plan can serve in turn, together with the
 * leaves and numbers in which they differ.
 *
 * Leaves are numbered by first appearance. Slots are numbered by value, so that equal numbers stay shared; which of them
 * are equal is therefore part of the signature, their values are not.
 */
import type { DeviceBuffer } from '../device/buffer';
import type { Graph } from '../device/program';
import type { ControlRules } from '../graph/control';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';

/** What a leaf stands for at each run: an argument of the program, or one buffer. */
export type Leaf = { readonly parameter: number } | { readonly buffer: DeviceBuffer };

export interface Signature {
  readonly key: string;
  readonly leaves: readonly Leaf[];
  /** Values of the slots. */
  readonly slots: readonly number[];
  readonly leafOf: ReadonlyMap<Node, number>;
  /** Where a node finds its slot, and control flow the first of the slots of its bodies. */
  readonly slotOf: ReadonlyMap<Node, number>;
  /** How to plan a graph with control flow in it; undefined where there is none. */
  readonly divide?: ControlRules['divide'];
}

export function signatureOf(graph: Graph): Signature {
  const order = nodesOf(graph.outputs);
  const numbers = new Map<Node, number>();
  const leafOf = new Map<Node, number>();
  const slotOf = new Map<Node, number>();
  const leaves: Leaf[] = [];
  const slots: number[] = [];
  const leafNumbers = new Map<DeviceBuffer | number, number>();
  const slotNumbers = new Map<string, number>();
  let key = '';
  let divide: Signature['divide'];
  const leafNumber = (identity: DeviceBuffer | number, leaf: Leaf): number => {
    const known = leafNumbers.get(identity) ?? leaves.push(leaf) - 1;
    leafNumbers.set(identity, known);
    return known;
  };
  const numbersOf = (nodes: readonly Node[]): string => nodes.map((node) => numbers.get(node)).join();
  for (const node of order) {
    numbers.set(node, numbers.size);
    const { realized } = node;
    if (realized !== undefined) {
      const leaf = leafNumber(realized, { buffer: realized });
      leafOf.set(node, leaf);
      key += `L${leaf}${realized.storage}`;
    } else if (node.op === 'parameter') {
      const { index } = node.attributes;
      const leaf = leafNumber(index, { parameter: index });
      leafOf.set(node, leaf);
      key += `P${leaf}`;
    } else if (node.op === 'scalar') {
      const { value, slot } = node.attributes;
      const name = `${node.dtype}${Object.is(value, -0) ? '-0' : value}`;
      if (slot) {
        const known = slotNumbers.get(name) ?? slots.push(value) - 1;
        slotNumbers.set(name, known);
        slotOf.set(node, known);
        key += `S${known}`;
      } else {
        key += `C${name}`;
      }
    } else if (node.op === 'control') {
      const { rules } = node.attributes;
      const described = rules.describe(node);
      divide = rules.divide;
      slotOf.set(node, slots.length);
      slots.push(...described.slots);
      key += `${described.key}(${numbersOf(node.inputs)})`;
    } else {
      key += `${node.op}${attributesKey(node)}(${numbersOf(node.inputs)})`;
    }
    key += `${node.shape.join('x')}${node.dtype};`;
  }
  key += `>${numbersOf(graph.outputs)}|${graph.updates.join()}`;
  return { key, leaves, slots, leafOf, slotOf, ...(divide === undefined ? {} : { divide }) };
}

/** A text equal for equal attributes of one operation with a result of one shape and dtype. */
export function attributesKey(node: Node): string {
  if (node.op === 'composite') {
    return `${node.attributes.definition.name}${JSON.stringify(node.attributes.attributes)}`;
  }
  // Written for every node of every graph, and most have none: those of these two are the shape of the result.
  if (node.op === 'reshape' || node.op === 'expand' || Object.keys(node.attributes).length === 0) return '';
  return JSON.stringify(node.attributes);
}
