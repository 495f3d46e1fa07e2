/** Layers whose output has the shape of their input, and with it the mask. */
import type { Tensor } from '@hadal/core';
import { isFloat } from '@hadal/core';
import { Layer } from './layer';
import type { LayerShape } from './shape';

export abstract class SameShapeLayer extends Layer {
  override get supportsMasking(): boolean {
    return true;
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }

  /** The inputs in floating point. */
  protected floating(inputs: Tensor): Tensor {
    return isFloat(inputs.dtype) ? inputs : inputs.cast(this.dtype);
  }
}
