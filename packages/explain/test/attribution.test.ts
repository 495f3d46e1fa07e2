/** Attributions against PyTorch, against what can be worked out by hand, and against what must always hold. */
import { type HostArray, interpreter, matmul, setDevice, type Tensor, tanh, tensor } from '@hadal/core';
import { conv2d, dense, flatten, sequential } from '@hadal/layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { gradCam, integratedGradients, saliency } from '../src/index';
import { distance, images, network, reference, withWeights } from './network';

const { targets } = reference;

/** Float32 through a small network. */
const TOLERANCE = 2e-5;

const batch = (values: number[], shape: number[]): HostArray => ({
  data: Float32Array.from(values),
  shape,
  dtype: 'float32',
});

beforeAll(() => {
  setDevice(interpreter());
});

describe('saliency', () => {
  it('equals the gradients of PyTorch for logits', async () => {
    const found = await saliency(network(), images, { target: targets, absolute: false, channels: 'keep' });
    expect(found.attributions.shape).toStrictEqual([3, 9, 9, 1]);
    expect(distance(found.attributions.data, reference.saliency.logits)).toBeLessThan(TOLERANCE);
  });

  it('equals the gradients of PyTorch for probabilities', async () => {
    const options = { target: targets, score: 'output', absolute: false, channels: 'keep' } as const;
    const found = await saliency(network(), images, options);
    expect(distance(found.attributions.data, reference.saliency.probabilities)).toBeLessThan(TOLERANCE);
  });

  it('gives one magnitude a pixel for images', async () => {
    const found = await saliency(network(), images, { target: targets });
    expect(found.attributions.shape).toStrictEqual([3, 9, 9]);
    expect(distance(found.attributions.data, reference.saliency.logits.map(Math.abs))).toBeLessThan(
      TOLERANCE,
    );
  });

  it('is the weights of a linear model, whatever the input', async () => {
    const weights = tensor([
      [1, -4],
      [2, 5],
      [-3, 0.5],
    ]);
    const linear = (x: Tensor): Tensor => matmul(x, weights);
    const inputs = batch([9, 8, 7, 1, 1, 1], [2, 3]);
    const found = await saliency(linear, inputs, { target: [0, 1], absolute: false });
    expect([...found.attributions.data]).toStrictEqual([1, 2, -3, -4, 5, 0.5]);
  });

  it('takes the largest channel of a colour image', async () => {
    const weights = tensor([1, -5, 2, 4, 3, -6]).reshape([1, 1, 2, 3]);
    const found = await saliency(
      (x) => x.mul(weights).sum([1, 2, 3]),
      batch([1, 1, 1, 1, 1, 1], [1, 1, 2, 3]),
    );
    expect([...found.attributions.data]).toStrictEqual([5, 6]);
  });

  it('explains the class with the highest score by default', async () => {
    const { logits } = reference;
    const best = [0, 1, 2].map((row) => {
      const scores = logits.slice(row * 5, row * 5 + 5);
      return scores.indexOf(Math.max(...scores));
    });
    expect((await saliency(network(), images)).targets).toStrictEqual(best);
  });

  it('does not depend on how samples are batched', async () => {
    const model = network();
    const whole = await saliency(model, images, { target: 1 });
    const single = await saliency(model, images, { target: 1, batchSize: 1 });
    expect(distance(single.attributions.data, whole.attributions.data)).toBeLessThan(1e-6);
  });

  it('takes tensors as it takes arrays', async () => {
    const model = network();
    const given = await saliency(model, tensor(images.data, { shape: images.shape }), { target: 1 });
    expect(given).toStrictEqual(await saliency(model, images, { target: 1 }));
  });
});

