/**
 * Symbolic tensors: what stands for tensors while a model is put together. They know a shape and a dtype, and the call
 * of a layer that will give their values; `model({ inputs, outputs })` follows these calls back to the inputs.
 */
import type { DType, Tensor } from '@hadal/core';
import { ArgumentError, withScope } from '@hadal/core';
import { type Arranged, type Arrangement, isTensor } from './arrangement';
import type { AnyLayer } from './layer';
import { takeApart } from './several';
import { formatLayerShape, isShape, type LayerShape } from './shape';

/** A layer applied to symbolic tensors. A layer that is applied twice has two calls and one set of weights. */
export interface LayerCall {
  readonly layer: AnyLayer;
  readonly arrangement: Arrangement;
  /** Empty for an input of the model. */
  readonly inputs: readonly SymbolicTensor[];
}

/** A tensor to come. Made by `input` and by applying layers to others. */
export class SymbolicTensor {
  /** @param index which of the results of the call this is */
  constructor(
    readonly shape: LayerShape,
    readonly dtype: DType,
    readonly source: LayerCall,
    readonly index: number,
  ) {}

  /**
   * What a layer makes of this and others: symbolic tensors again. Called by `apply`.
   *
   * @throws {ArgumentError} when some of the inputs are tensors
   */
  pass(layer: AnyLayer, given: unknown): Arranged<SymbolicTensor> {
    const isAny = (value: unknown): value is SymbolicTensor | Tensor => isSymbolic(value) || isTensor(value);
    const { arrangement, leaves } = takeApart(layer.scope, given, isAny, 'a symbolic tensor');
    const inputs = leaves.filter(isSymbolic);
    if (inputs.length < leaves.length) {
      throw new ArgumentError(
        layer.scope,
        'some inputs are tensors and some are symbolic.',
        'While a model is put together, all inputs come from input() or from other layers.',
      );
    }
    const inputShape = arrangement.arrange(inputs.map(({ shape }) => shape));
    const outputShape = withScope(layer.scope, () => layer.computeOutputShape(inputShape));
    const outputs = takeApart(layer.scope, outputShape, isShape, 'a shape');
    const call: LayerCall = { layer, arrangement, inputs };
    return outputs.arrangement.arrange(
      outputs.leaves.map((shape, index) => new SymbolicTensor(shape, layer.dtype, call, index)),
    );
  }

  /** Shape, dtype and the layer it comes from. */
  toString(): string {
    return `SymbolicTensor ${formatLayerShape(this.shape)} ${this.dtype}, from layer "${this.source.layer.name}"`;
  }
}

export const isSymbolic = (value: unknown): value is SymbolicTensor => value instanceof SymbolicTensor;
