/**
 * Fusion: which values share a kernel.
 *
 * Every value that is computed by generated code starts as a group of its own. In graph order, each joins an earlier
 * group whose domain fits, producers first, siblings next, as long as no other group has to run between them and the
 * common kernel stays within the backend's bindings. Whether members can really share a kernel is decided by lowering
 * them together: it fails where one would read another at positions that are not its own.
 */
import type { Caps } from '../backend/interface';
import type { Node } from '../graph/node';
import {
  type KernelSpec,
  type LoweredKernel,
  type Member,
  NotFusable,
  type Surroundings,
  significantAxes,
} from '../lower/kernel-spec';
import { countBindings, lowerKernel } from '../lower/lower-kernel';

/** Rows longer than this are not walked several times by one kernel. */
const LONGEST_ROW = 8192;
/** Kernels with more results than this gain nothing from another one. */
const MOST_MEMBERS = 16;
/** Nodes that one kernel computes: lowering follows operands recursively, and a longer kernel is no faster than two. */
const MOST_NODES = 640;
/** Groups that a value tries to join. Where the nearest ones do not take it, the others rarely do. */
const MOST_TRIALS = 8;

/** Values computed together. A library call is a group of its own. */
export interface Group {
  readonly kind: 'loop' | 'library';
  spec: KernelSpec;
  /** Nodes that its members are computed through. */
  nodes: number;
  /** Position of the earliest member in graph order. */
  readonly order: number;
  /** Groups that have to run before this one, directly or not. */
  readonly before: Set<Group>;
}

export interface FusionContext {
  /** Values in graph order. */
  readonly values: readonly Node[];
  readonly isLibrary: (value: Node) => boolean;
  /** How many nodes a value is computed through, itself included. */
  readonly nodesOf: (value: Node) => number;
  /** The library call that gives a value beside its own. */
  readonly besides: ReadonlyMap<Node, Node>;
  /** Values that a value reads. */
  readonly sourcesOf: (value: Node) => readonly Node[];
  readonly surroundings: (members: ReadonlySet<Node>) => Surroundings;
  readonly caps: Caps;
}

/** Groups of values, in no particular order. Pauses after each value. */
export function* fuse(context: FusionContext): Generator<void, Group[]> {
  const groups: Group[] = [];
  const groupOf = new Map<Node, Group>();
  for (const [order, value] of context.values.entries()) {
    const sources = context.sourcesOf(value).flatMap((source) => groupOf.get(source) ?? []);
    const own: Group = {
      kind: context.isLibrary(value) ? 'library' : 'loop',
      spec: ownSpec(value),
      nodes: context.nodesOf(value),
      order,
      before: new Set(sources.flatMap((group) => [group, ...group.before])),
    };
    const call = context.besides.get(value);
    const host = call && groupOf.get(call);
    if (host !== undefined) {
      host.spec = { ...host.spec, members: [...host.spec.members, ...own.spec.members] };
      groupOf.set(value, host);
      continue;
    }
    const home =
      own.kind === 'library' ? undefined : findHome(own, [...new Set(sources)].reverse(), groups, context);
    groupOf.set(value, home ?? own);
    if (home === undefined) groups.push(own);
    yield;
  }
  return groups;
}

/** The domain of one value by itself. */
function ownSpec(node: Node): KernelSpec {
  if (node.op !== 'reduce') {
    return { outer: extentsOf(node.shape), inner: [], members: [{ role: 'outer', node }] };
  }
  const shape = node.inputs[0]?.shape ?? [];
  const reduced = new Set(node.attributes.axes);
  const axes = significantAxes(shape);
  return {
    outer: axes.filter((axis) => !reduced.has(axis)).map((axis) => shape[axis] ?? 1),
    inner: axes.filter((axis) => reduced.has(axis)).map((axis) => shape[axis] ?? 1),
    members: [{ role: 'reduce', node }],
  };
}

const extentsOf = (shape: readonly number[]): number[] =>
  significantAxes(shape).map((axis) => shape[axis] ?? 1);

