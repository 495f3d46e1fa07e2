/**
 * Uses of every operation at any dtype, for the support page: the catalogue's samples with their float32 (or else
 * int32) inputs made tensors of the dtype, and calls for what takes no operands or is asynchronous.
 */
import * as hadal from '@hadal/core';
import { type DType, isFloat, type Tensor, tensor } from '@hadal/core';
import { type InputSpec, SAMPLES, type Sample } from '@hadal/testkit';

type Result = Tensor | readonly Tensor[] | Promise<Tensor | readonly Tensor[]>;

/** Both are called with the device under test as the current one. */
export interface Use {
  readonly inputs: () => readonly Tensor[];
  readonly compute: (...inputs: Tensor[]) => Result;
}

const shape = [2, 3];

/** Operations without operands, at the dtype that they give; some give one, whatever is asked. */
const created: Readonly<Record<string, (dtype: DType) => Result>> = {
  tensor: (dtype) => tensor([1, 0, 1], { dtype }),
  scalar: (dtype) => hadal.scalar(1, { dtype }),
  zeros: (dtype) => hadal.zeros(shape, { dtype }),
  ones: (dtype) => hadal.ones(shape, { dtype }),
  full: (dtype) => hadal.full(shape, 1, { dtype }),
  eye: (dtype) => hadal.eye(2, 3, { dtype }),
  identity: (dtype) => hadal.identity(3, { dtype }),
  tri: (dtype) => hadal.tri(2, 3, 0, { dtype }),
  arange: (dtype) => hadal.arange(0, 5, 1, { dtype }),
  linspace: (dtype) => hadal.linspace(0, 4, 5, { dtype }),
  logspace: (dtype) => hadal.logspace(0, 2, 3, { dtype }),
  geomspace: (dtype) => hadal.geomspace(1, 4, 3, { dtype }),
  indices: (dtype) => hadal.indices(shape, { dtype }),
  fromFunction: (dtype) => hadal.fromFunction(shape, (row, column) => row.add(column), { dtype }),
  iota: () => hadal.iota(5),
  trilIndices: () => hadal.trilIndices(3),
  triuIndices: () => hadal.triuIndices(3),
  diagIndices: () => hadal.diagIndices(3),
  bartlettWindow: (dtype) => hadal.bartlettWindow(6, { dtype }),
  blackmanWindow: (dtype) => hadal.blackmanWindow(6, { dtype }),
  hammingWindow: (dtype) => hadal.hammingWindow(6, { dtype }),
  hannWindow: (dtype) => hadal.hannWindow(6, { dtype }),
  kaiserWindow: (dtype) => hadal.kaiserWindow(6, 8, { dtype }),
  sinusoidalPositions: (dtype) => hadal.sinusoidalPositions(4, 6, { dtype }),
  alibiBias: (dtype) => hadal.alibiBias(2, 4, 4, { dtype }),
  randomBits: () => hadal.randomBits(shape),
  randomUniform: (dtype) => hadal.randomUniform(shape, { dtype }),
  randomNormal: (dtype) => hadal.randomNormal(shape, { dtype }),
  truncatedNormal: (dtype) => hadal.truncatedNormal(shape, { dtype }),
  randomExponential: (dtype) => hadal.randomExponential(shape, { dtype }),
  randomGumbel: (dtype) => hadal.randomGumbel(shape, { dtype }),
  randomLaplace: (dtype) => hadal.randomLaplace(shape, { dtype }),
  randomCauchy: (dtype) => hadal.randomCauchy(shape, { dtype }),
  randomLogNormal: (dtype) => hadal.randomLogNormal(shape, { dtype }),
  randomGamma: (dtype) => hadal.randomGamma(shape, 2, { dtype }),
  randomBeta: (dtype) => hadal.randomBeta(shape, 2, 3, { dtype }),
  randomRademacher: (dtype) => hadal.randomRademacher(shape, { dtype }),
  randomPoisson: () => hadal.randomPoisson(shape, 3),
  randomBinomial: () => hadal.randomBinomial(shape, 5, 0.5),
  randomInt: () => hadal.randomInt(shape, 0, 5),
  bernoulli: () => hadal.bernoulli(0.5, shape),
  randomPermutation: () => hadal.randomPermutation(5),
};

type OnVector = (x: Tensor, dtype: DType) => Result;

/** Operations whose samples do more than the operation itself, on a vector of the dtype. */
const direct: Readonly<Record<string, OnVector>> = {
  zerosLike: (x) => hadal.zerosLike(x),
  onesLike: (x) => hadal.onesLike(x),
  fullLike: (x) => hadal.fullLike(x, 1),
  stopGradient: (x) => hadal.stopGradient(x),
  permute: (x) => hadal.permute(x, [0]),
  whileLoop: (x) => {
    const start = [hadal.scalar(0), x] as const;
    const grow = ([i, held]: typeof start): typeof start => [i.add(1), held];
    return hadal.whileLoop(([i]) => i.less(2), grow, start)[1];
  },
};

