/**
 * Saves a small multilayer perceptron, and asks the bundle given as the first argument to predict with it: it must
 * answer what the model answers that was saved.
 */
import { cpu } from '@hadal/backend-cpu';
import { setDevice, tensor } from '@hadal/core';
import { dense, memoryStorage, sequential } from '@hadal/layers';

setDevice(await cpu());
const model = sequential([
  dense(16, { activation: 'relu', inputShape: [8] }),
  dense(16, { activation: 'relu' }),
  dense(3, { activation: 'softmax' }),
]);
const storage = memoryStorage();
await model.save(storage);
const features = Float32Array.of(0.5, -1, 2, 0, 3, -2, 1, 0.25);
const expected = await (await model.predict(tensor(features, { shape: [1, 8] }))).data();

const { predict } = await import(process.argv[2] ?? '');
const answer = await predict(storage, features);
if (answer.join() !== expected.join())
  throw new Error(`the bundle predicts ${answer}, the model ${expected}`);
