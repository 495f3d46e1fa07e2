/**
 * Views: ways in which the same values can lie in memory, or come out of other operations. Each is exact, so that a
 * sample on a view has the tolerance of the sample itself.
 */
import {
  add,
  broadcastTo,
  concat,
  flip,
  isFloat,
  logicalNot,
  pad,
  reshape,
  slice,
  sub,
  type Tensor,
  transpose,
} from '@hadal/core';
import type { InputSpec } from '../inputs';

export interface View {
  readonly name: string;
  /** The shape of the tensor that is made on the device. */
  source(shape: readonly number[]): readonly number[];
  /** What turns it into a tensor of the sample's shape. */
  apply(x: Tensor, shape: readonly number[]): Tensor;
}

export const PLAIN: View = { name: '', source: (shape) => shape, apply: (x) => x };

export const VIEWS: readonly View[] = [
  { name: 'transposed', source: (shape) => [...shape].reverse(), apply: (x) => transpose(x) },
  { name: 'flipped', source: (shape) => shape, apply: (x) => flip(x) },
  {
    name: 'sliced in steps',
    source: (shape) => shape.map((extent) => 2 * extent + 1),
    apply: (x, shape) =>
      slice(
        x,
        shape.map(() => 1),
        shape.map((extent) => 2 * extent + 1),
        shape.map(() => 2),
      ),
  },
  {
    name: 'repeated along its first axis',
    source: (shape) => shape.map((extent, axis) => (axis === 0 ? 1 : extent)),
    apply: (x, shape) => broadcastTo(x, shape),
  },
  {
    name: 'reshaped from flat',
    source: (shape) => [shape.reduce((size, extent) => size * extent, 1)],
    apply: (x, shape) => reshape(x, shape),
  },
  {
    name: 'cut out of padding',
    source: (shape) => shape,
    apply: (x, shape) =>
      shape.length === 0
        ? x
        : slice(
            pad(x, 2, x.dtype === 'bool' ? 1 : 3),
            shape.map(() => 2),
            shape.map((extent) => extent + 2),
          ),
  },
  {
    name: 'joined of two parts',
    source: (shape) => shape,
    apply: (x, shape) => {
      const [extent = 0] = shape;
      if (extent < 2) return x;
      const rest = shape.slice(1);
      const zero = rest.map(() => 0);
      return concat([slice(x, [0, ...zero], [1, ...rest]), slice(x, [1, ...zero], [extent, ...rest])], 0);
    },
  },
  { name: 'computed', source: (shape) => shape, apply: (x) => computed(x) },
];

/** The same values as the result of arithmetic. */
function computed(x: Tensor): Tensor {
  if (x.dtype === 'bool') return logicalNot(logicalNot(x));
  // Wrapping around and back is exact as well.
  return isFloat(x.dtype) ? x.mul(4).mul(0.25) : sub(add(x, 1), 1).cast(x.dtype);
}

/** The input that is made on the device when `spec` is seen through `view`. */
export const viewedInput = (spec: InputSpec, view: View): InputSpec => ({
  ...spec,
  shape: view.source(spec.shape),
});
