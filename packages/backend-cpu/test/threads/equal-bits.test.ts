/** Results have the same bits however many threads there are. */
import { createHash } from 'node:crypto';
import {
  conv2d,
  gradients,
  gru,
  lstm,
  matmul,
  relu,
  scaledDotProductAttention,
  softmax,
  sum,
  type Tensor,
  tanh,
  tensor,
} from '@hadal/core';
import { lossCurve } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { noise, sizeOf } from '../library/harness';
import { threadedDevice } from '../support/threaded';

interface Program {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly run: (operands: readonly Tensor[]) => Tensor | readonly Tensor[];
}

const product = (m: number, k: number, n: number): Program => ({
  name: `a product of [${m}, ${k}] and [${k}, ${n}] with an epilogue`,
  shapes: [[m, k], [k, n], [n]],
  run: ([a, b, c]) => relu(matmul(a as Tensor, b as Tensor).add(c as Tensor)),
});

const turned = (m: number, k: number, n: number): Program => ({
  name: `a product of [${m}, ${k}] and the transpose of [${n}, ${k}]`,
  shapes: [
    [m, k],
    [n, k],
  ],
  run: ([a, b]) => matmul(a as Tensor, b as Tensor, { transposeB: true }),
});

const batched = (batch: readonly number[], m: number, k: number, n: number): Program => ({
  name: `products of [${batch}, ${m}, ${k}] and [${batch}, ${k}, ${n}]`,
  shapes: [
    [...batch, m, k],
    [...batch, k, n],
  ],
  run: ([a, b]) => tanh(matmul(a as Tensor, b as Tensor)),
});

const convolution = (
  size: number,
  channels: number,
  filters: number,
  padding: 'same' | 'valid',
): Program => ({
  name: `a ${padding} convolution of ${size}×${size}×${channels} to ${filters} and its gradients`,
  shapes: [[4, size, size, channels], [3, 3, channels, filters], [filters]],
  run: (operands) => {
    const [x, w, b] = operands;
    const y = conv2d(x as Tensor, w as Tensor, { padding }).add(b as Tensor);
    return [y, ...gradients(sum(y.mul(y)), operands)];
  },
});

const dense = (rows: number, inputs: number, units: number): Program => ({
  name: `a layer from ${inputs} to ${units} on ${rows} rows and its gradients`,
  shapes: [[rows, inputs], [inputs, units], [units]],
  run: (operands) => {
    const [x, w, b] = operands;
    const y = matmul(x as Tensor, w as Tensor).add(b as Tensor);
    return gradients(sum(y.mul(y)), operands);
  },
});

/** A run over sequences and its gradients; `gates` of the weights. */
const recurrent = (
  name: string,
  [batch, length, units]: readonly [number, number, number],
  gates: number,
  run: (x: Tensor, kernel: Tensor, recurrentKernel: Tensor) => Tensor,
): Program => ({
  name: `${name} over ${batch} sequences and its gradients`,
  shapes: [
    [batch, length, 2],
    [2, gates * units],
    [units, gates * units],
  ],
  run: (operands) => {
    const [x, kernel, recurrentKernel] = operands;
    const y = run(x as Tensor, kernel as Tensor, (recurrentKernel as Tensor).mul(1 / units));
    return [y, ...gradients(sum(y.mul(y)), operands)];
  },
});

const PROGRAMS: readonly Program[] = [
  product(1, 1, 1),
  product(1, 300, 70),
  product(1, 7, 1000),
  product(5, 4000, 37),
  product(17, 50, 1100),
  product(19, 3, 9),
  product(128, 784, 65),
  product(200, 400, 1030),
  product(3100, 20, 10),
  // So many inner blocks that they are walked by index.
  product(50, 7001, 24),
  product(4, 5003, 43),
  turned(1, 513, 77),
  turned(70, 65, 90),
  batched([40], 7, 33, 12),
  batched([3, 17], 20, 5, 8),
  batched([3], 130, 40, 70),
  batched([9], 1, 60, 41),
  dense(64, 2704, 10),
  dense(5003, 3, 43),
  dense(700, 130, 65),
  dense(33, 300, 10),
  convolution(28, 1, 16, 'valid'),
  convolution(9, 3, 5, 'same'),
  convolution(14, 8, 16, 'valid'),
  convolution(40, 1, 4, 'same'),
  recurrent(
    'an LSTM',
    [29, 5, 21],
    4,
    (x, kernel, recurrentKernel) => lstm(x, { kernel, recurrentKernel }).outputs,
  ),
  recurrent(
    'a GRU',
    [70, 4, 9],
    3,
    (x, kernel, recurrentKernel) => gru(x, { kernel, recurrentKernel }).outputs,
  ),
  {
    name: 'attention of many heads and its gradients',
    shapes: [
      [70, 30, 9],
      [70, 30, 9],
      [70, 30, 9],
    ],
    run: (operands) => {
      const [query, key, value] = operands;
      const y = scaledDotProductAttention(query as Tensor, key as Tensor, value as Tensor, { causal: true });
      return [y, ...gradients(sum(y.mul(y)), operands)];
    },
  },
  {
    name: 'rows: softmax, sums along either axis, and everything',
    shapes: [[123, 457]],
    run: ([x]) => [
      softmax(x as Tensor),
      sum(x as Tensor, { axis: 0 }),
      sum(x as Tensor, { axis: 1 }),
      sum(x as Tensor),
    ],
  },
];

/** A digest of each result, since comparing millions of numbers one by one takes long. */
async function digestsOn(threads: number, { shapes, run }: Program): Promise<string[]> {
  const device = await threadedDevice(threads);
  const random = noise(7);
  const operands = shapes.map((shape) =>
    tensor(Float32Array.from({ length: sizeOf(shape) }, random), { shape, device }),
  );
  const results = [run(operands)].flat();
  const digests: string[] = [];
  for (const each of results)
    digests.push(
      createHash('sha256')
        .update(await each.data())
        .digest('hex'),
    );
  await device.close();
  return digests;
}

describe('one, two and three threads give the same bits', () => {
  it.each(PROGRAMS)('of $name', async (program) => {
    const alone = await digestsOn(1, program);
    for (const threads of [2, 3]) expect(await digestsOn(threads, program)).toEqual(alone);
  });

  it('of a training run', async () => {
    const curves: Float64Array[] = [];
    for (const threads of [1, 2, 3]) {
      const device = await threadedDevice(threads);
      curves.push(await lossCurve(device, 5));
      await device.close();
    }
    expect(curves[1]).toEqual(curves[0]);
    expect(curves[2]).toEqual(curves[0]);
  });
});
