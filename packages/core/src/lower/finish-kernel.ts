/**
 * From code over symbolic axes to a finished loop kernel.
 *
 * Neighbouring axes that every access walks as one are merged. Numbers that change with the batch size (the outermost
 * extents, offsets, bounds) become arguments, so that another batch size finds the same kernel. The axis with the most
 * contiguous accesses is chosen for vectorization.
 */
import type { Storage } from '../dtype';
import type { Extent, Instruction, KernelBuffer, LoopKernel, Stage, Store } from '../kernel/form';
import { KERNEL_FORM_VERSION } from '../kernel/form';
import type { KernelBuilder, Section, SymbolicAddress } from './kernel-builder';
import type { KernelSpec, LoweredKernel } from './kernel-spec';

/** A buffer by the plan's number, with how its elements lie. */
export interface BoundBuffer {
  readonly base: number;
  readonly storage: Storage;
}

/** An axis after merging: which of the symbolic axes it replaces, and the symbolic axis that carries its stride. */
interface MergedAxis {
  readonly extent: number;
  /** The innermost of the merged axes; its stride is that of the merged axis. */
  readonly innermost: number;
}

/** A loop over fewer elements than this is not worth vectorizing when the grid can be. */
const SHORT_LOOP = 4;

export function finishKernel(
  builder: KernelBuilder,
  spec: KernelSpec,
  buffers: readonly BoundBuffer[],
  names: readonly string[],
  liftLoop: boolean,
): LoweredKernel {
  const sections = [...builder.outer, ...builder.loops];
  const addresses = sections.flatMap(addressesOf);
  const gridAxes = mergeAxes(spec.outer, 0, addresses, builder.indexedAxes);
  const loopAxes = mergeAxes(spec.inner, spec.outer.length, addresses, builder.indexedAxes);
  const numbers = new Map([...gridAxes, ...loopAxes].map((axis, number) => [axis.innermost, number]));

  const integers = [...builder.integers];
  const lifted = new Map<number, number>();
  const lift = (value: number): { readonly argument: number } => {
    const known = lifted.get(value) ?? integers.push(value) - 1;
    lifted.set(value, known);
    return { argument: known };
  };
  const extents = (axes: readonly MergedAxis[], liftFirst: boolean): Extent[] =>
    axes.map(({ extent }, i) => (i === 0 && liftFirst ? { argument: integers.push(extent) - 1 } : extent));

  const grid = extents(gridAxes, true);
  const loop = extents(loopAxes, liftLoop);
  const finishAddress = ({ offset, strides, index }: SymbolicAddress): Store['address'] => ({
    offset: offset === 0 ? 0 : lift(offset),
    terms: [...strides]
      .flatMap(([axis, stride]) => {
        const number = numbers.get(axis);
        return number === undefined ? [] : [{ axis: number, stride }];
      })
      .sort((a, b) => a.axis - b.axis),
    ...(index === undefined ? {} : { index }),
  });
  const finishInstruction = (instruction: Section['body'][number]): Instruction => {
    if (instruction.op === 'axis') return { ...instruction, axis: numbers.get(instruction.axis) ?? 0 };
    if (instruction.op !== 'load') return instruction;
    const { guard, address, ...rest } = instruction;
    return { ...rest, address: finishAddress(address), ...(guard === undefined ? {} : { guard }) };
  };
  const finishSection = (section: Section, loopExtents: readonly Extent[]): Stage => ({
    loop: loopExtents,
    body: section.body.map(finishInstruction),
    accumulators: section.accumulators,
    stores: section.stores.map(({ buffer, address, value }) => ({
      buffer,
      address: finishAddress(address),
      value,
    })),
  });
  const stages = builder.outer.flatMap((outer, level) => {
    const inside = builder.loops[level];
    const found = inside === undefined || isEmpty(inside) ? [] : [finishSection(inside, loop)];
    return isEmpty(outer) ? found : [...found, finishSection(outer, [])];
  });

  const inOrder = builder.outer.flatMap((outer, level) =>
    [builder.loops[level], outer].filter((section) => section !== undefined),
  );
  const accesses = buffers.map((_, buffer) => accessOf(buffer, inOrder));
  const kernelBuffers = buffers.map(
    ({ storage }, i): KernelBuffer => ({ storage, access: accesses[i]?.access ?? 'read' }),
  );
  const scalars = builder.scalars.map(({ type }) => type);
  const vectorAxis = chooseVectorAxis(builder, gridAxes, loopAxes, liftLoop);
  const structure = { buffers: kernelBuffers, scalars, integers: integers.length, grid, stages, vectorAxis };
  const kernel: LoopKernel = {
    kind: 'loop',
    version: KERNEL_FORM_VERSION,
    name: nameOf(names),
    key: JSON.stringify(structure, preserveNumbers),
    ...structure,
  };
  return {
    kernel,
    bases: buffers.map(({ base }) => base),
    integers,
    scalars: builder.scalars.map(({ value }) => value),
    hazards: buffers.flatMap(({ base }, i) => (accesses[i]?.hazard === true ? [base] : [])),
  };
}

