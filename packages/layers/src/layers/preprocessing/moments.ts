/**
 * Mean and variance of data that comes in parts, in double precision. Parts are put together by their own means and
 * squared deviations (Chan, Golub and LeVeque, 1979), so that no large sums of squares cancel.
 */
import type { HostArray } from '@hadal/core';

export class Moments {
  readonly mean: Float64Array;
  readonly #squares: Float64Array;
  #count = 0;

  /** @param shape the extents along the axes that are kept */
  constructor(readonly shape: readonly number[]) {
    const size = shape.reduce((product, extent) => product * extent, 1);
    this.mean = new Float64Array(size);
    this.#squares = new Float64Array(size);
  }

  /** Of the population, as Keras has it. */
  get variance(): Float64Array {
    return this.#squares.map((squares) => (this.#count === 0 ? 0 : squares / this.#count));
  }

  /** @param axes the axes that are kept, in ascending order */
  add({ data, shape }: HostArray, axes: readonly number[]): void {
    const size = this.mean.length;
    const count = data.length / size;
    if (count === 0 || size === 0) return;
    const places = placesOf(shape, axes);
    const mean = new Float64Array(size);
    const squares = new Float64Array(size);
    for (let i = 0; i < data.length; i++) mean[places[i]!]! += data[i]! / count;
    for (let i = 0; i < data.length; i++) squares[places[i]!]! += (data[i]! - mean[places[i]!]!) ** 2;
    const total = this.#count + count;
    for (let place = 0; place < size; place++) {
      const distance = mean[place]! - this.mean[place]!;
      this.mean[place]! += (distance * count) / total;
      this.#squares[place]! += squares[place]! + (distance ** 2 * this.#count * count) / total;
    }
    this.#count = total;
  }
}

/** For every element of an array the position along the kept axes that it belongs to. */
function placesOf(shape: readonly number[], axes: readonly number[]): Int32Array {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const places = new Int32Array(size);
  let stride = 1;
  let inner = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const extent = shape[axis]!;
    if (axes.includes(axis)) {
      for (let i = 0; i < size; i++) places[i]! += (Math.floor(i / inner) % extent) * stride;
      stride *= extent;
    }
    inner *= extent;
  }
  return places;
}
