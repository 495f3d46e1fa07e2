/** Convolutions against their definition in float64: every padding, stride, dilation, grouping, rank and layout. */
import { makeNode, type NodeOf } from '@hadal/core/graph';
import { describe, expect, it } from 'vitest';
import {
  at,
  largestError,
  leaf,
  noise,
  type Operand,
  randomOperand,
  runFloat,
  runLibrary,
  sizeOf,
} from './harness';

const TOLERANCE = 2e-6;

type Attributes = NodeOf<'conv'>['attributes'];

const pairs = (values: readonly (readonly [number, number])[]): readonly (readonly [number, number])[] =>
  values;

/** Attributes with stride 1, no padding, no dilation, one group, for `rank` spatial axes, and what differs from that. */
const attributes = (rank: number, others: Partial<Attributes> = {}): Attributes => ({
  stride: new Array<number>(rank).fill(1),
  padding: Array.from({ length: rank }, () => [0, 0] as const),
  inputDilation: new Array<number>(rank).fill(1),
  kernelDilation: new Array<number>(rank).fill(1),
  groups: 1,
  ...others,
});

function convNode(input: Operand, kernel: Operand, attrs: Attributes): NodeOf<'conv'> {
  const spatial = attrs.stride.map((stride, i) => {
    const dilated = ((input.shape[i + 1] ?? 0) - 1) * (attrs.inputDilation[i] ?? 1) + 1;
    const window = ((kernel.shape[i] ?? 0) - 1) * (attrs.kernelDilation[i] ?? 1) + 1;
    const [lo, hi] = attrs.padding[i] ?? [0, 0];
    return Math.max(0, Math.floor((dilated + lo + hi - window) / stride) + 1);
  });
  const shape = [input.shape[0] ?? 0, ...spatial, kernel.shape.at(-1) ?? 0];
  return makeNode('conv', [leaf(input.shape), leaf(kernel.shape)], attrs, shape, 'float32');
}

const unravel = (position: number, shape: readonly number[]): number[] => {
  const index: number[] = [];
  let rest = position;
  for (const extent of shape.toReversed()) {
    index.unshift(rest % extent);
    rest = Math.floor(rest / extent);
  }
  return index;
};

function reference(node: NodeOf<'conv'>, input: Operand, kernel: Operand): number[] {
  const { stride, padding, inputDilation, kernelDilation, groups } = node.attributes;
  const channels = kernel.shape.at(-2) ?? 0;
  const columns = (kernel.shape.at(-1) ?? 0) / groups;
  const window = kernel.shape.slice(0, -2);
  const taps = Array.from({ length: sizeOf(window) }, (_, i) => unravel(i, window));
  return Array.from({ length: sizeOf(node.shape) }, (_, position) => {
    const index = unravel(position, node.shape);
    const column = index.at(-1) ?? 0;
    const group = Math.floor(column / columns);
    let sum = 0;
    for (const tap of taps) {
      const place = tap.map((k, i) => {
        const dilated =
          (index[i + 1] ?? 0) * (stride[i] ?? 1) + k * (kernelDilation[i] ?? 1) - (padding[i]?.[0] ?? 0);
        const undilated = dilated / (inputDilation[i] ?? 1);
        return Number.isInteger(undilated) && undilated >= 0 && undilated < (input.shape[i + 1] ?? 0)
          ? undilated
          : -1;
      });
      if (place.includes(-1)) continue;
      for (let c = 0; c < channels; c++) {
        sum += at(input, [index[0] ?? 0, ...place, group * channels + c]) * at(kernel, [...tap, c, column]);
      }
    }
    return sum;
  });
}

function expectCorrect(input: Operand, kernel: Operand, attrs: Attributes): void {
  const node = convNode(input, kernel, attrs);
  const expected = reference(node, input, kernel);
  for (const atEnd of [0, 1, 2, 3]) {
    expect(largestError(runFloat(node, [input, kernel], { atEnd }), expected)).toBeLessThan(TOLERANCE);
  }
}

