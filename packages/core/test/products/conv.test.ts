/** Convolutions as products: which output positions share one, and what it multiplies. */
import { describe, expect, it } from 'vitest';
import { makeNode } from '../../src/graph/node';
import { matchConv, type SpatialAxis, tapClasses } from '../../src/products/conv';
import type { ProductCall } from '../../src/products/matched';
import { count, type Product } from '../../src/products/product';

describe('classes of output positions', () => {
  const plain: SpatialAxis = {
    input: 13,
    kernel: 3,
    output: 11,
    stride: 1,
    before: 0,
    inputDilation: 1,
    kernelDilation: 1,
  };

  it('are one where there is no padding', () => {
    expect(tapClasses(plain)).toHaveLength(1);
  });

  it('are the interior and one at each border for a padding of one', () => {
    expect(
      tapClasses({ ...plain, output: 13, before: 1 }).map(({ outputs, taps }) => [outputs, taps]),
    ).toEqual([
      [1, 2],
      [11, 3],
      [1, 2],
    ]);
  });

  it('never contain a multiplication by padding or by a dilation gap', () => {
    for (const [before, dilation, stride] of [
      [2, 1, 1],
      [2, 2, 1],
      [4, 3, 2],
      [0, 2, 3],
    ] as const) {
      const spatial = { ...plain, input: 6, output: 9, before, inputDilation: dilation, stride };
      const found = tapClasses(spatial).reduce((sum, { outputs, taps }) => sum + outputs * taps, 0);
      let expected = 0;
      for (let output = 0; output < 9; output++) {
        for (let tap = 0; tap < 3; tap++) {
          const place = (output * stride + tap - before) / dilation;
          if (Number.isInteger(place) && place >= 0 && place < 6) expected++;
        }
      }
      expect(found).toBe(expected);
    }
  });
});

describe('products that add to the same sums', () => {
  const batch = 4;
  const [size, channels, filters, window] = [6, 3, 5, 3];
  /** The filter gradient of a convolution: channels as batch, the output gradient as kernel. */
  const images = makeNode('parameter', [], { index: 0 }, [channels, size, size, batch], 'float32');
  const gradient = makeNode('parameter', [], { index: 1 }, [size, size, batch, filters], 'float32');
  const node = makeNode(
    'conv',
    [images, gradient],
    {
      stride: [1, 1],
      padding: [
        [1, 1],
        [1, 1],
      ],
      inputDilation: [1, 1],
      kernelDilation: [1, 1],
      groups: 1,
    },
    [channels, window, window, filters],
    'float32',
  );
  const operands = [
    { ...images, offset: 0, strides: [1, size * channels, channels, size * size * channels], storage: 'f32' },
    {
      ...gradient,
      offset: 0,
      strides: [size * filters, filters, size * size * filters, 1],
      storage: 'f32',
    },
  ] as const;
  const nothing = { sideInputs: [], scalars: [], body: [], outputs: [] };
  const planned = (accumulate: boolean): ProductCall | undefined =>
    matchConv(node, operands, { accumulate })?.plan(nothing);
  const work = (products: readonly Product[]): number =>
    products.reduce((sum, { rows, inner, columns }) => sum + count(rows) * count(inner) * count(columns), 0);

  it('are asked for by backends that can', () => {
    expect(planned(false)?.accumulates).toBe(false);
    expect(planned(true)?.accumulates).toBe(true);
  });

  it('multiply what products of their own do', () => {
    expect(work(planned(true)?.products ?? [])).toBe(work(planned(false)?.products ?? []));
  });

  it('name all rows first, and then meet all taps of the interior with all outputs', () => {
    const [rows, ...others] = planned(true)?.products ?? [];
    const all = channels * window * window;
    expect(count(rows?.rows ?? [])).toBe(all);
    expect(work(rows === undefined ? [] : [rows])).toBe(0);
    const interior = others.find((each) => count(each.rows) === all);
    expect(count(interior?.inner ?? [])).toBe(batch * (size - 2) ** 2);
  });
});

describe('kernels that add to the same sums', () => {
  const planned = (size: number, channels: number): ProductCall | undefined => {
    const input = makeNode('parameter', [], { index: 0 }, [1, size, size, channels], 'float32');
    const kernel = makeNode('parameter', [], { index: 1 }, [3, 3, channels, channels], 'float32');
    const node = makeNode(
      'conv',
      [input, kernel],
      {
        stride: [1, 1],
        padding: [
          [1, 1],
          [1, 1],
        ],
        inputDilation: [1, 1],
        kernelDilation: [1, 1],
        groups: 1,
      },
      [1, size, size, channels],
      'float32',
    );
    const operands = [
      { ...input, offset: 0, strides: [0, size * channels, channels, 1], storage: 'f32' },
      { ...kernel, offset: 0, strides: [3 * channels ** 2, channels ** 2, channels, 1], storage: 'f32' },
    ] as const;
    const nothing = { sideInputs: [], scalars: [], body: [], outputs: [] };
    return matchConv(node, operands, { accumulate: true })?.plan(nothing);
  };

  it('are large ones that few outputs meet, each tap of which is read once', () => {
    const call = planned(7, 96);
    expect(call?.accumulates).toBe(true);
    const elements = call?.products.reduce((sum, each) => sum + count(each.inner) * count(each.columns), 0);
    expect(elements).toBe(9 * 96 ** 2);
  });

  it('are no small ones, and none that many outputs meet', () => {
    expect(planned(7, 64)?.accumulates).toBe(false);
    expect(planned(33, 96)?.accumulates).toBe(false);
  });
});
