/** The network: two convolutions that look, and a layer that judges. */
import { conv2d, dense, flatten, maxPooling2d, type Sequential, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';

export function makeNetwork(): Sequential {
  const model = sequential([
    conv2d(8, 3, { activation: 'relu', inputShape: [28, 28, 1] }),
    maxPooling2d(2),
    conv2d(16, 3, { activation: 'relu' }),
    maxPooling2d(2),
    flatten(),
    dense(10, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: adam(4e-3),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