const isEmpty = ({ body, accumulators, stores }: Section): boolean =>
  body.length + accumulators.length + stores.length === 0;

const addressesOf = ({ body, stores }: Section): SymbolicAddress[] => [
  ...body.flatMap((instruction) => (instruction.op === 'load' ? [instruction.address] : [])),
  ...stores.map(({ address }) => address),
];

/** Merges axis i into i + 1 where every access walks both as one run; outermost first in the result. */
function mergeAxes(
  extents: readonly number[],
  first: number,
  addresses: readonly SymbolicAddress[],
  indexed: ReadonlySet<number>,
): MergedAxis[] {
  const merged: MergedAxis[] = [];
  for (let i = extents.length - 1; i >= 0; i--) {
    const extent = extents[i] ?? 1;
    const axis = first + i;
    const inner = merged[0];
    const joins =
      inner !== undefined &&
      !indexed.has(axis) &&
      !indexed.has(inner.innermost) &&
      addresses.every(
        ({ strides }) => (strides.get(axis) ?? 0) === (strides.get(inner.innermost) ?? 0) * inner.extent,
      );
    if (joins) merged[0] = { extent: extent * inner.extent, innermost: inner.innermost };
    else merged.unshift({ extent, innermost: axis });
  }
  return merged;
}

/**
 * How a buffer is used. A buffer that is read and written is updated in place; that is only safe when each grid point
 * reads the very elements that it writes, and not again in a section after that which writes them.
 *
 * @param sections in the order in which they run
 */
function accessOf(
  buffer: number,
  sections: readonly Section[],
): Pick<KernelBuffer, 'access'> & { hazard: boolean } {
  const loads: SymbolicAddress[] = [];
  const stores: SymbolicAddress[] = [];
  let readsLate = false;
  for (const section of sections) {
    const isWritten = stores.length > 0;
    for (const instruction of section.body) {
      if (instruction.op !== 'load' || instruction.buffer !== buffer) continue;
      loads.push(instruction.address);
      readsLate ||= isWritten;
    }
    for (const store of section.stores) if (store.buffer === buffer) stores.push(store.address);
  }
  if (stores.length === 0) return { access: 'read', hazard: false };
  if (loads.length === 0) return { access: 'write', hazard: false };
  const written = new Set(stores.map(addressKey));
  return {
    access: 'update',
    hazard: readsLate || written.size > 1 || loads.some((load) => !written.has(addressKey(load))),
  };
}

const addressKey = ({ offset, strides, index }: SymbolicAddress): string =>
  `${offset}|${[...strides].map(([axis, stride]) => `${axis}:${stride}`).sort()}|${index}`;

function chooseVectorAxis(
  builder: KernelBuilder,
  gridAxes: readonly MergedAxis[],
  loopAxes: readonly MergedAxis[],
  liftLoop: boolean,
): LoopKernel['vectorAxis'] {
  const innerGrid = gridAxes.at(-1);
  const innerLoop = loopAxes.at(-1);
  if (innerLoop === undefined) return innerGrid === undefined ? 'none' : 'grid';
  if (innerGrid === undefined) return 'loop';
  const isLifted = liftLoop && loopAxes.length === 1;
  if (!isLifted && innerLoop.extent < SHORT_LOOP) return 'grid';
  const inLoop = builder.loops.flatMap(addressesOf);
  const outside = builder.outer.flatMap(addressesOf);
  const score = (axis: number, addresses: readonly SymbolicAddress[]): number =>
    addresses.reduce((sum, { strides, index }) => sum + contiguity(strides.get(axis) ?? 0, index), 0);
  return score(innerLoop.innermost, inLoop) > score(innerGrid.innermost, [...inLoop, ...outside])
    ? 'loop'
    : 'grid';
}

/** A contiguous access is good, a repeated element costs nothing, anything else is read element by element. */
const contiguity = (stride: number, index: number | undefined): number => {
  if (index !== undefined) return -1;
  return stride === 1 ? 1 : stride === 0 ? 0 : -1;
};

/** At most this many operations are named; longer chains end in an ellipsis. */
const NAMED_OPERATIONS = 5;

function nameOf(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const shown = distinct.slice(0, NAMED_OPERATIONS).join('_');
  if (shown === '') return 'copy';
  return distinct.length > NAMED_OPERATIONS ? `${shown}_…` : shown;
}

/** JSON has no NaN, infinities or -0. */
const preserveNumbers = (_key: string, value: unknown): unknown =>
  typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
    ? `#${Object.is(value, -0) ? '-0' : value}`
    : value;
