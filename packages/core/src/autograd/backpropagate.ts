/**
 * Reverse accumulation: the whole of automatic differentiation but its rules.
 *
 * L depends on an output y through everything computed from y; its cotangent is dL/dy. Starting from cotangents of the
 * outputs, nodes are visited users first: when a node is reached, all of its users have already sent their share, so
 * that its cotangent is complete and its rule can send shares on to its inputs. Only nodes between outputs and
 * sources take part. Since rules build ordinary nodes, what comes out can be differentiated again.
 */
import { add } from '../graph/build';
import { passesGradient } from '../graph/history';
import type { Node } from '../graph/node';
import { currentScope, withScope } from '../graph/state';
import { nodesOf } from '../graph/traverse';
import { type Cotangents, inputCotangents } from './rules';
import type { Pullback } from './rules/rule';

export interface Backpropagation {
  /** dL/dsource, for every source that the outputs depend on. */
  readonly cotangents: ReadonlyMap<Node, Node>;
  /** Nodes the outputs depend on that were realized before, so that what led to them is not known any more. */
  readonly severed: readonly Node[];
}

/**
 * @param seeds       cotangents of the outputs
 * @param sources     what to differentiate by
 * @param independent whether sources count as independent of one another; otherwise a source that another is computed
 *                    from gets its share through that one too
 */
export function backpropagate(
  seeds: ReadonlyMap<Node, Node>,
  sources: ReadonlySet<Node>,
  independent: boolean,
): Backpropagation {
  // Inputs are older than their users: what is older than every source cannot depend on one.
  let oldest = Number.POSITIVE_INFINITY;
  for (const source of sources) oldest = Math.min(oldest, source.id);
  // A source that was realized, such as a packed variable that was read, begins there: it has no inputs any more.
  const begins = (node: Node): boolean =>
    sources.has(node) && (independent || (node.realized !== undefined && node.inputs.length === 0));
  const follows = (node: Node): boolean => node.id > oldest && passesGradient(node) && !begins(node);
  const order = nodesOf([...seeds.keys()], (node) => (follows(node) ? node.inputs : []));

  const involved = new Set<Node>();
  const severed: Node[] = [];
  for (const node of order) {
    if (sources.has(node)) involved.add(node);
    if (!follows(node)) continue;
    if (node.inputs.some((input) => involved.has(input))) involved.add(node);
    if (node.realized !== undefined && !sources.has(node)) severed.push(node);
  }

  const cotangents = new Map<Node, Node>();
  const send = (node: Node, share: Node): void => {
    const sum = cotangents.get(node);
    cotangents.set(node, sum === undefined ? share : add(sum, share));
  };
  for (const [output, seed] of seeds) if (involved.has(output)) send(output, seed);
  // Control flow has several results, whose cotangents it gets together.
  const ofResults = new Map<Node | undefined, Map<number, Node>>();
  const sharesOf = (node: Node): Cotangents => {
    if (node.op === 'control') {
      const results = ofResults.get(node);
      if (results === undefined) return [];
      return node.attributes.rules.vjp(node, results, (input) => involved.has(input));
    }
    const cotangent = cotangents.get(node);
    if (cotangent === undefined) return [];
    if (node.op !== 'result') return inputCotangents(node, cotangent, pullback);
    const [control] = node.inputs;
    const { index } = node.attributes;
    const results = ofResults.get(control) ?? new Map<number, Node>();
    const other = results.get(index);
    ofResults.set(control, results.set(index, other === undefined ? cotangent : add(other, cotangent)));
    return [];
  };
  for (const node of order.reverse()) {
    if (!involved.has(node) || !follows(node)) continue;
    const { inputs } = node;
    inScopeOf(node, () => sharesOf(node)).forEach((share, index) => {
      const input = inputs[index];
      if (share !== undefined && input !== undefined && involved.has(input)) send(input, share);
    });
  }
  return { cotangents, severed };
}

const GRADIENT = 'gradient of ';

/** Builds the gradient of a node under the name of the node's layer; a gradient of a gradient is called one as well. */
function inScopeOf<T>({ scope }: Node, build: () => T): T {
  if (scope === '' || currentScope().startsWith(GRADIENT)) return build();
  return withScope(scope.startsWith(GRADIENT) ? scope : GRADIENT + scope, build);
}

/** Differentiates through nodes on behalf of a rule. A source listed twice gets its gradient at its first place. */
const pullback: Pullback = (output, g, sources) => {
  const { cotangents } = backpropagate(new Map([[output, g]]), new Set(sources), true);
  return sources.map((source, index) =>
    sources.indexOf(source) === index ? cotangents.get(source) : undefined,
  );
};
