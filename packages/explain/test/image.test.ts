/** Colours, resampling, pictures and overlays. */
import type { HostArray } from '@hadal/core';
import fc from 'fast-check';
import { decode } from 'fast-png';
import { describe, expect, it } from 'vitest';
import { type ColorMapName, colorAt, cssGradient } from '../src/image/color-map';
import { overlay } from '../src/image/overlay';
import { encodePng, enlarge, toPicture } from '../src/image/picture';
import { magnitudePercentile, resizeBilinear } from '../src/image/plane';
import { sampleOf } from '../src/image/sample';
import references from './fixtures/references.json';

const floats = (values: number[], shape: number[]): HostArray => ({
  data: Float32Array.from(values),
  shape,
  dtype: 'float32',
});

/** Lightness L* of CIE 1976 of an sRGB colour, 0 to 100. */
function lightness([red, green, blue]: readonly number[]): number {
  const linear = (byte = 0): number => {
    const value = byte / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  return luminance > 216 / 24389 ? 116 * Math.cbrt(luminance) - 16 : (luminance * 24389) / 27;
}

describe('colour maps', () => {
  it.each(['viridis', 'inferno'] as const)('%s rises evenly in lightness', (map) => {
    const levels = Array.from({ length: 33 }, (_, index) => lightness(colorAt(map, index / 32)));
    const steps = levels.slice(1).map((level, index) => level - levels[index]!);
    expect(Math.min(...steps)).toBeGreaterThan(0.5);
    expect(Math.max(...steps)).toBeLessThan(2.2 * ((levels.at(-1)! - levels[0]!) / 32));
  });

  it('blueRed is neutral at zero, blue below and red above', () => {
    expect(colorAt('blueRed', 0.5)).toStrictEqual([247, 247, 247]);
    const [coldRed, , coldBlue] = colorAt('blueRed', 0.1);
    const [hotRed, , hotBlue] = colorAt('blueRed', 0.9);
    expect(coldBlue).toBeGreaterThan(coldRed);
    expect(hotRed).toBeGreaterThan(hotBlue);
  });

  it('give the ends of the published maps and clip what is outside', () => {
    expect(colorAt('viridis', 0)).toStrictEqual([0x44, 0x01, 0x54]);
    expect(colorAt('viridis', 1)).toStrictEqual([0xfd, 0xe7, 0x25]);
    expect(colorAt('inferno', -3)).toStrictEqual(colorAt('inferno', 0));
    expect(colorAt('inferno', 7)).toStrictEqual(colorAt('inferno', 1));
  });

  it('are never without a colour', () => {
    const maps = fc.constantFrom<ColorMapName>('viridis', 'inferno', 'blueRed');
    fc.assert(
      fc.property(maps, fc.double({ noNaN: true }), (map, position) =>
        colorAt(map, position).every((part) => Number.isInteger(part) && part >= 0 && part <= 255),
      ),
      { seed: 4 },
    );
    expect(() => colorAt('inferno', Number.NaN)).toThrow('colorAt: the position is NaN');
  });

  it('make legends', () => {
    expect(cssGradient('viridis')).toMatch(/^linear-gradient\(to right, #440154, .*#fde725\)$/);
  });
});

describe('resizeBilinear', () => {
  it.each(references.resized)('equals PyTorch from $from to $to', ({ from, to, values, result }) => {
    const resized = resizeBilinear({ height: from[0]!, width: from[1]!, values }, to[1]!, to[0]!);
    expect(resized).toMatchObject({ height: to[0], width: to[1] });
    for (const [index, value] of result.entries()) expect(resized.values[index]).toBeCloseTo(value, 7);
  });
});

describe('magnitudePercentile', () => {
  it('is the magnitude below which that share lies', () => {
    const values = Array.from({ length: 101 }, (_, index) => (index % 2 === 0 ? index : -index));
    expect(magnitudePercentile(values, 0)).toBe(0);
    expect(magnitudePercentile(values, 50)).toBe(50);
    expect(magnitudePercentile(values, 99)).toBe(99);
    expect(magnitudePercentile(values, 100)).toBe(100);
    expect(magnitudePercentile([], 50)).toBe(0);
  });
});

describe('pictures', () => {
  it('map the range to black and white and clip', () => {
    const { data } = toPicture(floats([-1, 0, 0.5, 1, 2], [1, 5]));
    expect([0, 3, 6, 9, 12].map((at) => data[at])).toStrictEqual([0, 0, 128, 255, 255]);
    expect(toPicture(floats([-1, 1], [1, 2]), { range: [-1, 1] }).data[0]).toBe(0);
    expect(toPicture({ data: Uint8Array.of(0, 200), shape: [1, 2, 1], dtype: 'uint8' }).data[3]).toBe(200);
  });

  it('keep the colours of a colour image', () => {
    expect(toPicture(floats([1, 0.5, 0], [1, 1, 3])).data).toStrictEqual(Uint8Array.of(255, 128, 0));
  });

  it('survive the way through a PNG file', () => {
    const picture = toPicture(floats([0, 0.2, 0.4, 0.6, 0.8, 1], [2, 3]));
    const read = decode(encodePng(picture));
    expect(read).toMatchObject({ width: 3, height: 2, channels: 3, depth: 8 });
    expect(Uint8Array.from(read.data)).toStrictEqual(picture.data);
  });

  it('are enlarged to crisp squares', () => {
    const large = enlarge(toPicture(floats([0, 1], [1, 2])), 2);
    expect(large).toMatchObject({ width: 4, height: 2 });
    const grey = Array.from({ length: 8 }, (_, pixel) => large.data[3 * pixel]);
    expect(grey).toStrictEqual([0, 0, 255, 255, 0, 0, 255, 255]);
  });

  it.each([
    [[4], /shape \[4\] was given.*\n.*sampleOf/],
    [[2, 2, 2], /2 channels, shape \[2, 2, 2\]/],
    [[2, 2, 1, 1], /shape \[2, 2, 1, 1\]/],
    [[0, 2], /shape \[0, 2\]/],
  ])('refuse shape %j', (shape, message) => {
    const size = shape.reduce((product, extent) => product * extent, 1);
    expect(() => toPicture(floats(new Array(size).fill(0), shape))).toThrow(message);
  });

  it('refuse an empty range and half a factor', () => {
    expect(() => toPicture(floats([0], [1, 1]), { range: [1, 1] })).toThrow('the range [1, 1] is empty');
    expect(() => enlarge(toPicture(floats([0], [1, 1])), 1.5)).toThrow(
      'factor is 1.5; expected an integer from 1',
    );
  });
});

describe('sampleOf', () => {
  it('takes one sample out of a batch', () => {
    const batch = floats([1, 2, 3, 4, 5, 6], [3, 2, 1]);
    expect(sampleOf(batch, 1)).toStrictEqual(floats([3, 4], [2, 1]));
    expect(() => sampleOf(batch, 3)).toThrow('index 3 is outside the batch; expected an integer from 0 to 2');
    expect(() => sampleOf(floats([1], []), 0)).toThrow('a scalar was given');
  });
});

describe('overlay', () => {
  const grey = floats([0.5, 0.5, 0.5, 0.5], [2, 2, 1]);
  const pixel = (picture: { data: Uint8Array }, index: number): number[] => [
    ...picture.data.slice(3 * index, 3 * index + 3),
  ];

  it('shows the image where there is no heat', () => {
    expect(overlay(grey, floats([0, 0, 0, 0], [2, 2])).data).toStrictEqual(toPicture(grey).data);
    expect(pixel(overlay(grey, floats([0, 0, 0, 1], [2, 2])), 0)).toStrictEqual([128, 128, 128]);
  });

  it('covers the image where heat is strongest, as much as opacity says', () => {
    const opaque = overlay(grey, floats([0, 0, 0, 1], [2, 2]), { opacity: 1, percentile: 100 });
    expect(pixel(opaque, 3)).toStrictEqual([...colorAt('inferno', 1)]);
    expect(overlay(grey, floats([0, 0, 0, 1], [2, 2]), { opacity: 0 }).data).toStrictEqual(
      toPicture(grey).data,
    );
  });

  it('dims the image under the heat as asked', () => {
    const dimmed = overlay(grey, floats([0, 0, 0, 1], [2, 2]), { brightness: 0.5, opacity: 1 });
    expect(pixel(dimmed, 0)).toStrictEqual([64, 64, 64]);
    expect(pixel(dimmed, 3)).toStrictEqual([...colorAt('inferno', 1)]);
  });

  it('paints what speaks for in red and what speaks against in blue', () => {
    const picture = overlay(grey, floats([-1, 0, 0, 1], [2, 2]), { opacity: 1 });
    expect(pixel(picture, 0)).toStrictEqual([...colorAt('blueRed', 0)]);
    expect(pixel(picture, 3)).toStrictEqual([...colorAt('blueRed', 1)]);
  });

  it('sums channels and does not depend on the scale of the heat', () => {
    const two = floats([1, -1, 0, 0, 1, 1, 2, 0], [2, 2, 2]);
    const summed = floats([0, 0, 2, 2], [2, 2]);
    expect(overlay(grey, two)).toStrictEqual(overlay(grey, summed));
    const small = floats([0, 0, 2e-9, 2e-9], [2, 2]);
    expect(overlay(grey, small)).toStrictEqual(overlay(grey, summed));
  });

  it('stretches a small map over a large image and enlarges both', () => {
    const picture = overlay(floats(new Array(12).fill(1), [3, 4]), floats([1], [1, 1]), { scale: 5 });
    expect(picture).toMatchObject({ width: 20, height: 15 });
  });

  it('is not drowned by an outlier', () => {
    const values = Array.from({ length: 400 }, (_, index) => (index === 0 ? 1000 : index < 200 ? 1 : 0));
    const image = floats(new Array(400).fill(0.5), [20, 20]);
    const clipped = overlay(image, floats(values, [20, 20]), { opacity: 1, percentile: 99 });
    expect(pixel(clipped, 100)).toStrictEqual([...colorAt('inferno', 1)]);
  });

  it.each([
    [{ opacity: 2 }, 'opacity is 2; expected a number from 0 to 1'],
    [{ brightness: -1 }, 'brightness is -1; expected a number from 0 to 1'],
    [{ percentile: -1 }, 'percentile is -1'],
    [{ scale: 0 }, 'factor is 0'],
  ])('refuses %o', (options, message) => {
    expect(() => overlay(grey, grey, options)).toThrow(message);
  });

  it('refuses heat that is not a number', () => {
    expect(() => overlay(grey, floats([1, Number.NaN, 0, 0], [2, 2]))).toThrow('holds NaN at element 1');
  });
});
