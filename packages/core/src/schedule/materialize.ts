/**
 * Which values get memory. Everything else is recomputed, in registers, by whoever reads it.
 *
 * A node is materialized when it is an output, an operand or a result of a library call, a reduction, an operand that is
 * read at computed positions, an expensive value with several readers, or a value that its reader would compute many
 * times over. Too many buffers behind one value also force some of them together in a value of its own.
 */
import type { LibraryMatch } from '../backend/library';
import { isElementwise, isMovement } from '../graph/kinds';
import type { Node, Op } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { viewOf, withinParameter } from '../lower/operand-view';
import { sizeOf } from '../shape/shape';
import type { Joins } from './joins';

/** Work per element above which a value with several readers is stored rather than computed again. */
const EXPENSIVE = 8;
/** Work per element above which a value is stored however it is read: kernels stay of bounded size. */
const LONG_CHAIN = 160;
/** Nodes, views included, that a value may be computed through: lowering follows them recursively. */
const DEEP_CHAIN = 320;
/** A value computed at least this many times per element, with some work, is stored. */
const REPEATED = 4;
const SOME_WORK = 4;

const TRANSCENDENTAL: ReadonlySet<Op> = new Set<Op>([
  'exp',
  'log',
  'exp2',
  'log2',
  'sin',
  'cos',
  'tanh',
  'erf',
  'pow',
  'sqrt',
  'rsqrt',
  'div',
  'recip',
  'idiv',
  'mod',
]);

const workOf = (node: Node): number => {
  if (TRANSCENDENTAL.has(node.op)) return EXPENSIVE;
  return isElementwise(node) || node.op === 'pad' || node.op === 'concat' || node.op === 'gather' ? 1 : 0;
};

export class Materialized {
  readonly #outputs: ReadonlySet<Node>;
  readonly #library: ReadonlyMap<Node, LibraryMatch>;
  readonly #assembly: Joins;
  readonly #maxBindings: number;
  /** All nodes, inputs first. */
  order: readonly Node[];
  readonly #users = new Map<Node, Set<Node>>();
  readonly #chosen = new Set<Node>();
  /** Library nodes whose value exists only inside their epilogue. */
  readonly #absorbed = new Set<Node>();