describe('integratedGradients', () => {
  it('equals PyTorch with Gauss–Legendre from black', async () => {
    const found = await integratedGradients(network(), images, { target: targets, steps: 20 });
    expect(distance(found.attributions.data, reference.integratedGradients.gaussLegendre20)).toBeLessThan(
      TOLERANCE,
    );
    expect(distance(found.scoreChanges, reference.integratedGradients.scoreChange)).toBeLessThan(TOLERANCE);
  });

  it('equals PyTorch with the trapezoid rule from white', async () => {
    const options = { target: targets, steps: 12, method: 'trapezoid', baseline: 1, batchSize: 5 } as const;
    const found = await integratedGradients(network(), images, options);
    const expected = reference.integratedGradients.trapezoid12FromWhite;
    expect(distance(found.attributions.data, expected)).toBeLessThan(TOLERANCE);
  });

  it('shares a product equally between its factors', async () => {
    const product = (x: Tensor): Tensor =>
      x
        .slice([0, 0], [2, 1])
        .mul(x.slice([0, 1], [2, 2]))
        .reshape([2]);
    const found = await integratedGradients(product, batch([3, 4, -2, 10], [2, 2]), { steps: 1 });
    expect([...found.attributions.data]).toStrictEqual([6, 6, -10, -10]);
    expect(found.completenessErrors).toStrictEqual([0, 0]);
  });

  it('gives nothing to inputs that do not differ from the baseline', async () => {
    const found = await integratedGradients(network(), images, { baseline: images, target: 0, steps: 4 });
    expect(Math.max(...found.attributions.data.map(Math.abs))).toBe(0);
    expect(found.completenessErrors).toStrictEqual([0, 0, 0]);
  });

  it('takes one sample as the baseline of all', async () => {
    const model = network();
    const grey = batch(new Array(81).fill(0.5), [9, 9, 1]);
    const sample = await integratedGradients(model, images, { baseline: grey, target: 0, steps: 4 });
    const number = await integratedGradients(model, images, { baseline: 0.5, target: 0, steps: 4 });
    expect(sample).toStrictEqual(number);
  });

  it.each(['gaussLegendre', 'trapezoid'] as const)(
    'misses completeness less with more steps (%s)',
    async (method) => {
      const weights = tensor([
        [1, -2],
        [0.5, 3],
        [-1.5, 1],
      ]);
      const smooth = (x: Tensor): Tensor => tanh(matmul(x, weights)).sum(1);
      const inputs = batch([0.5, 1, -1, 2, -1, 0.3], [2, 3]);
      const miss = async (steps: number): Promise<number> => {
        const { completenessErrors } = await integratedGradients(smooth, inputs, { steps, method });
        return Math.max(...completenessErrors.map(Math.abs));
      };
      const [few, some, many] = [await miss(2), await miss(8), await miss(64)];
      expect(some).toBeLessThan(few / 4);
      expect(many).toBeLessThan(5e-4);
      expect(many).toBeLessThan(some);
    },
  );

  it('adds up to the change of the score', async () => {
    const found = await integratedGradients(network(), images, { target: targets, steps: 64 });
    for (const [sample, change] of found.scoreChanges.entries()) {
      const own = [...found.attributions.data.slice(sample * 81, sample * 81 + 81)];
      const total = own.reduce((sum, value) => sum + value, 0);
      expect(total - change).toBeCloseTo(found.completenessErrors[sample]!, 5);
      expect(Math.abs(found.completenessErrors[sample]!)).toBeLessThan(0.02);
    }
  });
});

