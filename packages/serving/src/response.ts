/**
 * Writes inference answers, and checks what the model gave: a wrong answer is the server's failure, never the client's.
 */
import type { HostArray } from '@hadal/core';
import { DataError } from '@hadal/core';
import { datatypeOf } from './datatypes';
import type { InferenceModel, NamedTensors } from './model';
import type { InferenceRequest } from './request';

/** The version of a model that names none. */
export const DEFAULT_VERSION = '1';

/** The answer to an inference request, as the protocol spells it. */
export interface InferenceAnswer {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: readonly {
    readonly name: string;
    readonly datatype: string;
    readonly shape: readonly number[];
    readonly data: readonly (number | boolean)[];
  }[];
}

/**
 * @throws {DataError} when the model left an output out, or gave NaN or infinity, which JSON cannot carry
 */
export function inferenceAnswer(
  model: InferenceModel,
  request: InferenceRequest,
  results: NamedTensors,
): InferenceAnswer {
  return {
    model_name: model.name,
    model_version: model.version ?? DEFAULT_VERSION,
    ...(request.id === undefined ? {} : { id: request.id }),
    outputs: request.outputs.map(({ name }) => {
      const result = results.get(name);
      if (result === undefined)
        throw new DataError('infer', `the model gave no output ${JSON.stringify(name)}.`);
      return { name, datatype: datatypeOf(result.dtype), shape: result.shape, data: elements(name, result) };
    }),
  };
}

function elements(name: string, { data, dtype }: HostArray): readonly (number | boolean)[] {
  if (dtype === 'bool') return Array.from(data, (value) => value !== 0);
  const broken = data.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) {
    throw new DataError('infer', `output ${JSON.stringify(name)} is ${data[broken]} at element ${broken}.`);
  }
  return Array.from(data);
}