/** The group that a new one joins, after joining. */
function findHome(
  own: Group,
  sources: readonly Group[],
  groups: readonly Group[],
  context: FusionContext,
): Group | undefined {
  let trials = MOST_TRIALS;
  const candidates = [...sources, ...groups.filter((group) => !sources.includes(group)).reverse()];
  for (const group of candidates) {
    if (group.kind === 'library') continue;
    if (group.spec.members.length === MOST_MEMBERS || group.nodes + own.nodes > MOST_NODES) continue;
    // Something that has to run after the group and before the new value keeps them apart.
    if ([...own.before].some((between) => between.before.has(group))) continue;
    const dependent = own.before.has(group);
    const spec = joinSpecs(group.spec, own.spec, dependent);
    if (spec === undefined) continue;
    if (trials-- === 0) return undefined;
    if (!canLower(spec, context)) continue;
    group.spec = spec;
    group.nodes += own.nodes;
    join(group, own, groups);
    return group;
  }
  return undefined;
}

function join(group: Group, own: Group, groups: readonly Group[]): void {
  for (const before of own.before) if (before !== group) group.before.add(before);
  for (const other of groups) {
    if (other.before.has(group)) for (const before of group.before) other.before.add(before);
  }
}

function canLower(spec: KernelSpec, context: FusionContext): boolean {
  try {
    return countBindings(spec, surroundingsOf(spec, context), context.caps) <= context.caps.maxBindings;
  } catch (error) {
    if (error instanceof NotFusable) return false;
    throw error;
  }
}

export const lowerGroup = (spec: KernelSpec, context: FusionContext): LoweredKernel =>
  lowerKernel(spec, surroundingsOf(spec, context), context.caps);

const surroundingsOf = (spec: KernelSpec, context: FusionContext): Surroundings =>
  context.surroundings(new Set(spec.members.map(({ node }) => node)));

/** The common domain of an earlier and a later group, or undefined when there is none. */
function joinSpecs(earlier: KernelSpec, later: KernelSpec, dependent: boolean): KernelSpec | undefined {
  const members = [...earlier.members, ...later.members];
  if (earlier.inner.length === 0 && later.inner.length === 0) {
    return sameExtents(earlier.outer, later.outer) ? { ...earlier, members } : undefined;
  }
  if (earlier.inner.length > 0 && later.inner.length > 0) {
    const sameDomain = sameExtents(earlier.outer, later.outer) && sameExtents(earlier.inner, later.inner);
    if (!sameDomain || !reduceSameAxes(earlier, later) || (dependent && !isRow(earlier))) return undefined;
    return { ...earlier, members };
  }
  const [rows, others] = earlier.inner.length > 0 ? [earlier, later] : [later, earlier];
  if (sameExtents(rows.outer, others.outer)) return { ...rows, members };
  if (!isRow(rows) || !sameExtents([...rows.outer, ...rows.inner], others.outer)) return undefined;
  const full = others.members.map(({ node }): Member => ({ role: 'full', node }));
  return { ...rows, members: earlier === rows ? [...rows.members, ...full] : [...full, ...rows.members] };
}

/**
 * Whether two reductions walk what they reduce in the same order. Sums of rows and of columns can have equal extents, as
 * in the gradient of a normalization over as many features as there are positions: one kernel for both would walk the
 * memory of one of them against the grain.
 */
const reduceSameAxes = (a: KernelSpec, b: KernelSpec): boolean =>
  sameExtents(reductionMasks(a)[0] ?? [], reductionMasks(b)[0] ?? []);

/** Whether the reduced axes are the last ones and short enough to be walked again and again. */
function isRow(spec: KernelSpec): boolean {
  if (spec.inner.reduce((product, extent) => product * extent, 1) > LONGEST_ROW) return false;
  return reductionMasks(spec).every((mask) =>
    mask.slice(mask.indexOf(1)).every((isReduced) => isReduced === 1),
  );
}

/** For each reduction, and each axis of what it reduces that has several indices, 1 if it is reduced. */
function reductionMasks(spec: KernelSpec): number[][] {
  return spec.members.flatMap(({ role, node }) => {
    if (role !== 'reduce') return [];
    const reduced = new Set(node.attributes.axes);
    return [significantAxes(node.inputs[0]?.shape ?? []).map((axis) => (reduced.has(axis) ? 1 : 0))];
  });
}

const sameExtents = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((extent, axis) => extent === b[axis]);
