/**
 * Layers that need one input and may take more beside it: recurrent layers their initial states, attention the keys and
 * values. With one input they fit into a chain like any other layer.
 */
import type { Tensor } from '@hadal/core';
import { isTensor, type Replaced, type Tensors } from './arrangement';
import { type CallContext, inferenceContext } from './context';
import { Layer } from './layer';
import { isShape, type LayerShape } from './shape';
import type { SymbolicTensor } from './symbolic';

/** A layer of a tensor, or of `More`, in which the tensor comes first. */
export abstract class OneOrMoreLayer<
  More extends Tensors = readonly Tensor[],
  Out extends Tensors = Tensor,
> extends Layer<Tensor, Out> {
  override get mayTakeSeveral(): boolean {
    return true;
  }

  abstract override call(inputs: Tensor | More, context: CallContext): Out;

  /** Builds the weights, once, for one or several inputs. */
  buildFor(shapes: LayerShape | Replaced<More, LayerShape>): void {
    // As in `apply`: `build` takes what `call` takes.
    this.ensureBuilt(shapes as LayerShape);
  }

  /** Computes the output, or with symbolic tensors says what a model will compute. */
  override apply(inputs: Tensor | More, context?: CallContext): Out;
  override apply(inputs: SymbolicTensor | Replaced<More, SymbolicTensor>): Replaced<Out, SymbolicTensor>;
  override apply(
    inputs: Tensor | More | SymbolicTensor | Replaced<More, SymbolicTensor>,
    context: CallContext = inferenceContext,
  ): Out | Replaced<Out, SymbolicTensor> {
    // A layer takes whatever `call` takes; only a chain relies on one tensor being enough.
    return super.apply(inputs as Tensor, context);
  }
}

/** One or several inputs as a list. */
export const inputList = (inputs: Tensor | readonly Tensor[]): readonly Tensor[] =>
  isTensor(inputs) ? [inputs] : inputs;

/** The shapes of one or several inputs as a list. */
export const shapeList = (shapes: LayerShape | readonly LayerShape[]): readonly LayerShape[] =>
  isShape(shapes) ? [shapes] : shapes;
