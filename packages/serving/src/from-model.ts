/**
 * Models of `@hadal/layers` as models that can be served: one input named "input", one output named "output".
 */
import { ArgumentError, tensor } from '@hadal/core';
import type { Network } from '@hadal/layers';
import type { InferenceModel } from './model';

export interface ModelOptions {
  /** What clients call the model. Default: the model's own name. */
  readonly name?: string;
  /** The version that is announced. Default '1'. */
  readonly version?: string;
  /** Rows that run through the model at a time; a larger request is answered in parts. Default 32. */
  readonly batchSize?: number;
}

const DEFAULT_BATCH_SIZE = 32;

/**
 * Describes a model to the server.
 *
 * @param model   built: its input shape is known
 * @throws {ArgumentError} when the model has no input shape yet, or `batchSize` is not a positive integer
 */
export function inferenceModel(model: Network, options: ModelOptions = {}): InferenceModel {
  const { builtShape, outputShape, dtype } = model;
  const { name = model.name, version, batchSize = DEFAULT_BATCH_SIZE } = options;
  if (builtShape === undefined || outputShape === undefined) {
    throw new ArgumentError(
      'serve',
      `model "${model.name}" is not built, so nobody can say what it takes.`,
      'Give its first layer an inputShape, or call model.build([null, …]).',
    );
  }
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError('serve', `batchSize is ${batchSize}; expected an integer from 1.`);
  }
  const shapeOf = (shape: readonly (number | null)[]): number[] => shape.map((extent) => extent ?? -1);
  return {
    name,
    ...(version === undefined ? {} : { version }),
    inputs: [{ name: 'input', dtype, shape: shapeOf(builtShape) }],
    outputs: [{ name: 'output', dtype, shape: shapeOf(outputShape) }],
    async predict(inputs) {
      const { data, shape } = inputs.get('input')!;
      const output = await model.predict(tensor(data, { shape, dtype }), { batchSize });
      return new Map([['output', { data: await output.data(), shape: output.shape, dtype: output.dtype }]]);
    },
  };
}
