/**
 * What per-example gradients cost: `vmap(grad(loss))` of a convolutional network, all gradients of all examples as
 * results, against one gradient of the whole batch. Both are compiled. Measured with results that are disposed of, so that
 * the next round finds their memory in the pool, and with results that are left to the collector.
 *
 *   tsx packages/backend-cpu/bench/per-example-gradients.ts [batch size]
 */
import {
  compile,
  conv2d,
  grad,
  matmul,
  maxPool2d,
  mean,
  relu,
  setDevice,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tensor,
  vmap,
} from '@hadal/core';
import { cpu } from '../src/index';

const batch = Number(process.argv[2] ?? 32);
const ROUNDS = 20;

const device = await cpu();
setDevice(device);

let seed = 1;
const random = (shape: readonly number[], scale: number): Tensor => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return (seed / 2 ** 31 - 1) * scale;
  });
  return tensor(values, { shape });
};

/** Kernels and biases of the network in the CNN example. */
const layers = [
  [3, 3, 1, 32],
  [3, 3, 32, 64],
  [3, 3, 64, 64],
  [576, 64],
  [64, 10],
].map((shape) => {
  const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  return { kernel: random(shape, Math.sqrt(3 / fanIn)), bias: random(shape.slice(-1), 0.1) };
});
const parameters = layers.flatMap(({ kernel, bias }) => [kernel, bias]);

function logits(images: Tensor, p: readonly Tensor[]): Tensor {
  let x = images;
  for (let layer = 0; layer < layers.length; layer++) {
    const [kernel, bias] = p.slice(2 * layer);
    if (kernel === undefined || bias === undefined) throw new RangeError(`layer ${layer} has no parameters`);
    if (layer === 3) x = x.reshape([images.shape[0] ?? 1, 576]);
    x = (kernel.rank === 4 ? conv2d(x, kernel) : matmul(x, kernel)).add(bias);
    if (layer < layers.length - 1) x = relu(x);
    if (layer < 2) x = maxPool2d(x, 2);
  }
  return x;
}

const loss = (images: Tensor, labels: Tensor, ...p: Tensor[]): Tensor =>
  mean(sparseSoftmaxCrossEntropy(logits(images, p), labels));
const argnums = parameters.map((_, index) => index + 1);

/** The labels are integers: they are not among the inputs that are traced for gradients. */
const gradientOf = (images: Tensor, labels: Tensor, p: readonly Tensor[]): Tensor[] =>
  grad((x, ...q) => loss(x, labels, ...q), argnums)(images, ...p);

const whole = compile(gradientOf, { name: 'whole batch' });
const each = compile(
  (images: Tensor, labels: Tensor, p: readonly Tensor[]) =>
    vmap((image: Tensor, label: Tensor) => gradientOf(image.reshape([1, 28, 28, 1]), label.reshape([1]), p))(
      images,
      labels,
    ),
  { name: 'per example' },
);

const images = random([batch, 28, 28, 1], 1);
const labels = tensor(
  Int32Array.from({ length: batch }, (_, i) => (i * 7) % 10),
  { dtype: 'int32' },
);
const args = [images, labels, parameters] as const;

/** The best of several rounds in turn, since whatever else the machine does only adds to a time. */
async function milliseconds(
  contestants: readonly ((...given: typeof args) => Promise<readonly Tensor[]>)[],
  disposes: boolean,
): Promise<number[]> {
  const best = contestants.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, f] of contestants.entries()) {
      const start = performance.now();
      const results = await f(...args);
      await results.at(-1)?.data();
      best[index] = Math.min(best[index] ?? 0, performance.now() - start);
      if (disposes) for (const result of results) result.dispose();
    }
  }
  return best;
}

/** The largest difference to a loop over the examples, in units of the largest gradient. */
async function worstDifference(): Promise<number> {
  const all = await each(...args);
  let [worst, largest] = [0, 0];
  for (const example of [0, batch - 1]) {
    const image = images.slice([example], [example + 1]);
    const label = labels.slice([example], [example + 1]);
    const alone = await whole(image, label, parameters);
    for (const [index, gradient] of alone.entries()) {
      const values = await gradient.data();
      const found = (await all[index]?.data())?.subarray(
        example * values.length,
        (example + 1) * values.length,
      );
      values.forEach((value, i) => {
        largest = Math.max(largest, Math.abs(value));
        worst = Math.max(worst, Math.abs(value - (found?.[i] ?? Number.NaN)));
      });
    }
  }
  return worst / largest;
}

console.log(`per-example gradients of the CNN, batch ${batch}`);
console.log(
  `  differs from a loop by at most ${(await worstDifference()).toExponential(1)} of the largest gradient`,
);
for (const disposes of [true, false]) {
  const [once = 0, apart = 0] = await milliseconds([whole, each], disposes);
  console.log(`  results ${disposes ? 'disposed of' : 'left to the collector'}`);
  console.log(`    one gradient of the batch    ${once.toFixed(1)} ms`);
  console.log(
    `    a gradient for each example  ${apart.toFixed(1)} ms, ${(apart / once).toFixed(2)} times as much`,
  );
}
await device.close();
