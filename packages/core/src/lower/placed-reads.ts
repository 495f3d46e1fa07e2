/**
 * Reads that depend on a position: whether there is an element (padding), which part has it (joins), or where a value
 * says it is (gathers). Loaded with the first kernel that has one; the arithmetic of indices is passed in, so that
 * bundlers need not cut it off the rest.
 */
import { registerOf } from '../dtype';
import type { Node, NodeOf } from '../graph/node';
import { extentAt, sizeOf } from '../shape/shape';
import type { Index } from './index-expression';
import type { KernelBuilder } from './kernel-builder';

/** 0 ≤ index < below, or index = 0 when `below` is 1. */
export interface Condition {
  readonly index: Index;
  readonly below: number;
}

/** What lowering offers to those who write reads. */
export interface Reading {
  readonly builder: KernelBuilder;
  /** The register with an element of a node. */
  value(node: Node, indices: readonly Index[], guard: number | undefined): number;
  /** Reads a value in memory at an index plus a register. */
  load(source: Node, index: Index, guard: number | undefined, dynamic: number): number;
  shift(index: Index, by: number): Index;
  divide(index: Index, by: number): Index;
  remainder(index: Index, by: number): Index;
  flat(indices: readonly Index[], shape: readonly number[]): Index;
  readonly zero: Index;
}

type Guard = number | undefined;

function operand(node: Node, index: number): Node {
  const found = node.inputs[index];
  if (found === undefined) throw new Error(`${node.op} lacks operand ${index}`);
  return found;
}

/** The operand's index for an element of a padded tensor, and the conditions under which it is not padding. */
function paddedIndex(
  reading: Reading,
  node: NodeOf<'pad'>,
  indices: readonly Index[],
): { source: Index[]; conditions: Condition[] } {
  const { lo, interior } = node.attributes;
  const conditions: Condition[] = [];
  const source = operand(node, 0).shape.map((extent, axis) => {
    const shifted = reading.shift(indices[axis] ?? reading.zero, -(lo[axis] ?? 0));
    const step = (interior[axis] ?? 0) + 1;
    const below = Math.max(0, (extent - 1) * step + 1);
    if (shifted.least < 0 || shifted.most >= below) conditions.push({ index: shifted, below });
    if (step === 1) return shifted;
    const between = reading.remainder(shifted, step);
    if (between.most > 0) conditions.push({ index: between, below: 1 });
    return reading.divide(shifted, step);
  });
  return { source, conditions };
}

export function lowerPad(
  reading: Reading,
  node: NodeOf<'pad'>,
  indices: readonly Index[],
  guard: Guard,
): number {
  const { builder } = reading;
  const { source, conditions } = paddedIndex(reading, node, indices);
  if (conditions.length === 0) return reading.value(operand(node, 0), source, guard);
  const isLeading = conditions.length === 1 && node.shape.length === 1;
  const inside = builder.guard(conditions, undefined, isLeading);
  const both = builder.guard(conditions, guard, isLeading);
  const value = reading.value(operand(node, 0), source, both);
  const outside = reading.value(operand(node, 1), [], undefined);
  return inside === undefined
    ? value
    : builder.scalarOp('select', [inside, value, outside], registerOf(node.dtype));
}

/** Parts are chosen between by their ranges, and read only where they are chosen. */
export function lowerConcat(
  reading: Reading,
  node: NodeOf<'concat'>,
  indices: readonly Index[],
  guard: Guard,
): number {
  const { builder } = reading;
  const { axis } = node.attributes;
  let start = 0;
  let chosen: number | undefined;
  for (const part of node.inputs) {
    const extent = part.shape[axis] ?? 0;
    if (extent === 0) continue;
    const own = reading.shift(indices[axis] ?? reading.zero, -start);
    start += extent;
    if (own.most < 0 || own.least >= extent) continue;
    const conditions = own.least < 0 || own.most >= extent ? [{ index: own, below: extent }] : [];
    const local = indices.map((index, i) => (i === axis ? own : index));
    const value = reading.value(part, local, builder.guard(conditions, guard, false));
    const inside = builder.guard(conditions, undefined, false);
    chosen =
      chosen === undefined || inside === undefined
        ? value
        : builder.scalarOp('select', [inside, value, chosen], registerOf(node.dtype));
  }
  return chosen ?? builder.constant(0, registerOf(node.dtype));
}

/** A load whose index along one axis is a value, clamped into the axis. */
export function lowerGather(
  reading: Reading,
  node: NodeOf<'gather'>,
  indices: readonly Index[],
  guard: Guard,
): number {
  const { builder } = reading;
  const [source, positions] = [operand(node, 0), operand(node, 1)];
  const { axis } = node.attributes;
  const rank = positions.shape.length;
  const position = reading.value(positions, indices.slice(axis, axis + rank), guard);
  const low = builder.scalarOp('max', [position, builder.constant(0, 'i32')], 'i32');
  const last = builder.constant(extentAt(source.shape, axis) - 1, 'i32');
  const clamped = builder.scalarOp('min', [low, last], 'i32');
  const stride = sizeOf(source.shape.slice(axis + 1));
  const dynamic = builder.scalarOp('mul', [clamped, builder.constant(stride, 'i32')], 'i32');
  const rest = [...indices.slice(0, axis), reading.zero, ...indices.slice(axis + rank)];
  return reading.load(source, reading.flat(rest, source.shape), guard, dynamic);
}
