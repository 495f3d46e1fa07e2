/** Image augmentation in training: what is drawn, that it can be drawn again, and that it runs inside programs. */
import { cpu } from '@hadal/backend-cpu';
import {
  affineTransform,
  all,
  arange,
  compile,
  flip,
  interpreter,
  oneHot,
  ones,
  randomUniform,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
  zeros,
} from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  augMix,
  autoContrast,
  contrastLimitedAdaptiveHistogramEqualization,
  conv2d,
  cutMix,
  dense,
  equalization,
  flatten,
  type Layer,
  mixUp,
  randAugment,
  randomBrightness,
  randomColorDegeneration,
  randomColorJitter,
  randomContrast,
  randomCrop,
  randomElasticTransform,
  randomErasing,
  randomFlip,
  randomGaussianBlur,
  randomGrayscale,
  randomHue,
  randomInvert,
  randomPerspective,
  randomPosterization,
  randomRotation,
  randomSaturation,
  randomSharpness,
  randomShear,
  randomTranslation,
  randomZoom,
  sequential,
  solarization,
} from '../src';
import { inferenceContext } from '../src/layer/context';
import { perspective } from '../src/layers/preprocessing/augmentation/perspective';
import { expectClose } from './golden';

const training = { ...inferenceContext, training: true };

const train = (layer: Layer, x: Tensor): Tensor => layer.apply(x, training);

const values = async (x: Tensor): Promise<number[]> => Array.from(await x.data(), Number);

/** The number that each image holds where all its pixels are the same. */
async function eachImage(x: Tensor): Promise<number[]> {
  const pixels = await values(x);
  const size = pixels.length / x.shape[0]!;
  return Array.from({ length: x.shape[0]! }, (_, image) => pixels[image * size]!);
}

const mean = (list: readonly number[]): number => list.reduce((sum, value) => sum + value, 0) / list.length;

beforeAll(async () => {
  setDevice(interpreter());
  setSeed(7);
});

