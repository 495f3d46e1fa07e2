/**
 * Training without a model class: variables, a function, its gradients, and a step that is compiled once.
 */
import { cpu } from '@hadal/backend-cpu';
import {
  argMax,
  compile,
  equal,
  gradients,
  mean,
  randomNormal,
  setDevice,
  setSeed,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tensor,
  variable,
  zeros,
} from '@hadal/core';
import { fashionMnist } from '@hadal/data';
import { adam } from '@hadal/optimizers';

export interface Options {
  /** Batches to train on. */
  readonly steps?: number;
  /** Images to judge on. */
  readonly testImages?: number;
}

const BATCH_SIZE = 64;
const PIXELS = 28 * 28;
const HIDDEN = 64;
const CLASSES = 10;

export async function main({ steps = 940, testImages = 2000 }: Options = {}) {
  setDevice(await cpu());
  setSeed(1);

  // He's initialization keeps the variance of activations through a relu.
  const w1 = variable(randomNormal([PIXELS, HIDDEN]).mul(Math.sqrt(2 / PIXELS)), { name: 'w1' });
  const b1 = variable(zeros([HIDDEN]), { name: 'b1' });
  const w2 = variable(randomNormal([HIDDEN, CLASSES]).mul(Math.sqrt(2 / HIDDEN)), { name: 'w2' });
  const b2 = variable(zeros([CLASSES]), { name: 'b2' });
  const weights = [w1, b1, w2, b2];

  const network = (images: Tensor): Tensor => {
    const hidden = images.reshape([-1, PIXELS]).matmul(w1.value).add(b1.value).relu();
    return hidden.matmul(w2.value).add(b2.value);
  };
  const accuracyOf = (logits: Tensor, labels: Tensor): Tensor =>
    mean(equal(argMax(logits, -1), labels).cast('float32'));

  const optimizer = adam(1e-3);
  optimizer.build(weights);
  const step = compile((images: Tensor, labels: Tensor) => {
    const logits = network(images);
    const loss = mean(sparseSoftmaxCrossEntropy(logits, labels));
    optimizer.apply(gradients(loss, weights));
    return { loss, accuracy: accuracyOf(logits, labels) };
  });

  const { train, test } = await fashionMnist();
  const batches = train.shuffle(1).repeat().batch(BATCH_SIZE);
  let done = 0;
  for await (const { x, y } of batches.take(steps)) {
    const { loss, accuracy } = await step(tensor(x.data, { shape: x.shape }), tensor(y.data));
    if (++done % 100 === 0) {
      console.log(
        `step ${done}: loss ${(await loss.item()).toFixed(3)}, accuracy ${(await accuracy.item()).toFixed(3)}`,
      );
    }
  }

  // Outside of a compiled function the same code works as it stands.
  let hits = 0;
  let lossTotal = 0;
  for await (const { x, y } of test.take(testImages).batch(250)) {
    const labels = tensor(y.data);
    const logits = network(tensor(x.data, { shape: x.shape }));
    hits += (await accuracyOf(logits, labels).item()) * y.data.length;
    lossTotal += (await mean(sparseSoftmaxCrossEntropy(logits, labels)).item()) * y.data.length;
  }
  return { loss: lossTotal / testImages, accuracy: hits / testImages };
}
