/**
 * The structural signature of a graph: a text that is equal for graphs that a plan can serve in turn, together with the
 * leaves and numbers in which they differ.
 *
 * Leaves are numbered by first appearance. Slots are numbered by value, so that equal numbers stay shared; which of them
 * are equal is therefore part of the signature, their values are not.
 */
import type { DeviceBuffer } from '../device/buffer';
import type { Graph } from '../device/program';
import type { DType } from '../dtype';
import type { ControlDescription, ControlRules } from '../graph/control';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import {
  takeKey,
  writeName,
  writeNumber,
  writeNumbers,
  writeOperation,
  writeText,
  writeValue,
} from './key-writer';

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

/** How what is no operation begins in the key. */
const [BUFFER, PARAMETER, SLOT, CONTROL, OUTPUTS, OPERATIONS] = [0, 1, 2, 3, 4, 5];

export function signatureOf(graph: Graph): Signature {
  const order = nodesOf(graph.outputs);
  const leafOf = new Map<Node, number>();
  const slotOf = new Map<Node, number>();
  const leaves: Leaf[] = [];
  const slots: number[] = [];
  const leafNumbers = new Map<DeviceBuffer | number, number>();
  const slotNumbers = new Map<DType, Map<number | '-0', number>>();
  let divide: Signature['divide'];
  // Bodies are graphs as well: they are described before nodes have their places in this one.
  let described: Map<Node, ControlDescription> | undefined;
  for (const node of order)
    if (node.op === 'control' && node.realized === undefined) {
      described ??= new Map();
      described.set(node, node.attributes.rules.describe(node));
    }
  if (described !== undefined) for (const [place, node] of order.entries()) node.place = place;
  const writeLeaf = (node: Node, kind: number, identity: DeviceBuffer | number, leaf: Leaf): void => {
    const known = leafNumbers.get(identity) ?? leaves.push(leaf) - 1;
    leafNumbers.set(identity, known);
    leafOf.set(node, known);
    writeNumber(kind);
    writeNumber(known);
    writeValue(node);
  };
  const writePlaces = (nodes: readonly Node[]): void => {
    writeNumber(nodes.length);
    for (const { place } of nodes) writeNumber(place);
  };
  for (const node of order) {
    const { realized } = node;
    if (realized !== undefined) {
      writeLeaf(node, BUFFER, realized, { buffer: realized });
      writeName(realized.storage);
    } else if (node.op === 'parameter') {
      const { index } = node.attributes;
      writeLeaf(node, PARAMETER, index, { parameter: index });
    } else if (node.op === 'scalar' && node.attributes.slot) {
      const { value } = node.attributes;
      const numbers = slotNumbers.get(node.dtype) ?? new Map<number | '-0', number>();
      slotNumbers.set(node.dtype, numbers);
      const name = Object.is(value, -0) ? '-0' : value;
      const known = numbers.get(name) ?? slots.push(value) - 1;
      numbers.set(name, known);
      slotOf.set(node, known);
      writeNumber(SLOT);
      writeNumber(known);
      writeValue(node);
    } else if (node.op === 'control') {
      const { key: body = '', slots: inner = [] } = described?.get(node) ?? {};
      divide = node.attributes.rules.divide;
      slotOf.set(node, slots.length);
      slots.push(...inner);
      writeNumber(CONTROL);
      writeText(body);
      writePlaces(node.inputs);
    } else {
      writeOperation(node, OPERATIONS);
      writePlaces(node.inputs);
    }
  }
  writeNumber(OUTPUTS);
  writePlaces(graph.outputs);
  writeNumbers(graph.updates.map((update = -1) => update + 1));
  return { key: takeKey(), leaves, slots, leafOf, slotOf, ...(divide === undefined ? {} : { divide }) };
}
