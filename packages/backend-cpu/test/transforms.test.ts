/**
 * Mapped functions on this backend: samples under `vmap` and `jvp` against the interpreter, and the gradients of a
 * convolutional network for each example against a loop.
 */
import {
  checkpoint,
  compile,
  conv2d,
  type Device,
  grad,
  gradients,
  interpreter,
  jvp,
  matmul,
  maxPool2d,
  mean,
  relu,
  sparseSoftmaxCrossEntropy,
  type Tensor,
  tanh,
  tensor,
  variable,
  vmap,
} from '@hadal/core';
import { requireClose, SAMPLES, type Sample, toleranceOf } from '@hadal/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { cpu } from '../src/index';

const EXAMPLES = 3;
/** Operations whose batching rule makes something else of them: one sample in this many of each. */
const ONE_OF = 4;
const OPERATIONS = [
  'matmul',
  'conv2d',
  'gather',
  'scatterAdd',
  'maxPool2d',
  'softmax',
  'pad',
  'sum',
  'node pad',
];

let device: Device;
const reference = interpreter();
beforeAll(async () => {
  device = await cpu();
});

const values = (shape: readonly number[], start = 0): Float32Array =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(start + 1.7 * i));

/** A batch for every input: numbers for floats, small indices for integers. */
const batches = ({ inputs }: Sample, on: Device): Tensor[] =>
  inputs.map(({ shape, dtype }, index) => {
    const all = values([EXAMPLES, ...shape], index);
    const numbers = dtype === 'float32' ? all : all.map((x) => Math.floor(Math.abs(x) * 4));
    return tensor(numbers, { shape: [EXAMPLES, ...shape], dtype, device: on });
  });

const STORED: readonly string[] = ['float32', 'int32', 'uint8', 'bool'];
const small = ({ inputs }: Sample): boolean =>
  inputs.every(({ shape, dtype }) => STORED.includes(dtype) && shape.reduce((a, b) => a * b, 1) < 500);

describe('mapped samples agree with the interpreter', () => {
  const samples = OPERATIONS.flatMap((operation) =>
    SAMPLES.filter((sample) => sample.operation === operation && small(sample)).filter(
      (_, index) => index % ONE_OF === 0,
    ),
  );
  it.each(samples.map((sample) => [sample.operation, sample.name, sample] as const))(
    '%s %s',
    async (_operation, _name, sample) => {
      const compute = (...inputs: Tensor[]): readonly Tensor[] => {
        const outputs = sample.compute(...inputs);
        return 'node' in outputs ? [outputs] : outputs;
      };
      const expected = vmap(compute)(...batches(sample, reference));
      for (const [index, found] of vmap(compute)(...batches(sample, device)).entries()) {
        const wanted = expected[index];
        if (wanted === undefined) throw new RangeError(`result ${index}`);
        const [actual, right] = [await found.data(), await wanted.data()];
        const tolerance = toleranceOf(found.dtype, sample.tolerance);
        expect(() =>
          requireClose(
            { shape: found.shape, values: actual },
            { shape: wanted.shape, values: right },
            tolerance,
          ),
        ).not.toThrow();
      }
    },
  );

  it('of every kind', () => {
    expect(new Set(samples.map(({ operation }) => operation))).toEqual(new Set(OPERATIONS));
  });
});

/** Conv 32 3×3, pool, conv 64 3×3, pool, conv 64 3×3, dense 64, dense 10, on images of 28×28. */
const SHAPES = [
  [3, 3, 1, 32],
  [32],
  [3, 3, 32, 64],
  [64],
  [3, 3, 64, 64],
  [64],
  [576, 64],
  [64],
  [64, 10],
  [10],
];

function loss(images: Tensor, labels: Tensor, p: readonly Tensor[]): Tensor {
  let x = images;
  for (let layer = 0; layer < SHAPES.length / 2; layer++) {
    const [kernel, bias] = p.slice(2 * layer);
    if (kernel === undefined || bias === undefined) throw new RangeError(`layer ${layer} has no parameters`);
    if (layer === 3) x = x.reshape([images.shape[0] ?? 1, 576]);
    x = (kernel.rank === 4 ? conv2d(x, kernel) : matmul(x, kernel)).add(bias);
    if (layer < 4) x = relu(x);
    if (layer < 2) x = maxPool2d(x, 2);
  }
  return mean(sparseSoftmaxCrossEntropy(x, labels));
}