describe('images are changed one by one', () => {
  it.each([
    ['horizontal', [2]],
    ['vertical', [1]],
    ['horizontalAndVertical', [1, 2]],
  ] as const)('randomFlip mirrors half of them: %s', async (mode, axes) => {
    const x = randomUniform([64, 3, 3, 1]);
    await x.realize();
    const [y, mirrored] = [train(randomFlip(mode, { seed: 1 }), x), flip(x, [...axes])];
    const same = await values(all(y.equal(x), { axis: [1, 2, 3] }));
    const other = await values(all(y.equal(mirrored), { axis: [1, 2, 3] }));
    expect(same.every((is, image) => is + other[image]! >= 1)).toBe(true);
    expect(mean(other)).toBeGreaterThan(0.3);
    expect(mean(other)).toBeLessThan(0.7);
  });

  it('randomShear goes either way', async () => {
    const x = randomUniform([32, 5, 5, 1]);
    await x.realize();
    const y = await train(randomShear([0.3, 0.3], [0.1, 0.1], { seed: 2 }), x).realize();
    const sheared = (sign: number): Tensor =>
      affineTransform(x, tensor([1, 0.3 * sign, 0, 0.1 * sign, 1, 0, 0, 0]), { fillMode: 'reflect' });
    const near = async (other: Tensor): Promise<number[]> =>
      values(
        y
          .sub(other)
          .abs()
          .max({ axis: [1, 2, 3] })
          .less(1e-5),
      );
    const [right, left] = [await near(sheared(1)), await near(sheared(-1))];
    expect(right.every((is, image) => is + left[image]! === 1)).toBe(true);
    expect(mean(right)).toBeGreaterThan(0.2);
    expect(mean(right)).toBeLessThan(0.8);
  });

  it('randomBrightness adds what its range says', async () => {
    const added = await eachImage(
      train(randomBrightness([-0.2, 0.4], { seed: 3, valueRange: [-1, 1] }), zeros([400, 2, 2, 1])),
    );
    expect(Math.min(...added)).toBeGreaterThanOrEqual(-0.4);
    expect(Math.max(...added)).toBeLessThanOrEqual(0.8);
    expect(mean(added)).toBeCloseTo(0.2, 1);
  });

  it('randomContrast moves pixels away from the mean', async () => {
    const x = tensor([[[[1]], [[3]]]]);
    const y = await values(train(randomContrast([0.5, 0.5], { seed: 4 }), x));
    // A factor from 0.5 to 1.5.
    expect(y[0]! + y[1]!).toBeCloseTo(4, 5);
    expect(y[1]! - y[0]!).toBeGreaterThanOrEqual(1);
    expect(y[1]! - y[0]!).toBeLessThanOrEqual(3);
  });

  it.each([
    ['randomInvert', randomInvert([0.25, 0.25], { seed: 5 }), 0.25],
    ['randomInvert by its default, whose probability is drawn', randomInvert(1, { seed: 5 }), 0.5],
    ['randomErasing', randomErasing([0.3, 0.3], { seed: 6, scale: [1, 1], fillValue: 255 }), 0.3],
  ] as const)('%s changes as many as it says', async (_name, layer, share) => {
    const y = await eachImage(train(layer, zeros([600, 2, 2, 1])));
    expect(mean(y) / 255).toBeCloseTo(share, 1);
    expect(new Set(y)).toEqual(new Set([0, 255]));
  });

  it('randomGrayscale makes as many gray as it says', async () => {
    const x = tensor([1, 0, 0])
      .reshape([1, 1, 1, 3])
      .add(zeros([600, 1, 1, 3]));
    const y = await eachImage(train(randomGrayscale(0.2, { seed: 7 }), x));
    expect(mean(y.map((red) => (red < 1 ? 1 : 0)))).toBeCloseTo(0.2, 1);
  });

  it('randomErasing covers boxes of the area it says with noise', async () => {
    const layer = randomErasing([1, 1], { seed: 8, scale: [0.25, 0.25], fillValue: 5 });
    const y = train(layer, zeros([100, 16, 16, 1]));
    const covered = await values(
      y
        .equal(5)
        .cast('float32')
        .sum({ axis: [1, 2, 3] }),
    );
    expect(mean(covered)).toBeCloseTo(64, 0);
    const columns = await values(y.sum({ axis: [0, 1, 3] }).greater(0));
    // A box that ends at the edge begins between pixels.
    expect(columns.slice(1).every((each) => each === 1)).toBe(true);
    const noise = train(randomErasing([1, 1], { seed: 8, scale: [1, 1] }), zeros([4, 16, 16, 1]));
    expect((await values(noise)).filter((value) => value > 0 && value < 255).length).toBeGreaterThan(50);
  });

  it('randomPosterization leaves as many levels as bits say', async () => {
    const x = arange(256)
      .cast('float32')
      .reshape([1, 16, 16, 1])
      .add(zeros([60, 16, 16, 1]));
    const pixels = await values(train(randomPosterization([2, 5], { seed: 9 }), x));
    const levels = Array.from(
      { length: 60 },
      (_, image) => new Set(pixels.slice(image * 256, (image + 1) * 256)).size,
    );
    expect(new Set(levels)).toEqual(new Set([4, 8, 16]));
  });

  it('randomCrop cuts at every place', async () => {
    const x = arange(30).cast('float32').reshape([1, 5, 6, 1]);
    const layer = randomCrop(3, 4, { seed: 10 });
    const corners = new Set<number>();
    for (let draw = 0; draw < 80; draw++) {
      const y = train(layer, x);
      const [corner] = await values(y);
      corners.add(corner!);
      expect(await values(y)).toEqual(
        await values(
          x.slice(
            [0, Math.floor(corner! / 6), corner! % 6, 0],
            [1, Math.floor(corner! / 6) + 3, (corner! % 6) + 4, 1],
          ),
        ),
      );
    }
    expect([...corners].sort((a, b) => a - b)).toEqual([0, 1, 2, 6, 7, 8, 12, 13, 14]);
  });

  it('randomPerspective moves corners as a homography does', async () => {
    const [right, bottom, across, down] = [0.3, -0.25, 0.15, 0.4].map((shift) => tensor([[shift]]));
    const found = await values(
      perspective(zeros([1, 5, 6, 1]), { right: right!, bottom: bottom!, across: across!, down: down! }),
    );
    // compute_homography_matrix of Keras 3.15.1 on PyTorch 2.13.0, for the same corners
    expectClose(found, [1.52285397, 0, 0, 0, 1.25091588, 0, 0.150724649, -0.0206043776], 1e-6);
  });

  it('randomElasticTransform reads points beside their places', async () => {
    const x = arange(400)
      .cast('float32')
      .reshape([1, 20, 20, 1])
      .div(2)
      .add(zeros([8, 20, 20, 1]));
    const y = await values(train(randomElasticTransform([1, 1], { seed: 14, scale: [1, 1] }), x));
    const moved = y.map((value, at) => Math.abs(value - (at % 400) / 2));
    expect(moved.filter((distance) => distance > 0.05).length).toBeGreaterThan(2000);
    // No further than 4 deviations of smoothed noise: rows differ by 10.
    expect(Math.max(...moved)).toBeLessThan(40);
  });

  it('mixUp blends images and labels by the same share', async () => {
    const x = arange(16).cast('float32').reshape([16, 1, 1, 1]);
    const labels = oneHot(arange(16).cast('int32'), 16);
    const [images, mixed] = mixUp(0.8, { seed: 11 }).apply([x, labels], training);
    const classes = tensor(Float32Array.from({ length: 16 }, (_, i) => i));
    const [found, expected] = [await values(images), await values(mixed.mul(classes).sum(1))];
    expectClose(found, expected, 1e-5);
    expect((await values(mixed.sum(1))).every((sum) => Math.abs(sum - 1) < 1e-5)).toBe(true);
    expect(found.filter((value) => !Number.isInteger(value)).length).toBeGreaterThan(8);
  });

  it('cutMix puts in boxes and mixes labels by area', async () => {
    const x = arange(12)
      .cast('float32')
      .reshape([12, 1, 1, 1])
      .add(zeros([12, 32, 32, 1]));
    const labels = oneHot(arange(12).cast('int32'), 12);
    const [images, mixed] = cutMix([1, 1], { seed: 12 }).apply([x, labels], training);
    const classes = tensor(Float32Array.from({ length: 12 }, (_, i) => i));
    const [found, expected] = [await values(images.mean([1, 2, 3])), await values(mixed.mul(classes).sum(1))];
    // Boxes end between pixels.
    expect(found.every((value, image) => Math.abs(value - expected[image]!) < 0.6)).toBe(true);
    expect((await values(images)).every(Number.isInteger)).toBe(true);
    expect(() => mixUp().apply([x, labels.cast('int32')], training)).toThrow(/one-hot/);
  });

  it('randAugment and augMix change images within the range of pixels', async () => {
    const x = randomUniform([16, 8, 8, 3], { max: 255 });
    await x.realize();
    for (const layer of [randAugment({ seed: 13 }), augMix({ seed: 13, chainDepth: 2 })]) {
      const y = train(layer, x);
      const pixels = await values(y);
      expect(Math.min(...pixels)).toBeGreaterThanOrEqual(-1e-3);
      expect(Math.max(...pixels)).toBeLessThanOrEqual(255.001);
      const changed = await values(
        y
          .sub(x)
          .abs()
          .max({ axis: [1, 2, 3] })
          .greater(1),
      );
      expect(mean(changed)).toBeGreaterThan(0.8);
    }
  });
});

