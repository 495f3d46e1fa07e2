/** Scatters, sorts and scans with shaders of their own, against the interpreter, to the bit: values are chosen to be exact. */
import {
  argsort,
  cumMax,
  cumMin,
  cumProd,
  cumSum,
  type Device,
  interpreter,
  putAlongAxis,
  scatterAdd,
  scatterMax,
  scatterMin,
  scatterMul,
  scatterSet,
  sort,
  type Tensor,
  tensor,
  topK,
} from '@hadal/core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { webgpu } from '../../src/index';
import { describeWebGpu } from '../support/available';

const lengthOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);

/** Halves from -4 to 4, of which sums are exact in any order. */
const halves = (shape: readonly number[], device: Device, seed = 0): Tensor =>
  tensor(
    Float32Array.from({ length: lengthOf(shape) }, (_, i) => (((i + seed) * 7919) % 17) / 2 - 4),
    { shape, device },
  );

/** Numbers of all sizes, hardly two of them equal. */
const mixed = (shape: readonly number[], device: Device): Tensor =>
  tensor(
    Float32Array.from({ length: lengthOf(shape) }, (_, i) => Math.tan(i * 1.7)),
    { shape, device },
  );

const special = [
  Number.NaN,
  0,
  -0,
  Number.POSITIVE_INFINITY,
  -1e-40,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
  1,
  -0,
];

/** Indices, some of them several times and some outside. */
const places = (shape: readonly number[], below: number, device: Device): Tensor =>
  tensor(
    Int32Array.from({ length: lengthOf(shape) }, (_, i) => ((i * 31) % (below + 2)) - 1),
    { shape, device },
  );

const rows =
  (scatter: typeof scatterAdd) =>
  (device: Device): Tensor =>
    scatter(halves([9, 5], device), places([14], 9, device), halves([14, 5], device, 3), 0);

const cases: Readonly<Record<string, (device: Device) => Tensor>> = {
  'adds rows': rows(scatterAdd),
  'sets rows, the last one staying': rows(scatterSet),
  'keeps the larger': rows(scatterMax),
  'keeps the smaller': rows(scatterMin),
  'multiplies rows': rows(scatterMul),
  'adds along the last axis': (device) =>
    scatterAdd(halves([3, 4, 7], device), places([11], 7, device), halves([3, 4, 11], device, 1), 2),
  'adds matrices of indices': (device) =>
    scatterAdd(halves([40, 6], device), places([3, 5], 40, device), halves([3, 5, 6], device, 2), 0),
  'adds along a middle axis of a view': (device) =>
    scatterAdd(
      halves([6, 8, 3], device).transpose([2, 1, 0]),
      places([9], 8, device),
      halves([6, 9, 3], device, 5).transpose([2, 1, 0]),
      1,
    ),
  'adds to no rows': (device) =>
    scatterAdd(halves([0, 4], device), places([3], 0, device), halves([3, 4], device, 1), 0),
  'has indices of its own for each row': (device) =>
    putAlongAxis(
      halves([4, 6], device),
      tensor(
        Int32Array.from({ length: 12 }, (_, i) => (i * 5) % 6),
        { shape: [4, 3], device },
      ),
      halves([4, 3], device, 7),
      1,
    ),
  'sums along rows': (device) => cumSum(halves([5, 70], device), 1),
  'sums from the end along columns': (device) => cumSum(halves([70, 5], device), { axis: 0, reverse: true }),
  'sums what lies before': (device) => cumSum(halves([3, 9, 4], device), { axis: 1, exclusive: true }),
  'multiplies along a view': (device) => cumProd(places([6, 5], 3, device).transpose(), { axis: 1 }),
  'the largest so far': (device) => cumMax(halves([7, 33], device), 1),
  'the smallest so far, of NaN too': (device) => cumMin(tensor([3, -1, Number.NaN, -5, 2], { device }), 0),
  'sums of no elements': (device) => cumSum(halves([3, 0], device), 1),
  'the order of one element': (device) => argsort(halves([4, 1], device)),
  'the order of no elements': (device) => argsort(halves([4, 0], device)),
  'the order of no lines': (device) => argsort(halves([0, 4], device)),
  'the order of equal elements': (device) => argsort(halves([3, 64], device)),
  'the order of a block and one more': (device) => argsort(halves([3, 65], device), { descending: true }),
  'the order along columns': (device) => argsort(halves([200, 3], device), { axis: 0 }),
  'the order along a middle axis of a view': (device) =>
    argsort(halves([2, 5, 300], device).transpose([0, 2, 1]), { axis: 1, descending: true }),
  'the order of zeros, infinities and NaN': (device) => argsort(tensor(special, { device })),
  'the order of the same, descending': (device) => argsort(tensor(special, { device }), { descending: true }),
  'the order of extreme integers': (device) =>
    argsort(tensor(Int32Array.of(5, -(2 ** 31), 2 ** 31 - 1, 0, -1, 2 ** 31 - 1), { device })),
  'the same, descending': (device) =>
    argsort(tensor(Int32Array.of(5, -(2 ** 31), 2 ** 31 - 1, 0, -1, 2 ** 31 - 1), { device }), {
      descending: true,
    }),
  'the order of truth': (device) => argsort(halves([70], device).greater(0)),
  'sorts five blocks': (device) => sort(mixed([2, 300], device)),
  'sorts many blocks': (device) => sort(mixed([5000], device), { descending: true }),
  'the five greatest': (device) => topK(mixed([3, 1000], device), 5).indices,
};

describeWebGpu('scatters, sorts and scans on WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await webgpu();
  });
  afterAll(() => device.close());
  it.each(Object.entries(cases))(
    '%s',
    async (_name, build) => {
      const expected = await build(interpreter()).data();
      expect(await build(device).data()).toEqual(expected);
    },
    120_000,
  );
});
