/**
 * The scheduler: from a graph to an ordered list of steps over numbered buffers.
 *
 * canonicalize → decide what is materialized and where it lives → take element-wise followers into library calls →
 * fuse the rest into kernels → order, so that a variable is only overwritten once nothing reads its old value.
 * It needs no hardware: given a graph and a backend's capabilities, the steps can be asserted in a test.
 */
import type { Caps } from '../backend/interface';
import type { Library, LibraryCall, LibraryMatch } from '../backend/library';
import type { Graph } from '../device/program';
import { bytesPerStorage, type DType, type Storage } from '../dtype';
import { identity } from '../graph/build';
import { isElementwise } from '../graph/kinds';
import { makeNode, type Node, withInputs } from '../graph/node';
import { onDemand } from '../loading';
import type { Location, LoweredKernel } from '../lower/kernel-spec';
import { viewOf } from '../lower/operand-view';
import type { Signature } from '../plan/signature';
import { sizeOf } from '../shape/shape';
import { type CanonicalGraph, canonicalize, type LibraryMatcher } from './canonicalize';
import { type BoundEpilogue, lowerEpilogue } from './epilogue';
import { type FusionContext, fuse, type Group, lowerGroup } from './fuse';
import { Materialized } from './materialize';
import { type GroupUses, orderGroups } from './order';
import { type BaseBuffer, bytesOf, Placement } from './placement';

/** A range of a buffer of the plan, in bytes; without `bytes` the whole buffer. */
export interface PlannedRange {
  readonly base: number;
  readonly offset: number;
  readonly bytes: number;
}

export type Step =
  | { readonly kind: 'kernel'; readonly name: string; readonly lowered: LoweredKernel }
  | {
      readonly kind: 'library';
      readonly name: string;
      readonly call: LibraryCall;
      /** What is computed, on operands without values: it keeps none of the graph. */
      readonly node: Node;
      readonly ranges: readonly PlannedRange[];
      readonly scalars: readonly number[];
    }
  | { readonly kind: 'copy'; readonly name: string; readonly from: PlannedRange; readonly to: PlannedRange };

export interface Schedule {
  readonly steps: readonly Step[];
  readonly bases: readonly BaseBuffer[];
  readonly addedSlots: readonly number[];
}

/** What the scheduler has to know of a backend. */
export interface Target {
  readonly caps: Caps;
  readonly library: Library | undefined;
  storageOf(dtype: DType): Storage;
}

/** The steps that compute a graph. It pauses now and then, for those who have other things to do meanwhile. */
export function* scheduling(graph: Graph, signature: Signature, target: Target): Generator<void, Schedule> {
  const { caps, library } = target;
  const match: LibraryMatcher = (node, alone) => matchLibrary(node, library, target, alone);
  const canonical = canonicalize(graph.outputs, signature, match, caps);
  yield;
  // An update in place is tried first; the ones that turn out to be unsafe are computed aside and copied.
  const aside = new Set<number>();
  for (;;) {
    const attempt = yield* new Scheduling(graph, signature, target, canonical, aside).run();
    if ('unsafe' in attempt) for (const output of attempt.unsafe) aside.add(output);
    else return attempt;
  }
}