const LAYERS: readonly (readonly [string, () => Layer])[] = [
  ['randomFlip', () => randomFlip('horizontal', { seed: 1 })],
  ['randomRotation', () => randomRotation(0.2, { seed: 1 })],
  ['randomZoom', () => randomZoom(0.3, 0.2, { seed: 1 })],
  ['randomTranslation', () => randomTranslation(0.2, 0.2, { seed: 1 })],
  ['randomShear', () => randomShear(0.3, 0.3, { seed: 1 })],
  ['randomCrop', () => randomCrop(4, 4, { seed: 4 })],
  ['randomContrast', () => randomContrast(0.5, { seed: 1 })],
  ['randomBrightness', () => randomBrightness(0.5, { seed: 1 })],
  ['randomErasing', () => randomErasing(1, { seed: 1 })],
  ['randomSaturation', () => randomSaturation([0.2, 0.8], { seed: 1 })],
  ['randomHue', () => randomHue(0.5, { seed: 1 })],
  [
    'randomColorJitter',
    () => randomColorJitter({ brightnessFactor: 0.3, contrastFactor: 0.3, hueFactor: 0.2, seed: 1 }),
  ],
  ['randomColorDegeneration', () => randomColorDegeneration([0, 1], { seed: 1 })],
  ['randomGrayscale', () => randomGrayscale(0.5, { seed: 1 })],
  ['randomSharpness', () => randomSharpness([0, 1], { seed: 1 })],
  ['randomPosterization', () => randomPosterization([2, 6], { seed: 1 })],
  ['randomInvert', () => randomInvert(1, { seed: 1 })],
  ['randomGaussianBlur', () => randomGaussianBlur(1, { seed: 1 })],
  ['randomPerspective', () => randomPerspective(1, { seed: 1, scale: 0.5 })],
  ['randomElasticTransform', () => randomElasticTransform(1, { seed: 1 })],
  [
    'contrastLimitedAdaptiveHistogramEqualization',
    () => contrastLimitedAdaptiveHistogramEqualization({ tileGridSize: 2 }),
  ],
  ['solarization', () => solarization({ thresholdFactor: 0.5, seed: 1 })],
  ['equalization', () => equalization()],
  ['autoContrast', () => autoContrast()],
  ['mixUp', () => mixUp(0.5, { seed: 1 })],
  ['cutMix', () => cutMix(1, { seed: 1 })],
  ['randAugment', () => randAugment({ seed: 1 })],
  ['augMix', () => augMix({ seed: 1, numChains: 2, chainDepth: 1 })],
];