describe('gradCam', () => {
  it.each([
    ['conv1', [3, 7, 7]],
    ['conv2', [3, 2, 2]],
  ] as const)('equals PyTorch at %s', async (layer, shape) => {
    const found = await gradCam(network(), images, { target: targets, layer });
    expect(found).toMatchObject({ layer, targets });
    expect(found.heatMaps.shape).toStrictEqual(shape);
    expect(distance(found.heatMaps.data, reference.gradCam[layer])).toBeLessThan(TOLERANCE);
  });

  it('looks at the last convolution by default', async () => {
    const model = network();
    const found = await gradCam(model, images, { target: targets, batchSize: 2 });
    expect(found.layer).toBe('conv2');
    expect(distance(found.heatMaps.data, reference.gradCam.conv2)).toBeLessThan(TOLERANCE);
  });

  // Maps A = 2 x and B = 1 - x; the score is 3 ΣA - ΣB, so their weights are 3 and -1 and the heat is 7 x - 1.
  it('is what it is by hand', async () => {
    const model = withWeights(
      sequential([
        conv2d(2, 1, { inputShape: [3, 3, 1], name: 'maps' }),
        flatten(),
        dense(1, { name: 'score' }),
      ]),
      {
        maps: { kernel: [2, -1], bias: [0, 1] },
        score: { kernel: Array.from({ length: 18 }, (_, index) => (index % 2 === 0 ? 3 : -1)), bias: [0] },
      },
    );
    const diagonal = batch([1, 0, 0, 0, 1, 0, 0, 0, 1], [1, 3, 3, 1]);
    const { heatMaps } = await gradCam(model, diagonal);
    expect([...heatMaps.data]).toStrictEqual([6, 0, 0, 0, 6, 0, 0, 0, 6]);
    const both = await gradCam(model, diagonal, { positiveOnly: false });
    expect([...both.heatMaps.data]).toStrictEqual([6, -1, -1, -1, 6, -1, -1, -1, 6]);
  });

  it('takes a layer as well as its name', async () => {
    const model = network();
    const found = await gradCam(model, images, { layer: model.layers[1]!, target: 0 });
    expect(found.heatMaps.shape).toStrictEqual([3, 3, 3]);
  });
});

describe('arguments that do not fit', () => {
  const model = network();

  it.each([
    ['no such target', saliency, { target: 5 }, /target 5 is not a class; expected an integer from 0 to 4/],
    ['half a target', integratedGradients, { target: [0, 1, 0.5] }, /target 0.5 is not a class/],
    ['too few targets', gradCam, { target: [1] }, /1 targets were given for 3 samples/],
    ['an empty batch size', saliency, { batchSize: 0 }, /batchSize is 0/],
  ])('%s', async (_what, explain, options, message) => {
    await expect(explain(model, images, options)).rejects.toThrow(message);
  });

  it('inputs without a batch axis', async () => {
    await expect(saliency(model, batch([1, 2], [2]))).rejects.toThrow(
      /inputs have shape \[2\].*\n.*batch axis/,
    );
  });

  it('scores that are no scores', async () => {
    await expect(saliency((x) => x, images)).rejects.toThrow(/scores of shape \[3, 9, 9, 1\]/);
  });

  it('channels where there are none', async () => {
    await expect(saliency((x) => x, batch([1, 2], [1, 2]), { channels: 'max' })).rejects.toThrow(
      /needs images/,
    );
  });

  it('no steps', async () => {
    await expect(integratedGradients(model, images, { steps: 0 })).rejects.toThrow(
      /steps is 0; expected an integer from 1/,
    );
  });

  it('a baseline of another shape', async () => {
    const baseline = batch([1, 2], [2]);
    await expect(integratedGradients(model, images, { baseline })).rejects.toThrow(
      /baseline has shape \[2\], the inputs \[3, 9, 9, 1\]/,
    );
  });

  it('a layer that the model does not have, or that gives no maps', async () => {
    await expect(gradCam(model, images, { layer: 'conv9' })).rejects.toThrow(
      /no layer "conv9".*\n.*"conv1", "max_pooling2d", "conv2"/,
    );
    await expect(gradCam(model, images, { layer: 'dense' })).rejects.toThrow(
      /layer "dense" gives shape \[3, 5\]/,
    );
    const flat = sequential([dense(2, { inputShape: [3] })]);
    await expect(gradCam(flat, batch([1, 2, 3], [1, 3]))).rejects.toThrow(/no Conv2D layer/);
  });
});
