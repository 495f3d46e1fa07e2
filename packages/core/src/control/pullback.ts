/**
 * Bodies differentiated: the cotangents of parameters, as nodes over the same parameters.
 */
import { backpropagate } from '../autograd/backpropagate';
import { add } from '../graph/build';
import { passesGradient } from '../graph/history';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';

/**
 * Takes cotangents of outputs back to parameters.
 *
 * @param seeds outputs with their cotangents; an output may come several times
 * @returns by parameter, undefined where no output depends on it
 */
export function bodyCotangents(
  seeds: readonly (readonly [output: Node, cotangent: Node])[],
  parameters: readonly Node[],
): ReadonlyMap<Node, Node> {
  const sums = new Map<Node, Node>();
  for (const [output, cotangent] of seeds) {
    const other = sums.get(output);
    sums.set(output, other === undefined ? cotangent : add(other, cotangent));
  }
  return backpropagate(sums, new Set(parameters), true).cotangents;
}

/** Which of `outputs` a gradient takes back to `sources`. */
export function dependents(outputs: readonly Node[], sources: ReadonlySet<Node>): ReadonlySet<Node> {
  const found = new Set<Node>();
  const order = nodesOf(outputs, (node) => (passesGradient(node) ? node.inputs : []));
  for (const node of order) {
    const depends = passesGradient(node) && node.inputs.some((input) => found.has(input));
    if (sources.has(node) || depends) found.add(node);
  }
  return new Set(outputs.filter((output) => found.has(output)));
}