/** The same without a pause. */
export function schedule(graph: Graph, signature: Signature, target: Target): Schedule {
  const steps = scheduling(graph, signature, target);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** What a library makes of a node, where it may take it. */
export function matchLibrary(
  node: Node,
  library: Library | undefined,
  target: Pick<Target, 'storageOf'>,
  alone = false,
): LibraryMatch | undefined {
  const takes =
    node.op === 'dot' ||
    node.op === 'conv' ||
    node.op === 'gather' ||
    node.op === 'scatterAdd' ||
    node.op === 'composite';
  if (library === undefined || !takes || [node, ...node.inputs].some(({ shape }) => sizeOf(shape) === 0))
    return undefined;
  const operands = node.inputs.map((input) => {
    const { offset, strides } = viewOf(input);
    const { shape, dtype } = input;
    return { shape, offset, strides, dtype, storage: target.storageOf(dtype) };
  });
  return library.match({ node, operands, alone });
}

class Scheduling {
  readonly #signature: Signature;
  readonly #target: Target;
  readonly #graph: Graph;
  readonly #canonical: CanonicalGraph;
  readonly #aside: ReadonlySet<number>;
  readonly #outputs: readonly Node[];
  readonly #values: Materialized;
  readonly #placement: Placement;
  /** Library nodes by the value that their epilogue computes. */
  readonly #products = new Map<Node, Node>();
  /** Epilogues of library calls by the value that they compute, once everything has its place. */
  readonly #epilogues = new Map<Node, BoundEpilogue | undefined>();
  readonly #strides = new Map<Node, readonly number[]>();
  /** Library nodes by the sums of their second operand that they give as well. */
  #sums: ReadonlyMap<Node, Node> = new Map();
  readonly #copies: Step[] = [];

  constructor(
    graph: Graph,
    signature: Signature,
    target: Target,
    canonical: CanonicalGraph,
    aside: ReadonlySet<number>,
  ) {
    this.#graph = graph;
    this.#signature = signature;
    this.#target = target;
    this.#canonical = canonical;
    this.#aside = aside;
    const { assembly, library } = canonical;
    this.#outputs = distinctOutputs(canonical.outputs, (node) => assembly.isPart(node));
    this.#values = new Materialized(this.#outputs, library, assembly, target.caps.maxBindings);
    this.#placement = new Placement((dtype) => target.storageOf(dtype));
  }

  *run(): Generator<void, Schedule | { readonly unsafe: readonly number[] }> {
    this.#placeLeaves();
    this.#placeOutputs();
    this.#placeParts();
    this.#absorbFollowers();
    this.#pairSums();
    this.#values.limitBindings();
    const computed = this.#values
      .values()
      .filter((node) => !this.#canonical.assembly.has(node) && sizeOf(node.shape) > 0);
    for (const value of computed) this.#placement.placeTemporary(value);

    const context = this.#fusionContext(computed);
    yield;
    const groups = yield* fuse(context);
    const lowered = new Map<Group, LoweredKernel>();
    for (const group of groups) {
      if (group.kind === 'loop') lowered.set(group, lowerGroup(group.spec, context));
      yield;
    }
    const updates = this.#updatedBases();
    const uses = groups.map((group) => ({ group, ...this.#usesOf(group, lowered.get(group)) }));
    const ordered = orderGroups(uses, new Set(updates.keys()), (base) => {
      const buffer = this.#placement.bases[base];
      return buffer?.kind === 'temporary' ? bytesOf(buffer) : 0;
    });
    const unsafe = [...ordered.unsafe].flatMap((base) => updates.get(base) ?? []);
    if (unsafe.length > 0) return { unsafe };
    const steps: Step[] = [];
    for (const group of ordered.groups) {
      steps.push(this.#step(group, lowered.get(group)));
      yield;
    }
    return {
      steps: [...steps, ...this.#copies],
      bases: this.#placement.bases,
      addedSlots: this.#canonical.addedSlots,
    };
  }

  #placeLeaves(): void {
    const parameters = this.#values.order.filter((node) => node.op === 'parameter');
    this.#signature.leaves.forEach((leaf, index) => {
      // One buffer may be seen with several shapes.
      const nodes = parameters.filter(({ attributes }) => attributes.index === index);
      const node = nodes.at(-1);
      const dtype = node?.dtype ?? ('buffer' in leaf ? leaf.buffer.dtype : 'float32');
      const location = this.#placement.addBase('leaf', index, dtype, node?.shape ?? [0]);
      for (const each of nodes) this.#placement.place(each, location);
    });
  }

  #placeOutputs(): void {
    this.#outputs.forEach((node, index) => {
      const parameter = this.#graph.updates[index];
      const leaf = this.#signature.leaves.findIndex(
        (each) => 'parameter' in each && each.parameter === parameter,
      );
      const size = sizeOf(node.shape);
      if (parameter === undefined || leaf < 0) {
        this.#placement.place(node, this.#placement.addBase('output', index, node.dtype, node.shape));
        return;
      }
      const inPlace = { base: leaf, offset: 0, storage: this.#target.storageOf(node.dtype) };
      if (!this.#aside.has(index)) {
        this.#placement.place(node, inPlace);
        return;
      }
      const aside = this.#placement.addBase('temporary', 0, node.dtype, node.shape);
      this.#placement.place(node, aside);
      const bytes = size * bytesPerStorage(aside.storage);
      this.#copies.push({
        kind: 'copy',
        name: 'update',
        from: { base: aside.base, offset: 0, bytes },
        to: { base: leaf, offset: 0, bytes },
      });
    });
  }

  #placeParts(): void {
    for (const [node, parts] of this.#canonical.assembly.entries()) {
      if (!this.#values.has(node)) continue;
      this.#placement.placeTemporary(node);
      const whole = this.#placement.locate(node);
      if (whole === undefined) continue;
      for (const { value, offset, strides } of parts) {
        this.#placement.place(value, { ...whole, offset: whole.offset + offset });
        if (strides !== undefined) this.#strides.set(value, strides);
      }
    }
  }

  /** Takes chains of element-wise nodes after a library call into the call, the longest that fits. */
  #absorbFollowers(): void {
    for (const [product, match] of this.#canonical.library) {
      if (match.epilogue.sideInputs === 0) continue;
      if (this.#values.isOutput(product) || this.#canonical.assembly.isPart(product)) continue;
      const chain = this.#followers(product);
      const result = chain.reverse().find((node) => this.#epilogue(product, node) !== undefined);
      if (result === undefined) continue;
      this.#values.absorb(product, result);
      this.#products.set(result, product);
    }
  }

  /** Leaves sums of what a library call reads to the call. */
  #pairSums(): void {
    const { library } = this.#canonical;
    const isSummed = this.#values.order.some(
      (node) => node.op === 'reduce' && node.attributes.axes.includes(0) && sizeOf(node.shape) > 1,
    );
    if (library.size > 0 && isSummed) {
      const { alignment } = this.#target.caps;
      this.#sums = onDemand().pairSums(this.#values, library, this.#placement, alignment);
    }
  }

  /** The element-wise nodes after a value through which all that is made of it has to pass, in order. */
  #followers(product: Node): Node[] {
    const chain: Node[] = [];
    const open = new Set(this.#values.usersOf(product));
    for (const node of this.#values.order) {
      if (!open.delete(node)) continue;
      const sameSize = sizeOf(node.shape) === sizeOf(product.shape);
      if (!sameSize || !(isElementwise(node) || node.op === 'reshape')) return chain;
      const isPassed = open.size === 0;
      if (isPassed && isElementwise(node)) chain.push(node);
      if (this.#values.has(node)) return chain;
      for (const user of this.#values.usersOf(node)) open.add(user);
    }
    return chain;
  }

  #epilogue(product: Node, result: Node): BoundEpilogue | undefined {
    const match = this.#canonical.library.get(product);
    if (match === undefined) return undefined;
    return lowerEpilogue(
      product,
      result,
      match.epilogue,
      { locate: (node) => this.#locate(node, product, result), isStored: () => true },
      this.#target.caps,
      this.#target.storageOf(result.dtype),
    );
  }

  /** The epilogue where everything is placed, lowered once for the order and for the call. */
  #placedEpilogue(product: Node, result: Node): BoundEpilogue | undefined {
    const bound = this.#epilogues.get(result) ?? this.#epilogue(product, result);
    this.#epilogues.set(result, bound);
    return bound;
  }

  #locate(node: Node, product: Node, result: Node): Location | undefined {
    if (node === product || node === result || !this.#values.has(node)) return undefined;
    // Before everything is placed, values that will be temporary stand at the beginning of buffers of their own.
    return (
      this.#placement.locate(node) ?? {
        base: -1 - node.id,
        offset: 0,
        storage: this.#target.storageOf(node.dtype),
      }
    );
  }

  #fusionContext(computed: readonly Node[]): FusionContext {
    const values = this.#values;
    const readers = new Map<Node, Set<Node>>();
    const sources = new Map<Node, readonly Node[]>();
    for (const value of values.values()) {
      const found = values.sourcesOf(value);
      sources.set(value, found);
      for (const source of found) readers.set(source, (readers.get(source) ?? new Set()).add(value));
    }
    const { assembly } = this.#canonical;
    // Reading a joined value is reading its parts, as far as order is concerned.
    const orderingSources = (value: Node): Node[] =>
      (sources.get(value) ?? []).flatMap((source) => [
        source,
        ...assembly.partsOf(source).map((part) => part.value),
      ]);
    return {
      values: computed,
      isLibrary: (value) => this.#products.has(value) || this.#canonical.library.has(value),
      nodesOf: (value) => values.expression(value).length,
      besides: this.#sums,
      sourcesOf: orderingSources,
      surroundings: (members) => ({
        // A joined value is not there yet while the kernel computes parts of it.
        locate: (node) =>
          values.has(node) && !assembly.partsOf(node).some(({ value }) => members.has(value))
            ? this.#placement.locate(node)
            : undefined,
        isStored: (node) => {
          if (values.isOutput(node) || assembly.isPart(node)) return true;
          const reading = readers.get(node);
          return reading === undefined || [...reading].some((reader) => !members.has(reader));
        },
      }),
      caps: this.#target.caps,
    };
  }

  /** Leaves that are updated in place, with the outputs that do it. */
  #updatedBases(): Map<number, number[]> {
    const updated = new Map<number, number[]>();
    this.#outputs.forEach((node, index) => {
      const base = this.#placement.locate(node)?.base;
      if (this.#graph.updates[index] === undefined || base === undefined || this.#aside.has(index)) return;
      if (this.#placement.bases[base]?.kind === 'leaf')
        updated.set(base, [...(updated.get(base) ?? []), index]);
    });
    return updated;
  }

  #usesOf(group: Group, lowered: LoweredKernel | undefined): Omit<GroupUses, 'group'> {
    const reads = new Set<number>();
    const holds = new Set<number>();
    const writes = new Set<number>();
    const hazards = new Set(lowered?.hazards);
    for (const { node } of group.spec.members) {
      if (lowered === undefined && !this.#sums.has(node))
        for (const read of this.#readWhileWritten(node)) hazards.add(read.base);
      const base = this.#placement.locate(node)?.base;
      if (base !== undefined) writes.add(base);
      for (const source of this.#values.sourcesOf(node)) {
        const from = this.#placement.locate(source)?.base;
        if (from !== undefined) (source.op === 'parameter' ? reads : holds).add(from);
      }
    }
    return { reads, writes, hazards, holds };
  }

  /** What a library call still reads after it began to write: all but those elements of sides that it replaces. */
  #readWhileWritten(result: Node): Location[] {
    const product = this.#products.get(result) ?? result;
    const at = this.#placement.locate(result);
    const { epilogue, sideInputs = [] } = this.#placedEpilogue(product, result) ?? {};
    return [
      ...product.inputs.flatMap((input) => this.#placement.locate(viewOf(input).base) ?? []),
      ...sideInputs.filter(
        ({ offset }, index) => offset !== at?.offset || epilogue?.sideInputs[index]?.kind !== 'full',
      ),
    ];
  }

  #step(group: Group, lowered: LoweredKernel | undefined): Step {
    // What a library computes, else what comes last: operands may be shared with other layers.
    const scope =
      group.spec.members
        .flatMap(({ node }) => [...this.#values.expression(node), this.#products.get(node) ?? node])
        .filter((node) => node.scope !== '')
        .at(-1)?.scope ?? '';
    const suffix = scope === '' ? '' : ` in ${scope}`;
    if (lowered !== undefined) return { kind: 'kernel', name: `${lowered.kernel.name}${suffix}`, lowered };
    const [member, besides] = group.spec.members;
    if (member === undefined) throw new Error('no member');
    return this.#libraryStep(member.node, besides?.node, suffix);
  }

  #libraryStep(result: Node, sums: Node | undefined, suffix: string): Step {
    const product = this.#products.get(result) ?? result;
    const match = this.#canonical.library.get(product);
    const bound = this.#placedEpilogue(product, result);
    const location = this.#placement.locate(result);
    if (match === undefined || bound === undefined || location === undefined) {
      throw new Error(`${product.op} lost its match`);
    }
    const call = match.call(bound.epilogue, this.#strides.get(result), sums !== undefined);
    const operands = product.inputs.map((input) => this.#wholeOf(viewOf(input).base));
    const sides = bound.sideInputs.map((side) => this.#from(side));
    return {
      kind: 'library',
      name: `${call.name}${suffix}`,
      call,
      node: withInputs(
        product,
        product.inputs.map(({ shape, dtype }) => makeNode('parameter', [], { index: -1 }, shape, dtype)),
      ),
      ranges: [
        ...operands,
        ...sides,
        this.#range(location, sizeOf(result.shape)),
        ...(sums === undefined ? [] : [this.#wholeOf(sums)]),
      ],
      scalars: bound.scalars,
    };
  }

  /** The range of a value, seen as one whole buffer. */
  #wholeOf(node: Node): PlannedRange {
    const location = this.#placement.locate(node);
    if (location === undefined) throw new Error(`${node.op} has no place`);
    return this.#range(location, sizeOf(node.shape));
  }

  #range({ base, offset, storage }: Location, length: number): PlannedRange {
    return { base, offset: offset * bytesPerStorage(storage), bytes: length * bytesPerStorage(storage) };
  }

  /** The range from a location to the end of its buffer. */
  #from(location: Location): PlannedRange {
    const { length } = this.#placement.baseOf(location);
    return this.#range(location, length - location.offset);
  }
}

/** Outputs as nodes of their own: leaves, values asked for twice and parts of joined values are copied. */
function distinctOutputs(outputs: readonly Node[], isPart: (node: Node) => boolean): Node[] {
  const seen = new Set<Node>();
  return outputs.map((node) => {
    const own =
      node.op === 'parameter' || seen.has(node) || isPart(node) ? identity(node, 'contiguous') : node;
    seen.add(own);
    return own;
  });
}
