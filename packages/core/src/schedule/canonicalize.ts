/**
 * Canonicalization: the graph as the scheduler wants it.
 *
 * Equal nodes become one, marks that only matter to gradients disappear, leaves are numbered, and everything that no
 * library kernel takes is written as views, element-wise nodes and reductions.
 */
import type { LibraryMatch } from '../backend/library';
import { HiddenControl } from '../graph/control';
import { makeNode, type Node, withInputs } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { onDemand } from '../loading';
import { takeKey, writeNumbers, writeOperation } from '../plan/key-writer';
import type { Signature } from '../plan/signature';
import type { AssemblyLimits } from './assemble';
import { decompose } from './decompose';
import { Joins } from './joins';
import { neutralOperand } from './neutral';
import { emptyReduction, isLongReduction, trivialReduction } from './simple-reduction';

/** Decides whether a library takes a node; the node's inputs are canonical. `alone` is that of a `LibraryRequest`. */
export type LibraryMatcher = (node: Node, alone: boolean) => LibraryMatch | undefined;

/** A graph whose leaves are `parameter` nodes numbered like the signature's leaves, and slots numbered like its slots. */
export interface CanonicalGraph {
  readonly outputs: readonly Node[];
  /** Nodes that a library takes, with what it offers. */
  readonly library: ReadonlyMap<Node, LibraryMatch>;
  /** Values of slots that decompositions brought along; they are numbered after the signature's. */
  readonly addedSlots: readonly number[];
  /** Joined values and their parts. */
  readonly assembly: Joins;
}

export function canonicalize(
  outputs: readonly Node[],
  signature: Signature,
  match: LibraryMatcher,
  limits: AssemblyLimits,
): CanonicalGraph {
  const canonicalizer = new Canonicalizer(signature, match, limits);
  const { assembly, library, addedSlots } = canonicalizer;
  const canonical = canonicalizer.all(outputs);
  if (!assembly.isEmpty) {
    const read = new Set(nodesOf(canonical));
    assembly.settle((joined) => read.has(joined));
  }
  return { outputs: canonical, library, addedSlots, assembly };
}

class Canonicalizer {
  readonly library = new Map<Node, LibraryMatch>();
  readonly addedSlots: number[] = [];
  readonly assembly = new Joins();
  readonly #limits: AssemblyLimits;
  readonly #signature: Signature;
  readonly #match: LibraryMatcher;
  /** What each visited node became; canonical nodes became themselves. */
  readonly #canonical = new Map<Node, Node>();
  /** Canonical nodes by what they compute, and what each of them was simplified to. */
  readonly #shared = new Map<string, Node>();
  readonly #readers = new Map<Node, number>();
  /** Whether the node at hand is the only reader of its inputs. */
  #alone = false;

  constructor(signature: Signature, match: LibraryMatcher, limits: AssemblyLimits) {
    this.#limits = limits;
    this.#signature = signature;
    this.#match = match;
  }

  all(outputs: readonly Node[]): Node[] {
    const canonical = this.#canonical;
    const isDone = (node: Node): boolean => canonical.has(node) || this.#signature.leafOf.has(node);
    const readers = this.#readers;
    const order = nodesOf(outputs, (each) => (isDone(each) ? [] : each.inputs));
    for (const node of order)
      for (const input of new Set(node.inputs)) readers.set(input, (readers.get(input) ?? 0) + 1);
    for (const node of order) {
      if (canonical.has(node)) continue;
      this.#alone = node.inputs.every((input) => readers.get(input) === 1);
      const result = this.#visit(node);
      canonical.set(node, result);
      canonical.set(result, result);
    }
    return outputs.map((node) => this.#find(node));
  }

  #find(node: Node): Node {
    const found = this.#canonical.get(node);
    if (found === undefined) throw new Error(`${node.op} was not visited`);
    return found;
  }

  #visit(node: Node): Node {
    const leaf = this.#signature.leafOf.get(node);
    if (leaf !== undefined)
      return this.#unique(makeNode('parameter', [], { index: leaf }, node.shape, node.dtype));
    if (node.op === 'scalar') {
      const { slot, value } = node.attributes;
      const number = slot ? this.#slotNumber(node, value) : value;
      return this.#unique(makeNode('scalar', [], { slot, value: number }, node.shape, node.dtype));
    }
    const inputs = node.inputs.map((input) => this.#find(input));
    const [first] = inputs;
    if (node.op === 'identity' && node.attributes.kind !== 'barrier' && first !== undefined) return first;
    const moved = inputs.every((input, i) => input === node.inputs[i]) ? node : withInputs(node, inputs);
    return neutralOperand(moved) ?? this.#simplified(moved);
  }

  #simplified(node: Node): Node {
    const key = keyOf(node);
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const result = this.#simplify(node);
    this.#shared.set(key, result);
    return result;
  }

  /** A node that a library takes stays; everything else that is not primitive is decomposed and visited in turn. */
  #simplify(node: Node): Node {
    if (node.op === 'reduce') {
      const simpler =
        emptyReduction(node) ??
        trivialReduction(node) ??
        (isLongReduction(node) ? onDemand().splitReduction(node) : undefined);
      return simpler === undefined ? node : this.#replace(simpler, node);
    }
    if (node.op === 'concat') {
      const { assemble, inFront } = onDemand();
      const front = inFront(node, this.#limits);
      if (front !== undefined) return this.#replace(front, node);
      return assemble(node, this.assembly, this.library, this.#limits);
    }
    if (node.op === 'slice' && node.inputs[0]?.op === 'concat') {
      const part = onDemand().withinPart(node, node.inputs[0]);
      return part === undefined ? node : this.#replace(part, part);
    }
    if (node.op === 'control') throw new HiddenControl(node.attributes.rules);
    const match = isLibraryOp(node) ? this.#match(node, this.#alone) : undefined;
    if (match !== undefined) {
      this.library.set(node, match);
      return node;
    }
    const simpler = decompose(node);
    return simpler === undefined ? node : this.#replace(simpler, node);
  }

  /** Visits what replaced a node; the inputs of the original are canonical. */
  #replace(replacement: Node, original: Node): Node {
    for (const input of original.inputs) this.#canonical.set(input, input);
    const [result = replacement] = this.all([replacement]);
    return result;
  }

  #slotNumber(node: Node, value: number): number {
    const known = this.#signature.slotOf.get(node);
    if (known !== undefined) return known;
    const found = this.addedSlots.findIndex((each) => Object.is(each, value));
    const added = found >= 0 ? found : this.addedSlots.push(value) - 1;
    return this.#signature.slots.length + added;
  }

  #unique(node: Node): Node {
    const key = keyOf(node);
    const known = this.#shared.get(key) ?? node;
    this.#shared.set(key, known);
    return known;
  }
}

function keyOf(node: Node): string {
  writeOperation(node);
  writeNumbers(node.inputs.map(({ id }) => id));
  return takeKey();
}

const isLibraryOp = ({ op }: Node): boolean =>
  op === 'dot' || op === 'conv' || op === 'gather' || op === 'scatterAdd' || op === 'composite';