/** Operations whose result's shape depends on values: asynchronous, so that no sample expresses them. */
const asynchronous: Readonly<Record<string, OnVector>> = {
  argWhere: (x) => hadal.argWhere(x),
  nonzero: (x) => hadal.nonzero(x),
  booleanMask: (x) => hadal.booleanMask(x, tensor([true, false, true, true])),
  unique: async (x) => (await hadal.unique(x)).values,
  union1d: (x) => hadal.union1d(x, x),
  intersect1d: (x) => hadal.intersect1d(x, x),
  setdiff1d: (x) => hadal.setdiff1d(x, x),
};

/** Other names of operations of the catalogue. */
const aliases: Readonly<Record<string, string>> = {
  clipByValue: 'clip',
  hardSilu: 'hardSwish',
  remainder: 'mod',
  swish: 'silu',
};

/** How many samples are tried before an operation is said not to take a dtype. */
const TRIED = 3;

const sizeOf = ({ inputs }: Sample): number =>
  inputs.reduce((sum, each) => sum + each.shape.reduce((size, extent) => size * extent, 1), 0);

/** Elements of a sample that shows what the operation usually does: neither one, nor more than it takes. */
const TYPICAL = 48;

const oddity = (sample: Sample): number => Math.abs(Math.log((sizeOf(sample) + 0.01) / TYPICAL));

/** Samples by operation, the most typical first. */
const samples = new Map<string, Sample[]>();
for (const each of SAMPLES) samples.set(each.operation, [...(samples.get(each.operation) ?? []), each]);
for (const list of samples.values()) {
  list.sort((a, b) => oddity(a) - oddity(b));
}

/** Values that every dtype of the wanted kind can hold; ranges of indices stay as they are. */
const switched = (spec: InputSpec, from: DType, to: DType): InputSpec => {
  if (spec.dtype !== from) return spec;
  if (typeof spec.values !== 'string') return { ...spec, dtype: to };
  if (from === to && spec.values !== 'special') return spec;
  return { ...spec, dtype: to, values: isFloat(to) ? 'positive' : { from: 1, below: 5 } };
};

const seedOf = (position: number): number => ((position * 2654435761) >>> 0) / 2 ** 32;

/** Values of an input, the same on every device. */
function valuesOf({ shape: extents, dtype, values }: InputSpec): number[] {
  const size = extents.reduce((product, extent) => product * extent, 1);
  return Array.from({ length: size }, (_, i) => {
    const part = seedOf(i + 1);
    if (dtype === 'bool') return part < 0.5 ? 0 : 1;
    if (typeof values !== 'string') return values.from + Math.floor(part * (values.below - values.from));
    if (!isFloat(dtype)) return Math.floor(part * 5);
    return values === 'inner' ? 1.8 * part - 0.9 : 0.2 + 2.8 * part;
  });
}

/** A sample on inputs of which those of dtype `from` have dtype `to`. */
const useOf = (sample: Sample, from: DType, to: DType): Use => ({
  inputs: () =>
    sample.inputs.map((spec) => {
      const wanted = switched(spec, from, to);
      return tensor(valuesOf(wanted), { shape: wanted.shape, dtype: wanted.dtype });
    }),
  compute: sample.compute,
});

const vector = (dtype: DType): Tensor => tensor([1, 0, 1, 1], { dtype });

/** Ways of using an operation at a dtype, the likeliest first. */
export function usesOf(operation: string, dtype: DType): Use[] {
  const name = aliases[operation] ?? operation;
  // What a conversion takes is what it comes from; its dtype is what it gives.
  if (name === 'cast') return [{ inputs: () => [vector('float32')], compute: (x) => hadal.cast(x, dtype) }];
  const make = created[name];
  if (make !== undefined) return [{ inputs: () => [], compute: () => make(dtype) }];
  const apply = direct[name] ?? asynchronous[name];
  if (apply !== undefined) return [{ inputs: () => [vector(dtype)], compute: (x) => apply(x, dtype) }];
  const known = samples.get(name) ?? [];
  const withInput = (wanted: DType): Sample[] =>
    known.filter(({ inputs }) => inputs.some((each) => each.dtype === wanted)).slice(0, TRIED);
  const floats = withInput('float32');
  return [
    ...floats.map((each) => useOf(each, 'float32', dtype)),
    ...withInput(dtype)
      .filter(({ inputs }) => inputs[0]?.dtype === dtype)
      .map((each) => useOf(each, dtype, dtype)),
    // Where floats are taken, integers beside them are indices, which have no other dtype.
    ...(floats.length > 0 ? [] : withInput('int32').map((each) => useOf(each, 'int32', dtype))),
  ];
}

/** Whether the operation makes tensors from nothing, so that a dtype that it does not give is one it does not take. */
export const isCreation = (operation: string): boolean => Object.hasOwn(created, operation);
