/**
 * The network of the demo: three convolutions, two poolings, two dense layers; 93,322 parameters.
 */
import { conv2d, dense, flatten, maxPooling2d, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';

/** The layer that Grad-CAM asks: late enough to know shapes, early enough (11 × 11) to say where. */
export const EXPLAINED_LAYER = 'conv_middle';

/** A model that is ready to be trained on images [28, 28, 1] of ten classes. */
export function clothesNetwork() {
  const model = sequential(
    [
      conv2d(32, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
      maxPooling2d(2),
      conv2d(64, 3, { activation: 'relu', name: EXPLAINED_LAYER }),
      maxPooling2d(2),
      conv2d(64, 3, { activation: 'relu' }),
      flatten(),
      dense(64, { activation: 'relu' }),
      dense(10, { activation: 'softmax' }),
    ],
    { name: 'clothes' },
  );
  model.compile({
    optimizer: adam(1e-3),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
