/**
 * Cutting a graph at its control flow: what is computed before the first control node, between it and the next, and
 * after the last.
 *
 * Every node belongs to the first stage that needs it. Where a later stage needs it again it is stored, unless it is a
 * view or a number, which the later stage makes again.
 */
import type { Graph } from '../../device/program';
import { isMovement } from '../../graph/kinds';
import type { Node, NodeOf } from '../../graph/node';
import { nodesOf } from '../../graph/traverse';

export interface Stage {
  /** What this stage computes and stores; for the last one the graph's outputs. */
  readonly stored: readonly Node[];
  /** The control node that follows; none after the last stage. */
  readonly control: NodeOf<'control'> | undefined;
}

/**
 * @param isLeaf   nodes that have a place already
 * @param outputs  what the last stage computes, which leaves out results that go straight to an output
 */
export function stagesOf(graph: Graph, isLeaf: (node: Node) => boolean, outputs: readonly Node[]): Stage[] {
  const order = nodesOf(graph.outputs);
  const controls = order.filter((node) => node.op === 'control');
  const wanted = [...controls.map(({ inputs }) => inputs), outputs];
  const isPlaced = (node: Node): boolean => {
    const [first] = node.inputs;
    const isSame = node.op === 'reshape' && first !== undefined && isPlaced(first);
    return isLeaf(node) || node.op === 'result' || isSame;
  };
  const inputsOf = (node: Node): readonly Node[] => (isPlaced(node) ? [] : node.inputs);

  const stageOf = new Map<Node, number>();
  const stored = wanted.map(() => new Set<Node>());
  const store = (node: Node): void => {
    if (!isPlaced(node)) stored[stageOf.get(node) ?? 0]?.add(node);
  };
  wanted.forEach((values, stage) => {
    const first = nodesOf(values, (node) => (stageOf.has(node) ? [] : inputsOf(node)));
    for (const node of first) if (!stageOf.has(node)) stageOf.set(node, stage);
    // What earlier stages computed: stored there, or made again here.
    nodesOf(values, (node) => {
      if (isPlaced(node) || (stageOf.get(node) ?? stage) === stage || isMadeAgain(node))
        return inputsOf(node);
      store(node);
      return [];
    });
    if (stage < controls.length) for (const value of values) store(value);
  });
  return wanted.map((_, stage) => ({
    stored: stage < controls.length ? [...(stored[stage] ?? [])] : outputs,
    control: controls[stage],
  }));
}

const isMadeAgain = (node: Node): boolean => isMovement(node) || node.op === 'scalar' || node.op === 'iota';
