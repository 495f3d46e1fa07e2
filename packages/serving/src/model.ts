/**
 * What the server asks of a model: its name, the tensors it takes and gives, and a way to run a batch. Saved models
 * are adapted to it in `from-model.ts`; anything else that can answer a batch may implement it.
 */
import type { DType, HostArray } from '@hadal/core';

/** One input or output of a model. */
export interface TensorSpec {
  readonly name: string;
  readonly dtype: DType;
  /** Extents, -1 where any extent is taken; the first axis of a batched tensor is -1. */
  readonly shape: readonly number[];
}

/** Tensors on the host by name. */
export type NamedTensors = ReadonlyMap<string, HostArray>;

/**
 * A model that can be served.
 *
 * @example
 * const doubler: InferenceModel = {
 *   name: 'doubler',
 *   inputs: [{ name: 'x', dtype: 'float32', shape: [-1] }],
 *   outputs: [{ name: 'y', dtype: 'float32', shape: [-1] }],
 *   async predict(inputs) {
 *     const x = inputs.get('x')!;
 *     return new Map([['y', { ...x, data: x.data.map((value) => 2 * value) }]]);
 *   },
 * };
 */
export interface InferenceModel {
  /** What clients call it: the `{name}` of `/v2/models/{name}`. */
  readonly name: string;
  /** The one version that is served; '1' when absent. */
  readonly version?: string;
  /** What runs it, for the metadata; 'hadal' when absent. */
  readonly platform?: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /**
   * Answers one request. It is given every input of `inputs`, checked against its spec, and gives every output of
   * `outputs`. It is called for at most `maxConcurrent` requests at a time.
   */
  predict(inputs: NamedTensors): Promise<NamedTensors>;
}
