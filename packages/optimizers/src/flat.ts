/**
 * The flat layout: trainable variables of one dtype lie behind each other in one storage, gradients are concatenated in
 * the same order, and optimizer state has the same length. One update is then one loop over everything, however many
 * parameters a model has. Rules that look at a variable as a whole (its norm, its rows) keep it apart instead.
 */
import type { DType, HostArray, Tensor, Variable } from '@hadal/core';
import { abs, concat, DataError, hostArray, less, packVariables, tensor, variable, where } from '@hadal/core';

/** Moments below this are indistinguishable from 0 in any update; flushing them keeps subnormals, which are slow, out. */
const NEGLIGIBLE = 1e-30;

/** Replaces what is too small to matter by 0. */
export function flushNegligible(moment: Tensor): Tensor {
  return where(less(abs(moment), NEGLIGIBLE), 0, moment);
}

/** Packed with others into one flat storage, or separate, in its own shape. */
export type Layout = 'packed' | 'separate';

/** Where some variables of one dtype live, and how what belongs to them is put together and taken apart. */
export class ParameterBlock {
  readonly dtype: DType;
  /** Holds all variables of the block: [elements], or of the shape of the one variable that is separate. */
  readonly target: Variable;

  /**
   * @param indices   positions of the variables in the list the optimizer was built with
   * @param variables the variables, all of one dtype; one where the layout is separate
   */
  constructor(
    readonly indices: readonly number[],
    readonly variables: readonly Variable[],
    readonly layout: Layout,
  ) {
    const [first] = variables;
    if (first === undefined) throw new DataError('optimizer', 'a block has no variables.');
    this.dtype = first.dtype;
    this.target = layout === 'packed' ? packVariables(variables) : first;
  }

  /** The shape of everything that belongs to the block's elements. */
  get shape(): readonly number[] {
    return this.target.shape;
  }

  /** Of one tensor for each variable of the optimizer, those of this block, arranged as the block is. */
  gather(tensors: readonly Tensor[]): Tensor {
    const own = this.indices.map((index) => tensors[index]!.cast(this.dtype));
    return this.join(own);
  }

  /** One tensor for each variable of this block, arranged as the block is. */
  join(parts: readonly Tensor[]): Tensor {
    if (this.layout === 'separate') return parts[0]!;
    const flat = parts.map((part) => part.reshape([-1]));
    return flat.length === 1 ? flat[0]! : concat(flat, 0);
  }

  /** A tensor of the block's shape, cut into one for each variable. */
  split(whole: Tensor): Tensor[] {
    if (this.layout === 'separate' || this.variables.length === 1) return [whole];
    let offset = 0;
    return this.variables.map(({ size }) => {
      const part = whole.slice(offset, offset + size);
      offset += size;
      return part;
    });
  }

  /** One number for each variable, repeated for all of its elements; undefined where all are 1. */
  weights(weightOf: (variable: Variable) => number): Tensor | undefined {
    const weights = this.variables.map(weightOf);
    if (weights.every((weight) => weight === 1)) return undefined;
    if (this.layout === 'separate') return tensor(weights[0]!, { dtype: this.dtype });
    const values = hostArray(this.dtype, this.target.size);
    let offset = 0;
    for (const [index, { size }] of this.variables.entries()) {
      values.fill(weights[index]!, offset, offset + size);
      offset += size;
    }
    return tensor(values, { shape: this.shape, dtype: this.dtype });
  }

  /** A new variable that belongs to this block. */
  keep(name: string, initial: Tensor): Variable {
    return variable(initial, { name: `optimizer/${name}`, trainable: false });
  }

  /** The entries of a checkpoint for state kept under a name: one for each variable. */
  async read(name: string, { value, shape, dtype }: Variable): Promise<[name: string, array: HostArray][]> {
    const data = await value.data();
    if (this.layout === 'separate') return [[this.#key(name, 0), { data, shape, dtype }]];
    let offset = 0;
    return this.variables.map((each, at) => {
      const part = data.slice(offset, offset + each.size);
      offset += each.size;
      return [this.#key(name, at), { data: part, shape: each.shape, dtype }];
    });
  }

  /**
   * Checks the entries of a checkpoint for state kept under a name.
   *
   * @param take gives the entry of a name
   * @returns writes them
   * @throws {DataError} when one has another dtype or size
   */
  prepareWrite(name: string, state: Variable, take: (key: string) => HostArray): () => void {
    const parts = this.variables.map(({ shape, size }, at) => {
      const key = this.#key(name, at);
      const part = take(key);
      const expected = this.layout === 'separate' ? state : { shape, size };
      if (part.dtype === this.dtype && part.data.length === expected.size) return part;
      throw new DataError(
        'optimizer state',
        `'${key}' is ${part.dtype} [${part.shape}], expected ${this.dtype} [${expected.shape}].`,
        'The state belongs to a model of another shape.',
      );
    });
    return () => {
      const whole = hostArray(this.dtype, state.size);
      let offset = 0;
      for (const { data } of parts) {
        whole.set(data, offset);
        offset += data.length;
      }
      state.assign(tensor(whole, { shape: state.shape, dtype: this.dtype }));
    };
  }

  #key(name: string, at: number): string {
    return `${name}/${this.indices[at]}`;
  }
}

/**
 * Arranges variables in blocks: one for each dtype and each `keyOf`, in the order of first appearance, and one for each
 * variable that is separate.
 */
export function arrangeBlocks(
  variables: readonly Variable[],
  layoutOf: (variable: Variable) => Layout,
  keyOf: (variable: Variable) => number,
): ParameterBlock[] {
  const members = new Map<string, number[]>();
  for (const [index, variable] of variables.entries()) {
    const layout = layoutOf(variable);
    const key = layout === 'separate' ? `${layout} ${index}` : `${variable.dtype} ${keyOf(variable)}`;
    const known = members.get(key);
    if (known === undefined) members.set(key, [index]);
    else known.push(index);
  }
  return [...members.values()].map((indices) => {
    const own = indices.map((index) => variables[index]!);
    return new ParameterBlock(indices, own, layoutOf(own[0]!));
  });
}
