/** What users pass as data (nested arrays, typed arrays, tensors, host arrays) as host arrays. */
import type { HostArray, HostArrays, hostValues, NestedValues, Tensor, TypedArray } from '@hadal/core';
import { ArgumentError, DataError } from '@hadal/core/errors';
import type { Arrangement } from '../layer/arrangement';
import { holdsTexts, type Texts } from '../layers/preprocessing/holds-texts';

/** What of core turns data into host arrays. It is handed in, so that code that is loaded on demand shares no more. */
export interface Conversion {
  readonly Tensor: typeof Tensor;
  readonly hostValues: typeof hostValues;
}

/**
 * Data for training or prediction: the first axis counts samples. Texts go to models that begin with a layer that makes
 * numbers of them.
 */
export type ArrayInput = Tensor | HostArray | TypedArray | readonly NestedValues[] | readonly Texts[];

export const isHostArray = (value: object): value is HostArray =>
  'data' in value && ArrayBuffer.isView(value.data) && 'shape' in value && 'dtype' in value;

/**
 * Any data as a host array.
 *
 * @throws {DataError} when values and shape of a host array do not fit each other
 * @throws {ArgumentError} when it is something else
 */
export async function toHostArray(
  where: string,
  name: string,
  value: ArrayInput,
  { Tensor, hostValues }: Conversion,
): Promise<HostArray> {
  if (value instanceof Tensor) return { data: await value.data(), shape: value.shape, dtype: value.dtype };
  if (holdsTexts(value)) {
    throw new ArgumentError(
      where,
      `${name} holds text, and the model takes numbers.`,
      'Begin the model with textVectorization(), or turn the text into numbers before: layer.encode(texts).',
    );
  }
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const { values, shape, dtype } = hostValues(value);
    return { data: values, shape, dtype };
  }
  if (typeof value === 'object' && value !== null && isHostArray(value)) {
    requireFilled(where, name, value);
    return value;
  }
  throw new ArgumentError(
    where,
    `${name} is ${value instanceof Promise ? 'a promise' : typeof value}; expected a tensor, an array or a dataset.`,
    value instanceof Promise
      ? 'Await it first.'
      : 'Pass nested arrays, a typed array, a tensor, or { data, shape, dtype }.',
  );
}

/** Checks that a host array has as many values as its shape says. */
export function requireFilled(where: string, name: string, { data, shape }: HostArray): void {
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (data.length === size) return;
  throw new DataError(
    where,
    `${name} has ${data.length} values, but shape [${shape}] means ${size}.`,
    'The data is truncated or its shape is wrong.',
  );
}

/** The number of samples. */
export function sampleCount(where: string, name: string, { shape }: HostArray): number {
  const [samples] = shape;
  if (samples === undefined) {
    throw new DataError(where, `${name} is a single number; expected one value per sample.`);
  }
  return samples;
}

/** Rows `from` to `to`, without copying. */
export function rows({ data, shape, dtype }: HostArray, from: number, to: number): HostArray {
  const [samples = 0, ...rest] = shape;
  const size = samples === 0 ? 0 : data.length / samples;
  return { data: data.subarray(from * size, to * size), shape: [to - from, ...rest], dtype };
}

/** Rows of fewer values are copied one value after another: views of them would cost more. */
const SHORT_ROW = 16;

/**
 * The rows that `order` names from position `from` to `to`, copied.
 *
 * @param target where to, with room for as many rows
 */
export function pickRows(
  { data, shape, dtype }: HostArray,
  order: Int32Array,
  from: number,
  to: number,
  target: TypedArray,
): HostArray {
  const [samples = 0, ...rest] = shape;
  const size = samples === 0 ? 0 : data.length / samples;
  const picked = target.length === (to - from) * size ? target : target.subarray(0, (to - from) * size);
  for (let at = from; at < to; at++) {
    const source = order[at]! * size;
    const place = (at - from) * size;
    if (size >= SHORT_ROW) picked.set(data.subarray(source, source + size), place);
    else for (let each = 0; each < size; each++) picked[place + each] = data[source + each]!;
  }
  return { data: picked, shape: [to - from, ...rest], dtype };
}

/**
 * Data as host arrays, one for each leaf of what a model takes or gives.
 *
 * @throws {ArgumentError} when the data is arranged in another way
 */
export async function toHostArrays(
  where: string,
  name: string,
  arrangement: Arrangement,
  value: unknown,
  conversion: Conversion,
): Promise<readonly HostArray[]> {
  const leaves = arrangement.leavesIn(where, name, value);
  return Promise.all(
    leaves.map((leaf, index) =>
      toHostArray(where, arrangement.nameOf(name, index), leaf as ArrayInput, conversion),
    ),
  );
}

/**
 * The arrays of a batch, one for each leaf of what a model takes or gives. One array may also come in a list or by a
 * name of its own.
 */
export function batchArrays(
  where: string,
  name: string,
  arrangement: Arrangement,
  arrays: HostArrays,
): readonly HostArray[] {
  if (arrangement.kind === 'one') {
    if (isHostArray(arrays)) return [arrays];
    const list = isHostArrayList(arrays) ? arrays : Object.values(arrays);
    if (list.length === 1) return list;
    throw new ArgumentError(where, `${name} has ${list.length} arrays; this model takes exactly one.`);
  }
  return arrangement.leavesIn(where, name, arrays).map((leaf) => {
    if (typeof leaf === 'object' && leaf !== null && isHostArray(leaf)) return leaf;
    throw new ArgumentError(where, `${name} has ${typeof leaf} where an array was expected.`);
  });
}

const isHostArrayList = (arrays: HostArrays): arrays is readonly HostArray[] => Array.isArray(arrays);

/** The arrays of an arrangement with what they are called in errors. */
export function hostArraysOf(name: string, arrays: HostArrays): [name: string, array: HostArray][] {
  if (isHostArray(arrays)) return [[name, arrays]];
  if (isHostArrayList(arrays)) return arrays.map((array, index) => [`${name}[${index}]`, array]);
  return Object.entries(arrays).map(([key, array]) => [`${name}.${key}`, array]);
}

/** The same arrangement of other arrays. */
export function mapHostArrays(arrays: HostArrays, change: (array: HostArray) => HostArray): HostArrays {
  if (isHostArray(arrays)) return change(arrays);
  if (isHostArrayList(arrays)) return arrays.map(change);
  return Object.fromEntries(Object.entries(arrays).map(([key, array]) => [key, change(array)]));
}
