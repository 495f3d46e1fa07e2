/** Where a graph of layers begins. */
import { ONE } from '../layer/arrangement';
import { SymbolicTensor } from '../layer/symbolic';
import type { InputLayer } from '../layers/input-layer';

/** What stands for the tensors that come into a model through an input layer. */
export const graphInput = (layer: InputLayer): SymbolicTensor =>
  new SymbolicTensor(
    [null, ...(layer.inputShape ?? [])],
    layer.inputDType,
    { layer, arrangement: ONE, inputs: [] },
    0,
  );
