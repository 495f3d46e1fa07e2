/**
 * Lowers a group of graph nodes to one loop kernel.
 *
 * Each member is computed at symbolic indices over the kernel's axes. Views rewrite indices, element-wise nodes become
 * instructions, values in memory become loads, and reductions become accumulators of a loop, one loop per level of
 * reductions that depend on each other.
 */
import type { Caps } from '../backend/interface';
import { registerOf } from '../dtype';
import type { Node, NodeOf } from '../graph/node';
import { onDemand } from '../loading';
import { lowerElementwise } from './elementwise';
import { type BoundBuffer, finishKernel } from './finish-kernel';
import {
  axisIndex,
  divideIndex,
  type Index,
  remainderIndex,
  shiftIndex,
  zeroIndex,
} from './index-expression';
import { KernelBuilder } from './kernel-builder';
import {
  type KernelSpec,
  type Location,
  type LoweredKernel,
  type Member,
  NotFusable,
  type Surroundings,
  significantAxes,
} from './kernel-spec';
import { at, flatIndex, sourceIndex } from './movement';
import { withinParameter } from './operand-view';
import type { Reading } from './placed-reads';

/**
 * @throws {NotFusable} when a member reads another at indices other than its own
 */
export function lowerKernel(spec: KernelSpec, surroundings: Surroundings, caps: Caps): LoweredKernel {
  return new Lowering(spec, surroundings, caps).run();
}

/**
 * How many buffers a kernel for the group would bind: lowering without finishing, for those who only want to know
 * whether the members fit together.
 *
 * @throws {NotFusable} when they do not
 */
export function countBindings(spec: KernelSpec, surroundings: Surroundings, caps: Caps): number {
  return new Lowering(spec, surroundings, caps).lower().length;
}

class Lowering {
  readonly #spec: KernelSpec;
  readonly #surroundings: Surroundings;
  readonly #builder: KernelBuilder;
  readonly #members: ReadonlyMap<Node, Member>;
  readonly #grid: readonly Index[];
  readonly #loop: readonly Index[];
  readonly #buffers: BoundBuffer[] = [];
  readonly #accumulators = new Map<Node, number>();
  readonly #values = new Map<string, number>();
  readonly #levels = new Map<Node, number>();
  readonly #names: string[] = [];

  constructor(spec: KernelSpec, surroundings: Surroundings, caps: Caps) {
    this.#spec = spec;
    this.#surroundings = surroundings;
    this.#builder = new KernelBuilder(caps, spec.outer.length);
    this.#members = new Map(spec.members.map((member) => [member.node, member]));
    this.#grid = spec.outer.map((extent, axis) => axisIndex(axis, extent));
    this.#loop = spec.inner.map((extent, axis) => axisIndex(spec.outer.length + axis, extent));
  }

  run(): LoweredKernel {
    const buffers = this.lower();
    const liftLoop = this.#spec.members.some(
      ({ role, node }) => role === 'reduce' && node.attributes.axes.includes(0),
    );
    return finishKernel(this.#builder, this.#spec, buffers, this.#names, liftLoop);
  }

  /** Writes the code of all members and returns the buffers that it uses. */
  lower(): readonly BoundBuffer[] {
    const { members } = this.#spec;
    const loops = members.filter((member) => member.role !== 'outer');
    const levelOf = (member: Member): number =>
      1 + this.#need(member.role === 'reduce' ? sourceOf(member.node) : member.node);
    const deepest = loops.reduce((most, member) => Math.max(most, levelOf(member)), 0);
    for (let level = 1; level <= deepest; level++) {
      this.#builder.level = level;
      for (const member of loops) {
        if (levelOf(member) !== level) continue;
        if (member.role === 'reduce') this.#reduce(member.node);
        else this.#store(member, true);
      }
    }
    for (const member of members) {
      if (member.role === 'outer') this.#store(member, false);
      else if (member.role === 'reduce') this.#storeReduced(member);
    }
    return this.#buffers;
  }

  /** The level of reductions that a value depends on. */
  #need(node: Node): number {
    const known = this.#levels.get(node);
    if (known !== undefined) return known;
    const member = this.#members.get(node);
    const isElsewhere = member === undefined && this.#surroundings.locate(node) !== undefined;
    let level = 0;
    if (!isElsewhere) for (const input of node.inputs) level = Math.max(level, this.#need(input));
    if (member?.role === 'reduce') level++;
    this.#levels.set(node, level);
    return level;
  }

