/**
 * The network of the demo: three convolutions, two poolings, two dense layers; 93,322 parameters.
 */
import { conv2d, dense, flatten, maxPooling2d, sequential } from '@hadal/layers';
import { adam, cosineDecay } from '@hadal/optimizers';

/** The layer that Grad-CAM asks: late enough to know shapes, early enough (11 × 11) to say where. */
export const EXPLAINED_LAYER = 'conv_middle';

/** The rate at the start; it falls to nothing by the last step, so that training ends in rest. */
const LEARNING_RATE = 2e-3;

/**
 * A model that is ready to be trained on images [28, 28, 1] of ten classes.
 *
 * @param steps how many batches it will see in all
 */
export function clothesNetwork(steps: number) {
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
    optimizer: adam(cosineDecay(LEARNING_RATE, steps)),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
