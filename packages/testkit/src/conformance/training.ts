/**
 * A whole training run: a small convolutional network on images of bars, with Adam over packed variables, compiled. The
 * device has to follow the interpreter's loss curve.
 */
import {
  compile,
  conv2d,
  type Device,
  flatten,
  gradients,
  interpreter,
  matmul,
  maxPool2d,
  mean,
  packVariables,
  relu,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@hadal/core';
import { requireClose } from '../compare';
import { normal, type Random, seededRandom } from '../random';
import { toleranceOf } from '../tolerance';
import type { CaseContext, ConformanceCase } from './case';

const SIDE = 18;
const BATCH = 4;
const STEPS = 20;
const CLASSES = 3;

/** Images with a horizontal bar, a vertical bar, or a square, in noise. */
function batch(random: Random): { images: Float32Array; labels: Int32Array } {
  const images = Float32Array.from({ length: BATCH * SIDE * SIDE }, () => 0.2 * normal(random));
  const labels = Int32Array.from({ length: BATCH }, () => Math.floor(random() * CLASSES));
  labels.forEach((label, sample) => {
    const [top, left] = [1 + Math.floor(random() * 12), 1 + Math.floor(random() * 12)];
    const [height, width] = [label === 0 ? 1 : 4, label === 1 ? 1 : 4];
    for (let y = top; y < top + height; y++) {
      for (let x = left; x < left + width; x++) images[(sample * SIDE + y) * SIDE + x] = 1;
    }
  });
  return { images, labels };
}

/** The losses of a training run on `device`, which depend on nothing but the device and the seed. */
export async function lossCurve(device: Device, seed: number): Promise<Float64Array> {
  const random = seededRandom(seed, 'training');
  const weights = async (...shape: number[]): Promise<Variable> => {
    const fanIn = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
    const size = fanIn * (shape.at(-1) ?? 1);
    const values = Float32Array.from({ length: size }, () => normal(random) * Math.sqrt(2 / fanIn));
    return variable(await tensor(values, { shape, device }).realize());
  };
  const [first, second, third] = [
    await weights(3, 3, 1, 4),
    await weights(3, 3, 4, 8),
    await weights(3, 3, 8, 8),
  ];
  const [dense, bias] = [await weights(32, CLASSES), await weights(CLASSES)];
  const parameters = packVariables([first, second, third, dense, bias]);
  const zeros = (): Promise<Tensor> => tensor(new Float32Array(parameters.size), { device }).realize();
  const [momentum, velocity] = [variable(await zeros()), variable(await zeros())];
  const count = variable(await tensor(0, { device }).realize());

  const step = compile((images: Tensor, labels: Tensor) => {
    let x = maxPool2d(relu(conv2d(images, first.value)), 2);
    x = maxPool2d(relu(conv2d(x, second.value)), 2);
    x = relu(conv2d(x, third.value, { padding: 'same', strides: 2 }));
    const logits = matmul(flatten(x, 1), dense.value).add(bias.value);
    const loss = mean(sparseSoftmaxCrossEntropy(logits, labels));
    const [gradient] = gradients(loss, [parameters]);
    if (gradient === undefined) throw new TypeError('the loss has no gradient');
    adam(parameters, gradient, momentum, velocity, count);
    return loss;
  });

  const losses = new Float64Array(STEPS);
  for (let i = 0; i < STEPS; i++) {
    const { images, labels } = batch(random);
    const given = tensor(images, { shape: [BATCH, SIDE, SIDE, 1], device });
    losses[i] = await (await step(given, tensor(labels, { dtype: 'int32', device }))).item();
  }
  return losses;
}

/** One step of Adam (Kingma and Ba, 2015), with its usual constants. */
function adam(
  parameters: Variable,
  gradient: Tensor,
  momentum: Variable,
  velocity: Variable,
  count: Variable,
): void {
  const steps = count.value.add(1);
  const m = momentum.value.mul(0.9).add(gradient.mul(0.1));
  const v = velocity.value.mul(0.999).add(gradient.mul(gradient).mul(0.001));
  const corrected = m.div(tensor(1).sub(tensor(0.9).pow(steps)));
  const spread = v.div(tensor(1).sub(tensor(0.999).pow(steps))).sqrt();
  parameters.assign(parameters.value.sub(corrected.div(spread.add(1e-7)).mul(0.01)));
  momentum.assign(m);
  velocity.assign(v);
  count.assign(steps);
}

export function trainingCases({ device, seed }: CaseContext): ConformanceCase[] {
  return [
    {
      group: 'training',
      name: `a small convolutional network follows the interpreter's loss curve for ${STEPS} steps`,
      run: async () => {
        const actual = await lossCurve(await device(), seed);
        const expected = await lossCurve(interpreter(), seed);
        const shape = [STEPS];
        requireClose({ shape, values: actual }, { shape, values: expected }, toleranceOf('float32', 'curve'));
      },
    },
  ];
}