const permute = ({ data, shape, strides, offset }: Operand, order: readonly number[]): Operand => ({
  data,
  offset,
  shape: order.map((i) => shape[i] ?? 0),
  strides: order.map((i) => strides[i] ?? 0),
});

const flip = ({ data, shape, strides, offset }: Operand, axes: readonly number[]): Operand => ({
  data,
  shape,
  offset: axes.reduce((sum, i) => sum + ((shape[i] ?? 1) - 1) * (strides[i] ?? 0), offset),
  strides: strides.map((stride, i) => (axes.includes(i) ? -stride : stride)),
});

const CASES: readonly (readonly [
  name: string,
  input: readonly number[],
  kernel: readonly number[],
  Attributes,
])[] = [
  ['valid 3 × 3', [2, 7, 9, 3], [3, 3, 3, 5], attributes(2)],
  ['one channel in', [3, 8, 8, 1], [3, 3, 1, 32], attributes(2)],
  [
    'same 3 × 3',
    [2, 6, 5, 8],
    [3, 3, 8, 9],
    attributes(2, {
      padding: pairs([
        [1, 1],
        [1, 1],
      ]),
    }),
  ],
  [
    'uneven padding',
    [1, 5, 6, 4],
    [2, 4, 4, 8],
    attributes(2, {
      padding: pairs([
        [0, 1],
        [2, 1],
      ]),
    }),
  ],
  [
    'padding wider than the kernel',
    [1, 3, 3, 4],
    [2, 2, 4, 4],
    attributes(2, {
      padding: pairs([
        [3, 4],
        [5, 2],
      ]),
    }),
  ],
  [
    'negative padding',
    [2, 9, 9, 4],
    [3, 3, 4, 4],
    attributes(2, {
      padding: pairs([
        [-1, -2],
        [-2, 0],
      ]),
    }),
  ],
  ['stride 2', [2, 9, 10, 5], [3, 3, 5, 6], attributes(2, { stride: [2, 2] })],
  [
    'stride 2 and 3 with padding',
    [2, 9, 10, 4],
    [3, 2, 4, 6],
    attributes(2, {
      stride: [2, 3],
      padding: pairs([
        [1, 1],
        [0, 2],
      ]),
    }),
  ],
  [
    'dilated kernel',
    [1, 11, 12, 4],
    [3, 2, 4, 7],
    attributes(2, {
      kernelDilation: [3, 2],
      padding: pairs([
        [2, 2],
        [1, 0],
      ]),
    }),
  ],
  [
    'dilated input',
    [2, 4, 5, 4],
    [3, 3, 4, 5],
    attributes(2, {
      inputDilation: [2, 3],
      padding: pairs([
        [2, 2],
        [2, 3],
      ]),
    }),
  ],
  [
    'everything at once',
    [2, 5, 6, 4],
    [3, 4, 2, 12],
    attributes(2, {
      stride: [3, 2],
      inputDilation: [2, 4],
      kernelDilation: [2, 3],
      padding: pairs([
        [3, 1],
        [2, 5],
      ]),
      groups: 2,
    }),
  ],
  ['three groups', [2, 5, 5, 6], [3, 3, 2, 12], attributes(2, { groups: 3 })],
  ['1 × 1', [3, 4, 5, 17], [1, 1, 17, 9], attributes(2)],
  ['a long inner axis', [1, 4, 4, 150], [3, 3, 150, 10], attributes(2)],
  ['many rows', [9, 12, 12, 2], [3, 3, 2, 4], attributes(2)],
  ['one spatial axis', [3, 17, 4], [5, 4, 6], attributes(1, { padding: pairs([[2, 2]]), stride: [2] })],
  [
    'three spatial axes',
    [1, 4, 5, 4, 3],
    [2, 3, 2, 3, 4],
    attributes(3, {
      padding: pairs([
        [1, 0],
        [1, 1],
        [0, 1],
      ]),
    }),
  ],
  [
    'nothing but padding in reach',
    [1, 1, 1, 4],
    [1, 1, 4, 4],
    attributes(2, {
      padding: pairs([
        [2, 2],
        [2, 2],
      ]),
    }),
  ],
  ['no images', [0, 5, 5, 2], [3, 3, 2, 4], attributes(2)],
  ['no channels', [2, 5, 5, 0], [3, 3, 0, 4], attributes(2)],
];

