/** What charts do without a page; how they look and what they say in one is checked in pages. */
import { expect, it } from 'vitest';
import { binsOf, confusionMatrixChart, histogram, lineChart, liveCharts } from '../src';

it('bars count every finite value once, the largest in the last', () => {
  expect(binsOf([0, 1, 1, 4], { bins: 2 })).toEqual({
    edges: [0, 2, 4],
    counts: [3, 1],
    outside: 0,
    notFinite: 0,
  });
  const values = {
    data: Float32Array.of(-3, 0.25, 0.5, Number.NaN, 9),
    shape: [5],
    dtype: 'float32',
  } as const;
  expect(binsOf(values, { bins: 4, range: [0, 1] })).toEqual({
    edges: [0, 0.25, 0.5, 0.75, 1],
    counts: [0, 1, 1, 0],
    outside: 2,
    notFinite: 1,
  });
});

it('one value is in the middle of a range, none in an empty one', () => {
  expect(binsOf([7], { bins: 1 })).toMatchObject({ edges: [6.5, 7.5], counts: [1] });
  expect(binsOf([], { bins: 2 })).toMatchObject({ edges: [0, 0.5, 1], counts: [0, 0] });
});

it('bars that cannot be are refused', () => {
  expect(() => binsOf([1], { bins: 0 })).toThrow(/bins is 0; expected a positive integer/);
  expect(() => binsOf([1], { range: [2, 2] })).toThrow(/the range \[2, 2\] is empty/);
});

it('charts say that there is no page, and what draws without one', () => {
  const nowhere: Element = Object.create(null);
  for (const draw of [
    () => lineChart(nowhere, { title: 'Loss', series: ['loss'] }),
    () => liveCharts(nowhere),
    () => histogram(nowhere, [1], { title: 'Values' }),
    () => confusionMatrixChart(nowhere, [[1]], { title: 'Counts' }),
  ])
    expect(draw).toThrow(
      /there is no page here.\n {2}Charts are drawn in pages; plotModel draws SVG in Node/,
    );
});