  #reduce(node: NodeOf<'reduce'>): void {
    const source = sourceOf(node);
    const { kind } = node.attributes;
    const value = this.#value(source, this.#inputIndices(node), undefined);
    // The order of uint32 is that of int32 with the first bit turned.
    const isTurned = source.dtype === 'uint32' && kind !== 'sum' && kind !== 'prod';
    const turned = (x: number): number =>
      isTurned ? this.#builder.scalarOp('xor', [x, this.#builder.constant(FIRST_BIT, 'i32')], 'i32') : x;
    const found = this.#builder.accumulate(kind, turned(value));
    this.#accumulators.set(node, node.dtype === 'uint32' ? turned(found) : found);
    this.#names.push(kind);
  }

  #store(member: Member, inLoop: boolean): void {
    const { node } = member;
    const indices = this.#memberIndices(member);
    if (!this.#surroundings.isStored(node)) return;
    const value = this.#compute(node, indices, undefined);
    const location = this.#surroundings.locate(node);
    if (location === undefined) throw new NotFusable('no place');
    const index = shiftIndex(flatIndex(indices, node.shape), location.offset);
    const buffer = this.#buffer(location);
    if (inLoop) this.#builder.storeInLoop(buffer, index, value);
    else this.#builder.storeOuter(buffer, index, value);
  }

  #storeReduced(member: Member): void {
    const { node } = member;
    const location = this.#surroundings.locate(node);
    const value = this.#accumulators.get(node);
    if (!this.#surroundings.isStored(node) || location === undefined || value === undefined) return;
    const index = shiftIndex(flatIndex(this.#memberIndices(member), node.shape), location.offset);
    this.#builder.storeOuter(this.#buffer(location), index, value);
  }

  /** Indices of a member's own elements over the kernel's axes. */
  #memberIndices({ node, role }: Member): Index[] {
    if (role === 'reduce') {
      const axes = new Set(node.attributes.axes);
      return this.#inputIndices(node).filter((_, axis) => !axes.has(axis));
    }
    return spread(node.shape, role === 'full' ? [...this.#grid, ...this.#loop] : this.#grid);
  }

  /** Indices of a reduction's operand over the kernel's axes. */
  #inputIndices(node: NodeOf<'reduce'>): Index[] {
    const { shape } = sourceOf(node);
    const reduced = new Set(node.attributes.axes);
    let outer = 0;
    let inner = 0;
    const significant = new Set(significantAxes(shape));
    return shape.map((_, axis) => {
      if (!significant.has(axis)) return zeroIndex;
      return (reduced.has(axis) ? this.#loop[inner++] : this.#grid[outer++]) ?? zeroIndex;
    });
  }

  /** The register with an element of a node, wherever it comes from. */
  #value(node: Node, indices: readonly Index[], guard: number | undefined): number {
    const member = this.#members.get(node);
    if (member !== undefined) {
      const own = this.#memberIndices(member);
      if (!own.every((index, axis) => isSameIndex(index, at(indices, axis)))) {
        throw new NotFusable('other indices');
      }
      if (member.role !== 'reduce') return this.#compute(node, indices, guard);
      const accumulator = this.#accumulators.get(node);
      if (accumulator === undefined) throw new NotFusable('before its loop');
      return accumulator;
    }
    const location = this.#surroundings.locate(node);
    if (location === undefined) return this.#compute(node, indices, guard);
    const index = shiftIndex(flatIndex(indices, node.shape), location.offset);
    return this.#builder.load(this.#buffer(location), registerOf(node.dtype), index, guard);
  }

  #compute(node: Node, indices: readonly Index[], guard: number | undefined): number {
    const key = `${node.id}|${this.#builder.level}|${guard}|${indices.map((index) => index.key).join()}`;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const value = this.#computeAnew(node, indices, guard);
    this.#values.set(key, value);
    return value;
  }

  #computeAnew(node: Node, indices: readonly Index[], guard: number | undefined): number {
    const builder = this.#builder;
    const [first] = node.inputs;
    switch (node.op) {
      case 'scalar': {
        const type = registerOf(node.dtype);
        const { value, slot } = node.attributes;
        return slot ? builder.scalar(value, type) : builder.constant(value, type);
      }
      case 'iota':
        return builder.index(at(indices, 0));
      case 'reshape':
      case 'permute':
      case 'expand':
      case 'flip':
      case 'slice':
      case 'window':
        return this.#value(operand(first), sourceIndex(node, indices), guard);
      case 'pad':
        return onDemand().lowerPad(this.#reading(), node, indices, guard);
      case 'concat':
        return onDemand().lowerConcat(this.#reading(), node, indices, guard);
      case 'gather':
        return onDemand().lowerGather(this.#reading(), node, indices, guard);
      case 'identity':
        return this.#value(operand(first), indices, guard);
      default: {
        this.#names.push(node.op);
        const operands = node.inputs.map((input) => this.#value(input, indices, guard));
        return lowerElementwise(builder, node, operands);
      }
    }
  }

  /** What reads that depend on a position are written with. */
  #reading(): Reading {
    return {
      builder: this.#builder,
      value: (node, indices, guard) => this.#value(node, indices, guard),
      load: (source, index, guard, dynamic) => {
        const { base, offset } = withinParameter(source);
        const location = this.#surroundings.locate(base);
        // What this kernel computes itself is not all there yet.
        if (location === undefined || this.#members.has(base)) throw new NotFusable('not in memory');
        this.#names.push('gather');
        const at = shiftIndex(index, location.offset + offset);
        return this.#builder.load(this.#buffer(location), registerOf(source.dtype), at, guard, dynamic);
      },
      shift: shiftIndex,
      divide: divideIndex,
      remainder: remainderIndex,
      flat: flatIndex,
      zero: zeroIndex,
    };
  }

  #buffer({ base, storage }: Location): number {
    const known = this.#buffers.findIndex((buffer) => buffer.base === base);
    return known >= 0 ? known : this.#buffers.push({ base, storage }) - 1;
  }
}

const FIRST_BIT = -(2 ** 31);

/** Indices over a shape's significant axes, 0 on the others. */
function spread(shape: readonly number[], axes: readonly Index[]): Index[] {
  const result: Index[] = shape.map(() => zeroIndex);
  significantAxes(shape).forEach((axis, i) => {
    result[axis] = axes[i] ?? zeroIndex;
  });
  return result;
}

const isSameIndex = (a: Index, b: Index): boolean =>
  a.key === b.key || (a.least === a.most && b.least === b.most && a.least === b.least);

function operand(node: Node | undefined): Node {
  if (node === undefined) throw new Error('too few inputs');
  return node;
}

const sourceOf = (node: Node): Node => operand(node.inputs[0]);
