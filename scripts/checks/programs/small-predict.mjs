/** The smallest useful program: loads a saved multilayer perceptron and predicts on the CPU backend. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, tensor } from '@hadal/core';
import { Dense, loadModel } from '@hadal/layers/inference';

/**
 * @param {import('@hadal/core').BlobStorage} source where the model was saved
 * @param {Float32Array} features of one example
 */
export async function predict(source, features) {
  setDevice(await cpu());
  const model = await loadModel(source, { layers: [Dense] });
  const probabilities = await model.predict(tensor(features, { shape: [1, features.length] }));
  return probabilities.data();
}
