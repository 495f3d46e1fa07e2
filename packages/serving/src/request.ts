/**
 * Reads inference requests: JSON that anybody may have written becomes checked tensors, or a message that says which
 * part of it is wrong and what the model expects there.
 */
import { type DType, type HostArray, hostArray, type TypedArray } from '@hadal/core';
import { datatypeOf, elementOf, elementsOf } from './datatypes';
import type { InferenceModel, NamedTensors, TensorSpec } from './model';
import { quote, RequestError } from './request-error';

/** An inference request that fits the model. */
export interface InferenceRequest {
  /** Given back in the answer. */
  readonly id: string | undefined;
  readonly inputs: NamedTensors;
  /** The outputs to answer with, in this order. */
  readonly outputs: readonly TensorSpec[];
}

type Fields = { readonly [name: string]: unknown };

const refuse = (message: string): never => {
  throw new RequestError(400, message);
};

function requireObject(what: string, value: unknown): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse(`${what} is ${describe(value)}; expected a JSON object.`);
  }
  return { ...value };
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return quote(value);
}

const listOf = (names: readonly { readonly name: string }[]): string =>
  names.map(({ name }) => quote(name)).join(', ');

/**
 * Checks a request body against a model.
 *
 * @param body  what the JSON body holds
 * @param model whose inputs and outputs the request must name
 * @throws {RequestError} 400, saying what was given and what was expected
 */
export function readInferenceRequest(body: unknown, model: InferenceModel): InferenceRequest {
  const request = requireObject('the request body', body);
  const { id, parameters } = request;
  if (id !== undefined && typeof id !== 'string') refuse(`"id" is ${describe(id)}; expected a string.`);
  refuseBinary('the request', parameters, 'binary_data_output');
  return {
    id: typeof id === 'string' ? id : undefined,
    inputs: readInputs(request.inputs, model),
    outputs: readOutputs(request.outputs, model),
  };
}

function readInputs(value: unknown, model: InferenceModel): NamedTensors {
  if (!Array.isArray(value)) {
    return refuse(
      `"inputs" is ${describe(value)}; expected an array with one object for each of ${listOf(model.inputs)}.`,
    );
  }
  const tensors = new Map<string, HostArray>();
  for (const [position, item] of value.entries()) {
    const input = requireObject(`inputs[${position}]`, item);
    const { name } = input;
    if (typeof name !== 'string')
      return refuse(`inputs[${position}].name is ${describe(name)}; expected a string.`);
    const spec = model.inputs.find((candidate) => candidate.name === name);
    if (spec === undefined) {
      return refuse(
        `model ${quote(model.name)} has no input ${quote(name)}; its inputs are ${listOf(model.inputs)}.`,
      );
    }
    if (tensors.has(name)) return refuse(`input ${quote(name)} is given twice.`);
    tensors.set(name, readTensor(input, spec));
  }
  const missing = model.inputs.filter(({ name }) => !tensors.has(name));
  if (missing.length > 0) return refuse(`model ${quote(model.name)} also needs input ${listOf(missing)}.`);
  requireOneBatch(tensors, model);
  return tensors;
}

/** Inputs whose first axis is free are batches, and all batches of a request have one length. */
function requireOneBatch(tensors: NamedTensors, model: InferenceModel): void {
  const [first, ...others] = model.inputs.filter(({ shape }) => shape[0] === -1);
  if (first === undefined) return;
  const length = (spec: TensorSpec): number | undefined => tensors.get(spec.name)?.shape[0];
  for (const other of others) {
    if (length(other) !== length(first)) {
      refuse(
        `inputs differ in batch size: ${quote(first.name)} has ${length(first)}, ${quote(other.name)} has ${length(other)}.`,
      );
    }
  }
}

function readTensor(input: Fields, spec: TensorSpec): HostArray {
  const name = quote(spec.name);
  const datatype = datatypeOf(spec.dtype);
  if (input.datatype !== datatype) {
    return refuse(`input ${name} has datatype ${describe(input.datatype)}; the model expects "${datatype}".`);
  }
  refuseBinary(`input ${name}`, input.parameters, 'binary_data_size');
  const shape = readShape(input.shape, spec);
  return { data: readData(name, input.data, shape, spec.dtype), shape, dtype: spec.dtype };
}

