/**
 * Composites that are control flow inside: where no library takes one, its decomposition stands in its place, and the
 * graph is planned as one with control flow.
 */
import type { DeviceBuffer } from '../../device/buffer';
import type { Node } from '../../graph/node';
import { withInputs } from '../../graph/node';
import { nodesOf } from '../../graph/traverse';
import type { Division, Executable } from '../../plan/executable';
import type { RunObserver } from '../../plan/observer';
import { type Leaf, type Signature, signatureOf } from '../../plan/signature';
import { decompose } from '../../schedule/decompose';
import { matchLibrary } from '../../schedule/schedule';
import { type PartMemory, perform, type Sink, type SteppedExecutable, type Steps } from './perform';

/** Plans a graph without visible control flow. */
export function planOpened(division: Division): Executable {
  const { graph, signature, device, backend } = division;
  const isLeaf = (node: Node): boolean => signature.leafOf.has(node);
  const isTaken = (node: Node): boolean => matchLibrary(node, backend.library, device) !== undefined;
  // What a library takes here it may refuse in the graph's simplest form: then everything is opened.
  const outputs =
    opened(graph.outputs, isLeaf, (node) => !isTaken(node)) ??
    opened(graph.outputs, isLeaf, () => true) ??
    graph.outputs;
  const open = { ...graph, outputs };
  const own = signatureOf(open);
  return new OpenedPlan(division.plan(open, own), own, signature);
}

/** The graph with some composites of control flow replaced; undefined where there are none of these. */
function opened(
  outputs: readonly Node[],
  isLeaf: (node: Node) => boolean,
  opens: (node: Node) => boolean,
): readonly Node[] | undefined {
  const replaced = new Map<Node, Node>();
  let found = false;
  for (const node of nodesOf(outputs, (each) => (isLeaf(each) ? [] : each.inputs))) {
    if (isLeaf(node)) continue;
    const inputs = node.inputs.map((input) => replaced.get(input) ?? input);
    const isMoved = inputs.some((input, index) => input !== node.inputs[index]);
    const moved = isMoved ? withInputs(node, inputs) : node;
    const inside = node.op === 'composite' && opens(moved) ? openedComposite(moved, opens) : undefined;
    if (inside !== undefined) found = true;
    if (inside !== undefined || isMoved) replaced.set(node, inside ?? moved);
  }
  return found ? outputs.map((node) => replaced.get(node) ?? node) : undefined;
}

/** What a composite decomposes to, if there is control flow in that, at any depth. */
function openedComposite(node: Node, opens: (node: Node) => boolean): Node | undefined {
  const inside = decompose(node);
  if (inside === undefined) return undefined;
  const inputs = new Set(node.inputs);
  const isInput = (each: Node): boolean => inputs.has(each);
  const order = nodesOf([inside], (each) => (isInput(each) ? [] : each.inputs));
  if (order.some((each) => each.op === 'control' && !isInput(each))) {
    return opened([inside], isInput, opens)?.[0] ?? inside;
  }
  return opened([inside], isInput, opens)?.[0];
}

/** A plan of the opened graph, run with the leaves and slots of the original. */
class OpenedPlan implements SteppedExecutable {
  readonly #inner: Executable;
  /** For each leaf of the opened graph its number in the original. */
  readonly #leaves: readonly number[];
  /** For each slot the number in the original, or its value where a decomposition brought it. */
  readonly #slots: readonly ({ readonly slot: number } | { readonly value: number })[];

  constructor(inner: Executable, own: Signature, original: Signature) {
    this.#inner = inner;
    this.#leaves = own.leaves.map((leaf) => original.leaves.findIndex((each) => isSameLeaf(each, leaf)));
    const slots: ({ readonly slot: number } | { readonly value: number })[] = own.slots.map((value) => ({
      value,
    }));
    for (const [node, slot] of own.slotOf) {
      const known = original.slotOf.get(node);
      if (known !== undefined) slots[slot] = { slot: known };
    }
    this.#slots = slots;
  }

  get arenaBytes(): number {
    return this.#inner.arenaBytes;
  }

  get heldBytes(): number {
    return this.#inner.heldBytes;
  }

  get failed(): boolean {
    return this.#inner.failed;
  }

  get dispatches(): Executable['dispatches'] {
    return this.#inner.dispatches;
  }

  get sections(): Executable['sections'] {
    return this.#inner.sections;
  }

  get passing(): NonNullable<Executable['passing']> {
    return this.#inner.passing ?? [];
  }

  get preparing(): Promise<void> | undefined {
    return this.#inner.preparing;
  }

  run(
    leaves: readonly DeviceBuffer[],
    targets: readonly DeviceBuffer[],
    slots: readonly number[],
    observer?: RunObserver,
  ): void | Promise<void> {
    return this.#inner.run(routedLeaves(this.#leaves, leaves), targets, this.#routed(slots), observer);
  }

  *steps({ leaves, targets, arena }: PartMemory, slots: readonly number[], sink: Sink): Steps {
    const memory = { leaves: routedLeaves(this.#leaves, leaves), targets, arena };
    yield* perform(this.#inner, memory, this.#routed(slots), sink);
  }

  #routed(slots: readonly number[]): number[] {
    return this.#slots.map((each) => ('slot' in each ? (slots[each.slot] ?? 0) : each.value));
  }
}

const isSameLeaf = (a: Leaf, b: Leaf): boolean =>
  'buffer' in a ? 'buffer' in b && a.buffer === b.buffer : 'parameter' in b && a.parameter === b.parameter;

const routedLeaves = <T>(numbers: readonly number[], leaves: readonly T[]): T[] =>
  numbers.flatMap((number) => leaves[number] ?? []);