  constructor(
    outputs: readonly Node[],
    library: ReadonlyMap<Node, LibraryMatch>,
    assembly: Joins,
    maxBindings: number,
  ) {
    this.#outputs = new Set(outputs);
    this.#library = library;
    this.#assembly = assembly;
    this.#maxBindings = maxBindings;
    this.order = nodesOf(outputs);
    for (const node of this.order) {
      for (const input of node.inputs) {
        const users = this.#users.get(input) ?? new Set();
        this.#users.set(input, users.add(node));
      }
    }
    for (const node of this.order) {
      if (this.#outputs.has(node) || node.op === 'reduce') this.add(node);
      if (assembly.has(node))
        for (const value of [node, ...assembly.partsOf(node).map((part) => part.value)]) this.add(value);
      if (node.op === 'gather' && !library.has(node)) this.add(withinParameter(requireInput(node)).base);
      if (library.has(node)) {
        this.add(node);
        for (const input of node.inputs) this.add(viewOf(input).base);
      }
    }
    this.#addExpensive();
    this.#addRepeated();
  }

  /** Whether a value is in memory, as a leaf or because it was chosen. */
  has(node: Node): boolean {
    return node.op === 'parameter' || (this.#chosen.has(node) && !this.#absorbed.has(node));
  }

  add(node: Node): void {
    if (node.op !== 'parameter') this.#chosen.add(node);
  }

  /** Leaves a library result to its epilogue, whose value is materialized instead. */
  absorb(product: Node, result: Node): void {
    this.#absorbed.add(product);
    this.add(result);
  }

  /** Leaves values to whoever reads them. */
  discard(nodes: readonly Node[]): void {
    for (const node of nodes) this.#absorbed.add(node);
  }

  isOutput(node: Node): boolean {
    return this.#outputs.has(node);
  }

  usersOf(node: Node): ReadonlySet<Node> {
    return this.#users.get(node) ?? new Set();
  }

  /** Values that are computed, in order; leaves are not among them. */
  values(): Node[] {
    return this.order.filter((node) => node.op !== 'parameter' && this.has(node));
  }

  /** The values in memory from which `node` is computed. */
  sourcesOf(node: Node): Node[] {
    const found = new Set<Node>();
    const visit = (each: Node): void => {
      for (const input of this.inputsOf(each)) {
        if (this.has(input)) found.add(input);
      }
    };
    for (const each of this.expression(node)) visit(each);
    return [...found];
  }

  /** What a node reads: the values under the views for a library call, the parts of a joined value, else its inputs. */
  inputsOf(node: Node): readonly Node[] {
    if (this.#assembly.has(node)) return this.#assembly.partsOf(node).map(({ value }) => value);
    return this.#library.has(node) ? node.inputs.map((input) => viewOf(input).base) : node.inputs;
  }

  /** The nodes that are computed in registers on the way to `node`, itself included, inputs first. */
  expression(node: Node): Node[] {
    return nodesOf([node], (each) => this.inputsOf(each).filter((input) => !this.has(input)));
  }

  /** Stores values behind each computed value until none reads more buffers than a kernel may bind. */
  limitBindings(): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (const value of this.values()) {
        if (this.#library.has(value)) continue;
        // One binding is the result's own.
        if (this.sourcesOf(value).length + 1 <= this.#maxBindings) continue;
        const part = this.#smallestPart(value);
        if (part === undefined) continue;
        this.add(part);
        changed = true;
      }
    }
  }

  /** A part of a value that reads several buffers but few enough, preferably a small one. */
  #smallestPart(value: Node): Node | undefined {
    let best: { readonly node: Node; readonly size: number; readonly sources: number } | undefined;
    for (const node of this.expression(value)) {
      if (node === value || isMovement(node)) continue;
      const sources = this.sourcesOf(node).length;
      if (sources < 2 || sources + 1 > this.#maxBindings) continue;
      const size = sizeOf(node.shape);
      if (best === undefined || size < best.size || (size === best.size && sources > best.sources)) {
        best = { node, size, sources };
      }
    }
    return best?.node;
  }

  #addExpensive(): void {
    const work = new Map<Node, number>();
    const depths = new Map<Node, number>();
    for (const node of this.order) {
      let total = workOf(node);
      let depth = 1;
      for (const input of node.inputs) {
        if (this.has(input)) continue;
        total += work.get(input) ?? 0;
        depth = Math.max(depth, 1 + (depths.get(input) ?? 0));
      }
      const isWorth = !isMovement(node) && sizeOf(node.shape) > 1;
      const isLong = total >= LONG_CHAIN || (total >= EXPENSIVE && this.#readers(node) > 1);
      if ((isWorth && isLong) || depth >= DEEP_CHAIN) this.add(node);
      work.set(node, total);
      depths.set(node, depth);
    }
  }

  /** How many nodes other than views read a node, directly or through views. */
  #readers(node: Node): number {
    let count = 0;
    const pending = [...this.usersOf(node)];
    const seen = new Set<Node>();
    for (let user = pending.pop(); user !== undefined; user = pending.pop()) {
      if (seen.has(user)) continue;
      seen.add(user);
      if (isMovement(user)) pending.push(...this.usersOf(user));
      else count++;
    }
    return count;
  }

  /** Values that are repeated over many elements of their reader: once per element is enough. */
  #addRepeated(): void {
    for (const value of [...this.values()].reverse()) {
      const repeats = new Map<Node, number>([[value, 1]]);
      for (const node of this.expression(value).reverse()) {
        const factor = repeats.get(node) ?? 1;
        const isCandidate = node !== value && isElementwise(node) && sizeOf(node.shape) > 1;
        if (isCandidate && factor >= REPEATED && this.#workOf(node) >= SOME_WORK) {
          this.add(node);
          continue;
        }
        for (const input of this.inputsOf(node)) {
          const ratio =
            node.op === 'expand' || node.op === 'window' ? sizeOf(node.shape) / sizeOf(input.shape) : 1;
          repeats.set(input, Math.max(repeats.get(input) ?? 0, factor * ratio));
        }
      }
    }
  }

  #workOf(node: Node): number {
    return this.expression(node).reduce((total, each) => total + workOf(each), 0);
  }
}

function requireInput(node: Node): Node {
  const [input] = node.inputs;
  if (input === undefined) throw new Error('too few inputs');
  return input;
}