describe('a convolutional network', () => {
  const parameters = (): Tensor[] =>
    SHAPES.map((shape, index) => {
      const fanIn = shape.slice(0, -1).reduce((a, b) => a * b, 1);
      const scaled = values(shape, index).map((x) => x * Math.sqrt(2 / fanIn));
      return tensor(scaled, { shape, device });
    });
  const gradientOf = (images: Tensor, labels: Tensor, p: readonly Tensor[]): Tensor[] =>
    grad(
      (...q) => loss(images, labels, q),
      SHAPES.map((_, index) => index),
    )(...p);

  it('has the gradients of each example that a loop over the examples gives', async () => {
    const images = tensor(values([EXAMPLES, 28, 28, 1]), { shape: [EXAMPLES, 28, 28, 1], device });
    const labels = tensor([3, 7, 0], { dtype: 'int32', device });
    const p = parameters();
    const each = compile((x: Tensor, y: Tensor, q: readonly Tensor[]) =>
      vmap((image: Tensor, label: Tensor) => gradientOf(image.expandDims(0), label.expandDims(0), q))(x, y),
    );
    const one = compile(gradientOf);
    const all = await each(images, labels, p);
    for (let example = 0; example < EXAMPLES; example++) {
      const [image, label] = [images, labels].map((x) => x.slice([example], [example + 1]));
      if (image === undefined || label === undefined) throw new RangeError('example');
      for (const [index, gradient] of (await one(image, label, p)).entries()) {
        const size = gradient.size;
        const found = (await all[index]?.data())?.slice(example * size, (example + 1) * size);
        const { shape } = gradient;
        const wanted = { shape, values: await gradient.data() };
        expect(() =>
          requireClose(
            { shape, values: found ?? new Float32Array() },
            wanted,
            toleranceOf('float32', 'gradient'),
          ),
        ).not.toThrow();
      }
    }
  });

  it('is differentiated forwards as backwards', async () => {
    const images = tensor(values([2, 28, 28, 1]), { shape: [2, 28, 28, 1], device });
    const labels = tensor([1, 2], { dtype: 'int32', device });
    const p = parameters();
    const tangents = SHAPES.map((shape, index) => tensor(values(shape, index + 0.5), { shape, device }));
    const [, along] = jvp((...q) => loss(images, labels, q), p, tangents);
    const slopes = gradientOf(images, labels, p);
    const sum = slopes.map((slope, i) => slope.mul(tangents[i] ?? 0).sum()).reduce((a, b) => a.add(b));
    const [forward, reverse] = [await along.item(), await sum.item()];
    expect(Math.abs(Number(forward) - Number(reverse))).toBeLessThan(1e-4 * Math.abs(Number(reverse)));
  });
});

describe('a checkpointed network', () => {
  it('has the same gradients from much less temporary memory', async () => {
    const shape = [48, 48];
    const weights = Array.from({ length: 16 }, (_, layer) =>
      variable(
        tensor(
          values(shape, layer).map((x) => x / 7),
          { shape, device },
        ),
      ),
    );
    const blocks = [0, 4, 8, 12].map((first) => weights.slice(first, first + 4));
    const step = (wrap: (f: (x: Tensor) => Tensor) => (x: Tensor) => Tensor) =>
      compile((x: Tensor) => {
        const y = blocks.reduce(
          (z, block) => wrap((a) => block.reduce((b, w) => tanh(matmul(b, w.value)), a))(z),
          x,
        );
        return gradients(y.square().sum(), weights);
      });
    const input = tensor(values([256, 48]), { shape: [256, 48], device });
    const [kept, remade] = [step((f) => f), step(checkpoint)];
    const bytes = async (f: typeof kept): Promise<number> => (await f.program(input)).plan?.arenaBytes ?? 0;
    expect(await bytes(remade)).toBeLessThan(0.65 * (await bytes(kept)));
    const [expected, found] = [await kept(input), await remade(input)];
    for (const [index, gradient] of found.entries()) {
      const wanted = expected[index];
      if (wanted === undefined) throw new RangeError(`gradient ${index}`);
      const [actual, right] = [await gradient.data(), await wanted.data()];
      expect(() =>
        requireClose({ shape, values: actual }, { shape, values: right }, toleranceOf('float32', 'gradient')),
      ).not.toThrow();
    }
  });
});
