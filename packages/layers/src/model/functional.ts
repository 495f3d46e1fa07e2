/** The functional model: a graph of layers between inputs and outputs. */
import type { DType, Tensor } from '@hadal/core';
import type { Arranged } from '../layer/arrangement';
import type { LayerShape } from '../layer/shape';
import type { SymbolicTensor } from '../layer/symbolic';
import { InputLayer } from '../layers/input-layer';
import { graphInput } from './graph-input';
import { GraphStructure } from './graph-structure';
import { Model } from './model';
import type { NetworkOptions } from './network';

/** Symbolic tensors as models are put together from them. */
export type SymbolicTensors = Arranged<SymbolicTensor>;

/** The tensors that symbolic ones stand for, arranged alike. */
export type TensorsFor<S extends SymbolicTensors> = S extends SymbolicTensor
  ? Tensor
  : { readonly [Key in keyof S]: Tensor };

export interface ModelOptions<Inputs, Outputs> extends NetworkOptions {
  /** Made by {@link input}: one, several by position, or several by name. */
  readonly inputs: Inputs;
  /** Results of layers: one, several by position, or several by name. */
  readonly outputs: Outputs;
}

export interface InputOptions {
  /** Unique within a model. */
  readonly name?: string;
  /** Dtype to which inputs are cast (default float32). */
  readonly dtype?: DType;
}

/**
 * An input of a model.
 *
 * @param shape the shape of one sample, without the batch axis; null where it is not fixed
 * @example
 * const image = input([28, 28, 1]);
 */
export function input(shape: LayerShape, { name, dtype = 'float32' }: InputOptions = {}): SymbolicTensor {
  return graphInput(new InputLayer(shape, { dtype, ...(name === undefined ? {} : { name }) }));
}

/**
 * A model of a graph of layers, as a class: extend it where a model is to have a `trainStep` of its own.
 *
 * @example
 * class Robust extends FunctionalModel<SymbolicTensor, SymbolicTensor> {
 *   override trainStep({ x, minimize, measure }: TrainingStep): void {
 *     minimize(() => measure({ x: x.map((each) => each.add(randomNormal(each.shape).mul(0.1))) }));
 *   }
 * }
 * const features = input([4]);
 * const robust = new Robust({ inputs: features, outputs: dense(1).apply(features) });
 */
export class FunctionalModel<
  const Inputs extends SymbolicTensors,
  const Outputs extends SymbolicTensors,
> extends Model<TensorsFor<Inputs>, TensorsFor<Outputs>> {
  constructor({ inputs, outputs, ...options }: ModelOptions<Inputs, Outputs>) {
    super(new GraphStructure({ inputs, outputs }), options);
  }
}

/**
 * Makes a model from symbolic inputs and what layers made of them.
 *
 * @throws {ArgumentError} when an output depends on an input that is not listed, or an input has no effect
 * @example
 * const image = input([28, 28, 1]);
 * const features = flatten().apply(image);
 * const digit = dense(10, { activation: 'softmax', name: 'digit' }).apply(features);
 * const isEven = dense(1, { activation: 'sigmoid', name: 'even' }).apply(features);
 * const both = model({ inputs: image, outputs: { digit, isEven } });
 * both.compile({ loss: { digit: 'sparseCategoricalCrossentropy', isEven: 'binaryCrossentropy' } });
 */
export function model<const Inputs extends SymbolicTensors, const Outputs extends SymbolicTensors>(
  options: ModelOptions<Inputs, Outputs>,
): Model<TensorsFor<Inputs>, TensorsFor<Outputs>> {
  return new FunctionalModel(options);
}
