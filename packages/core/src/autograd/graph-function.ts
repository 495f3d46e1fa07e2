/**
 * Pieces of graph as functions: the same nodes on other inputs.
 */
import type { Node } from '../graph/node';
import { rewrite } from '../graph/rewrite';
import { nodesOf } from '../graph/traverse';
import { isRandomSource } from './batching/rules/random';
import { placeholder } from './placeholder';

/** The outputs with nodes replaced; what does not depend on a replaced node stays the same node. */
function substitute(outputs: readonly Node[], replacements: ReadonlyMap<Node, Node>): Node[] {
  const oldest = oldestOf([...replacements.keys()]);
  return rewrite(outputs, (node) => replacements.get(node) ?? (node.id < oldest ? node : undefined));
}

/** Inputs are older than their users: what is older than these nodes does not depend on them. */
const oldestOf = (nodes: readonly Node[]): number =>
  nodes.reduce((oldest, { id }) => Math.min(oldest, id), Number.POSITIVE_INFINITY);

/** From arguments, and from what the function takes from around it, to results. */
export type Apply = (args: readonly Node[], captured: readonly Node[]) => Node[];

export interface GraphFunction {
  /** What the function takes from around it, to be passed to `apply`, or something that stands for it. */
  readonly captured: readonly Node[];
  /** Keeps nothing alive of the graph that it was made of. */
  readonly apply: Apply;
}

/**
 * The graph between `args` and `outputs` as a function. What depends on no argument is captured, save for constants and
 * for random numbers, which are drawn again (the same ones, from a captured state).
 */
export function graphFunction(outputs: readonly Node[], args: readonly Node[]): GraphFunction {
  const captured = capturedBetween(outputs, args);
  const keys = [...args, ...captured];
  const parameters = keys.map(({ shape, dtype }) => placeholder(shape, dtype));
  return { captured, apply: applying(substitute(outputs, pairs(keys, parameters)), parameters) };
}

/** In a scope of its own, so that the function holds on to nothing else. */
const applying =
  (closed: readonly Node[], parameters: readonly Node[]): Apply =>
  (args, captured) =>
    substitute(closed, pairs(parameters, [...args, ...captured]));

const pairs = (keys: readonly Node[], values: readonly Node[]): Map<Node, Node> =>
  new Map(keys.map((key, index) => [key, values[index] ?? key]));

/** Nodes that do not depend on `args` but are read by the outputs or by nodes that do. */
function capturedBetween(outputs: readonly Node[], args: readonly Node[]): Node[] {
  const oldest = oldestOf(args);
  const isOld = (node: Node): boolean => node.id < oldest || node.realized !== undefined;
  const inside = new Set(args);
  const constants = new Set<Node>();
  const order = nodesOf(outputs, (node) => (isOld(node) ? [] : node.inputs));
  const captured = new Set<Node>();
  const capture = (node: Node): void => {
    if (!inside.has(node) && !constants.has(node)) captured.add(node);
  };
  for (const node of order) {
    const isNew = !isOld(node);
    const isConstant =
      node.op === 'scalar' ||
      node.op === 'iota' ||
      (isNew && node.inputs.length > 0 && node.inputs.every((input) => constants.has(input)));
    if (isConstant) constants.add(node);
    else if (isNew && (isRandomSource(node) || node.inputs.some((input) => inside.has(input))))
      inside.add(node);
  }
  for (const node of order) if (inside.has(node) && !args.includes(node)) node.inputs.forEach(capture);
  outputs.forEach(capture);
  return [...captured];
}