describe('a convolution', () => {
  it.each(CASES)('%s equals its definition', (_, inputShape, kernelShape, attrs) => {
    const next = noise(17);
    expectCorrect(randomOperand(inputShape, next), randomOperand(kernelShape, next), attrs);
  });

  it.each(CASES)(
    '%s takes channels-first, flipped and permuted operands',
    (_, inputShape, kernelShape, attrs) => {
      const next = noise(18);
      const last = inputShape.length - 1;
      const spatial = attrs.stride.map((_, i) => i);
      // Stored as [N, C, …], seen as [N, …, C].
      const stored = [inputShape[0] ?? 0, inputShape[last] ?? 0, ...inputShape.slice(1, last)];
      const input = permute(randomOperand(stored, next), [0, ...spatial.map((i) => i + 2), 1]);
      // Stored as […, O, C], seen with C and O exchanged and turned around.
      const exchanged = [...kernelShape.slice(0, -2), kernelShape.at(-1) ?? 0, kernelShape.at(-2) ?? 0];
      const order = [...spatial, spatial.length + 1, spatial.length];
      const kernel = flip(permute(randomOperand(exchanged, next), order), spatial);
      expectCorrect(input, kernel, attrs);
    },
  );

  it.each([
    [1, 0],
    [2, 0],
    [2, 1],
    [3, 1],
  ])('with stride %i and padding %i has the gradients of its definition', (stride, padding) => {
    const next = noise(19);
    const [batch, size, channels, filters, window] = [3, 10, 4, 5, 3];
    const out = Math.floor((size + 2 * padding - window) / stride) + 1;
    const rest = (size + 2 * padding - window) % stride;
    const input = randomOperand([batch, size, size, channels], next);
    const kernel = randomOperand([window, window, channels, filters], next);
    const gradient = randomOperand([batch, out, out, filters], next);
    const lo = window - 1 - padding;
    expectCorrect(
      gradient,
      flip(permute(kernel, [0, 1, 3, 2]), [0, 1]),
      attributes(2, {
        inputDilation: [stride, stride],
        padding: pairs([
          [lo, lo + rest],
          [lo, lo + rest],
        ]),
      }),
    );
    const forFilter = attributes(2, {
      kernelDilation: [stride, stride],
      padding: pairs([
        [padding, padding - rest],
        [padding, padding - rest],
      ]),
    });
    const channelsAsBatch = permute(input, [3, 1, 2, 0]);
    const gradientAsKernel = permute(gradient, [1, 2, 0, 3]);
    expectCorrect(channelsAsBatch, gradientAsKernel, forFilter);

    // The result [C, KH, KW, O] lands as [KH, KW, C, O] when its strides say so.
    const node = convNode(channelsAsBatch, gradientAsKernel, forFilter);
    const plain = reference(node, channelsAsBatch, gradientAsKernel);
    const outputStrides = [filters, window * channels * filters, channels * filters, 1];
    const landed = runFloat(node, [channelsAsBatch, gradientAsKernel], { outputStrides });
    const expected = Array.from({ length: plain.length }, (_, position) => {
      const [i = 0, j = 0, c = 0, o = 0] = unravel(position, [window, window, channels, filters]);
      return plain[((c * window + i) * window + j) * filters + o] ?? 0;
    });
    expect(largestError(landed, expected)).toBeLessThan(TOLERANCE);
  });

  it('is left to generated code where groups are thin', () => {
    const next = noise(20);
    const input = randomOperand([1, 5, 5, 8], next);
    const kernel = randomOperand([3, 3, 1, 8], next);
    const node = convNode(input, kernel, attributes(2, { groups: 8 }));
    expect(runLibrary(node, [input, kernel])).toBeUndefined();
  });
});
