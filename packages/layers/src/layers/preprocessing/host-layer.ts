/**
 * Layers that turn text into numbers. They compute on the host: `encode` gives host arrays, as datasets have them, and
 * `apply` tensors.
 *
 * At the front of a model they make numbers of the text that the model is given; what comes to them as numbers is taken
 * to be made already, as batches of a dataset are that was mapped with `encode`.
 */
import type { HostArray, Tensor } from '@hadal/core';
import { tensor } from '@hadal/core';
import { isTensor } from '../../layer/arrangement';
import { type CallContext, inferenceContext } from '../../layer/context';
import { SameShapeLayer } from '../../layer/same-shape';
import type { LayerShape } from '../../layer/shape';
import { isSymbolic, type SymbolicTensor } from '../../layer/symbolic';
import { holdsTexts } from './holds-texts';
import type { Values } from './texts';

/** @typeParam Given what is turned into numbers */
export abstract class HostLayer<Given extends Values> extends SameShapeLayer {
  /**
   * What becomes of text, on the host.
   *
   * @example
   * const numbers = texts.map((text) => ({ x: vectorize.encode(text) })); // of a dataset
   */
  abstract encode(given: Given): HostArray;

  /** Whether what a model is given is to be turned into numbers, and not numbers already. */
  encodes(value: unknown): boolean {
    return holdsTexts(value);
  }

  override call(inputs: Tensor): Tensor {
    return inputs;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  /** Turns text into a tensor; numbers stay as they are. */
  override apply(inputs: Given): Tensor;
  override apply(inputs: Tensor, context?: CallContext): Tensor;
  override apply(inputs: SymbolicTensor): SymbolicTensor;
  override apply(
    inputs: Given | Tensor | SymbolicTensor,
    context: CallContext = inferenceContext,
  ): Tensor | SymbolicTensor {
    if (isTensor(inputs)) return super.apply(inputs, context);
    if (isSymbolic(inputs)) return super.apply(inputs);
    const { data, shape, dtype } = this.encode(inputs);
    return tensor(data, { shape, dtype });
  }
}