function readShape(value: unknown, spec: TensorSpec): readonly number[] {
  const name = quote(spec.name);
  const expected = `[${spec.shape.join(', ')}]${spec.shape.includes(-1) ? ' (-1: any extent from 1)' : ''}`;
  if (!Array.isArray(value))
    return refuse(`input ${name} has shape ${describe(value)}; the model expects ${expected}.`);
  const shape: number[] = [];
  for (const extent of value) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      return refuse(`input ${name} has shape ${quote(value)}; extents are non-negative integers.`);
    }
    shape.push(Number(extent));
  }
  const fits =
    shape.length === spec.shape.length &&
    shape.every((extent, axis) => (spec.shape[axis] === -1 ? extent >= 1 : extent === spec.shape[axis]));
  return fits ? shape : refuse(`input ${name} has shape ${quote(shape)}; the model expects ${expected}.`);
}

/** Data is a flat array in row-major order, or arrays nested exactly as the shape says. */
function readData(name: string, value: unknown, shape: readonly number[], dtype: DType): TypedArray {
  if (!Array.isArray(value)) return refuse(`input ${name} has data ${describe(value)}; expected an array.`);
  const size = shape.reduce((product, extent) => product * extent, 1);
  const nested = Array.isArray(value[0]);
  const innermost = nested ? shape.length - 1 : 0;
  const lengths = nested ? shape : [size];
  // The lengths are checked before anything is allocated, so that a shape of a few bytes cannot claim gigabytes.
  if (value.length !== lengths[0]) {
    return refuse(
      nested
        ? `input ${name} has nested data of length ${value.length} along axis 0; its shape ${quote(shape)} says ${shape[0]}.`
        : `input ${name} has ${value.length} elements in data; its shape ${quote(shape)} needs ${size}.`,
    );
  }
  const flat: unknown[] = nested ? flatten(name, value, shape, innermost) : value;
  const data = hostArray(dtype, size);
  for (const [index, item] of flat.entries()) {
    const element = elementOf(dtype, item);
    if (element === undefined) {
      return refuse(
        `input ${name} has ${describe(item)} at element ${index} of data; ${datatypeOf(dtype)} data are ${elementsOf(dtype)}.`,
      );
    }
    data[index] = element;
  }
  return data;
}

function flatten(
  name: string,
  value: readonly unknown[],
  shape: readonly number[],
  innermost: number,
): unknown[] {
  let level: readonly unknown[] = value;
  for (let axis = 1; axis <= innermost; axis++) {
    const next: unknown[] = [];
    for (const item of level) {
      if (!Array.isArray(item) || item.length !== shape[axis]) {
        const found = Array.isArray(item) ? `an array of length ${item.length}` : describe(item);
        return refuse(
          `input ${name} has ${found} along axis ${axis} of nested data; its shape ${quote(shape)} says ${shape[axis]}.`,
        );
      }
      for (const element of item) next.push(element);
    }
    level = next;
  }
  return [...level];
}

function readOutputs(value: unknown, model: InferenceModel): readonly TensorSpec[] {
  if (value === undefined) return model.outputs;
  if (!Array.isArray(value))
    return refuse(`"outputs" is ${describe(value)}; expected an array, or leave it out for all outputs.`);
  const chosen: TensorSpec[] = [];
  for (const [position, item] of value.entries()) {
    const { name, parameters } = requireObject(`outputs[${position}]`, item);
    const spec = model.outputs.find((candidate) => candidate.name === name);
    if (spec === undefined) {
      return refuse(
        `model ${quote(model.name)} has no output ${describe(name)}; its outputs are ${listOf(model.outputs)}.`,
      );
    }
    if (chosen.includes(spec)) return refuse(`output ${quote(name)} is asked for twice.`);
    refuseBinary(`output ${quote(name)}`, parameters, 'binary_data');
    chosen.push(spec);
  }
  return chosen.length === 0 ? model.outputs : chosen;
}

/** Other parameters are hints and may be ignored; these would change the format of the data. */
function refuseBinary(what: string, parameters: unknown, name: string): void {
  if (parameters === undefined) return;
  const given = requireObject(`"parameters" of ${what}`, parameters)[name];
  if (given !== undefined && given !== false) {
    refuse(`${what} asks for binary data (${name}); this server speaks JSON only.`);
  }
}
