/**
 * The flat layout: all trainable variables of one dtype lie behind each other in one storage, gradients are
 * concatenated in the same order, and optimizer state has the same length. One update is then one loop over everything,
 * however many parameters a model has.
 */
import type { DType, HostArray, Tensor, Variable } from '@hadal/core';
import {
  abs,
  concat,
  DataError,
  hostArray,
  less,
  packVariables,
  tensor,
  variable,
  where,
  zeros,
} from '@hadal/core';

/** Moments below this are indistinguishable from 0 in any update; flushing them keeps subnormals, which are slow, out. */
const NEGLIGIBLE = 1e-30;

/** Replaces what is too small to matter by 0. */
export function flushNegligible(moment: Tensor): Tensor {
  return where(less(abs(moment), NEGLIGIBLE), 0, moment);
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Variables of one dtype, packed, together with the optimizer's state for them. */
export class FlatGroup {
  readonly dtype: DType;
  readonly packed: Variable;
  /** Elements of all variables together. */
  readonly length: number;
  readonly slots: ReadonlyMap<string, Variable>;
  /** 1 where weight decay applies and 0 elsewhere; undefined when it applies everywhere. */
  readonly decayMask: Tensor | undefined;

  /**
   * @param indices   positions of the variables in the list the optimizer was built with
   * @param variables the variables, all of one dtype
   * @param slotNames which flat state to keep
   * @param decays    whether weight decay applies to a variable
   */
  constructor(
    readonly indices: readonly number[],
    readonly variables: readonly Variable[],
    slotNames: readonly string[],
    decays: (variable: Variable) => boolean,
  ) {
    this.dtype = variables[0]!.dtype;
    this.length = variables.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    this.packed = packVariables(variables);
    this.slots = new Map(
      slotNames.map((name) => [
        name,
        variable(zeros([this.length], { dtype: this.dtype }), {
          name: `optimizer/${name}`,
          trainable: false,
        }),
      ]),
    );
    this.decayMask = this.#makeMask(decays);
  }

  #makeMask(decays: (variable: Variable) => boolean): Tensor | undefined {
    const applies = this.variables.map(decays);
    if (applies.every(Boolean)) return undefined;
    const mask = hostArray(this.dtype, this.length);
    let offset = 0;
    for (const [index, { shape }] of this.variables.entries()) {
      mask.fill(applies[index] ? 1 : 0, offset, offset + sizeOf(shape));
      offset += sizeOf(shape);
    }
    return tensor(mask, { shape: [this.length], dtype: this.dtype });
  }

  /** The gradients of this group's variables, flat, in its order. */
  flatten(gradients: readonly Tensor[]): Tensor {
    const parts = this.indices.map((index) => gradients[index]!.reshape([-1]).cast(this.dtype));
    return parts.length === 1 ? parts[0]! : concat(parts, 0);
  }

  /** The state of one slot, cut into one array per variable. */
  async readSlot(name: string): Promise<HostArray[]> {
    const flat = await this.slots.get(name)!.value.data();
    let offset = 0;
    return this.variables.map(({ shape, dtype }) => {
      const size = sizeOf(shape);
      const data = flat.slice(offset, offset + size);
      offset += size;
      return { data, shape, dtype };
    });
  }

  /** Sets one slot from one array per variable. */
  writeSlot(name: string, parts: readonly HostArray[]): void {
    const flat = hostArray(this.dtype, this.length);
    let offset = 0;
    for (const [index, part] of parts.entries()) {
      const { shape } = this.variables[index]!;
      if (part.dtype !== this.dtype || part.data.length !== sizeOf(shape)) {
        throw new DataError(
          'optimizer state',
          `'${name}' of variable ${this.indices[index]} is ${part.dtype} [${part.shape}], expected ${this.dtype} [${shape}].`,
          'The state belongs to a model of another shape.',
        );
      }
      flat.set(part.data, offset);
      offset += part.data.length;
    }
    this.slots.get(name)!.assign(tensor(flat, { shape: [this.length], dtype: this.dtype }));
  }
}

/** Groups variables by dtype, keeping their order within each group. */
export function groupByDType(
  variables: readonly Variable[],
  slotNames: readonly string[],
  decays: (variable: Variable) => boolean,
): FlatGroup[] {
  const indices = new Map<DType, number[]>();
  for (const [index, { dtype }] of variables.entries()) {
    const group = indices.get(dtype);
    if (group === undefined) indices.set(dtype, [index]);
    else group.push(index);
  }
  return [...indices.values()].map(
    (group) =>
      new FlatGroup(
        group,
        group.map((index) => variables[index]!),
        slotNames,
        decays,
      ),
  );
}