/** What draws nothing, and what changes images in use as well. */
const SURE = ['equalization', 'autoContrast', 'contrastLimitedAdaptiveHistogramEqualization'];
const ALWAYS = ['autoContrast', 'contrastLimitedAdaptiveHistogramEqualization'];

describe('with a seed the same is drawn again, inside programs too', () => {
  const pixels = Float32Array.from({ length: 6 * 6 * 6 * 3 }, (_, i) => (i * 7919) % 256);

  it.each(LAYERS)('%s', async (name, make) => {
    setDevice(await cpu({ threads: 1 }));
    try {
      const x = tensor(pixels, { shape: [6, 6, 6, 3] });
      const [eager, inside] = [make(), make()];
      const program = compile((images: Tensor) => train(inside, images));
      const first = await values(train(eager, x));
      const second = await values(train(eager, x));
      expect(await values(await program(x))).toEqual(first);
      expect(await values(await program(x))).toEqual(second);
      if (!SURE.includes(name)) expect(second).not.toEqual(first);
      expect(first.every(Number.isFinite)).toBe(true);
      const kept = make().apply(x);
      if (name === 'randomCrop') expect(kept.shape).toEqual([6, 4, 4, 3]);
      else if (!ALWAYS.includes(name)) expect(await values(kept)).toEqual([...pixels]);
    } finally {
      setDevice(interpreter());
    }
  });
});

describe('in a model', () => {
  it('images are augmented while it is trained, and a resumed run draws on', async () => {
    const x = randomUniform([12, 6, 6, 3], { generator: undefined });
    await x.realize();
    const y = Array.from({ length: 12 }, (_, i) => i % 2);
    const made = sequential([
      randomFlip('horizontal', { seed: 1, inputShape: [6, 6, 3] }),
      randomRotation(0.1, { seed: 2 }),
      conv2d(2, 3),
      flatten(),
      dense(2, { activation: 'softmax' }),
    ]);
    made.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const { history } = await made.fit(x, y, { epochs: 2, batchSize: 5, verbose: 0 });
    expect(history.loss!.every(Number.isFinite)).toBe(true);
    expect(made.generators.length).toBe(2);
    expect((await made.predict(x)).shape).toEqual([12, 2]);
  });

  it('whole numbers are taken as pixels', async () => {
    const y = train(randomBrightness([0.1, 0.1]), ones([1, 2, 2, 1], { dtype: 'uint8' }));
    expect(y.dtype).toBe('float32');
    expect((await values(y))[0]).toBeCloseTo(26.5, 4);
  });

  it('says what is wrong', () => {
    expect(() => randomRotation(2)).toThrow(/factor is 2; expected a number from -1 to 1/);
    expect(() => randomFlip('sideways' as 'vertical')).toThrow(/mode 'sideways' is unknown/);
    expect(() => randomZoom(-1)).toThrow(/heightFactor is -1/);
    expect(() => randomPosterization(9)).toThrow(/from 1 to 8/);
    expect(() => randomBrightness(0.1, { valueRange: [1, 1] })).toThrow(/valueRange/);
    expect(() => randomGaussianBlur(1, { kernelSize: 4 })).toThrow(/odd/);
    expect(() => train(randomFlip(), zeros([2, 2]))).toThrow(/expected images/);
    expect(() => randomTranslation(0.1, 0.1, { fillMode: 'mirror' as 'wrap' })).toThrow(/fillMode 'mirror'/);
    expect(() => mixUp(0)).toThrow(/alpha is 0/);
  });
});
