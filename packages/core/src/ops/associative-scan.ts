/**
 * Scans with any associative operation. They are taken in log₂ n steps (Hillis and Steele 1986), each of which combines
 * whole tensors, so that they run in parallel and have gradients of any order where the operation has.
 */
import { ArgumentError, ShapeError } from '../errors';
import { normalizeAxis } from '../shape/axis';
import { extentAt, formatShape, sameShape } from '../shape/shape';
import { mapLeaves } from '../structure';
import { Tensor } from '../tensor';
import { concat, flip, slice } from './movement';

export interface AssociativeScanOptions {
  /** The axis to scan along, negative ones count from the end. Default 0. */
  readonly axis?: number;
  /** Walks from the last element to the first. Default false. */
  readonly reverse?: boolean;
}

const WHERE = 'associativeScan';

/**
 * Element i of the result is x₀ ∘ x₁ ∘ … ∘ xᵢ along an axis, for an associative operation ∘.
 *
 * @param combine  a ∘ b for tensors that hold several elements along the axis, element by element; `a` comes first
 * @param elements a tensor, or an array or object of tensors with equal extents along the axis, which is what `combine`
 *                 gets and gives
 * @returns what `elements` is, with tensors of the same shapes
 * @throws {AxisError} when the axis does not exist
 * @throws {ShapeError} when extents along the axis differ, or when `combine` gives other shapes than it got
 * @throws {ArgumentError} when `elements` holds anything else than tensors
 * @example
 * const x = tensor([1, 2, 3, 4]);
 * await associativeScan((a, b) => a.mul(b), x).data(); // Float32Array [1, 2, 6, 24]
 */
export function associativeScan<T>(
  combine: (a: T, b: T) => T,
  elements: T,
  { axis = 0, reverse = false }: AssociativeScanOptions = {},
): T {
  const extent = commonExtent(elements, axis);
  const turned = (x: T): T => (reverse ? mapTensors(x, (each) => flip(each, axis)) : x);
  const part = (x: T, start: number, limit: number): T =>
    mapTensors(x, (each) => sliceAlong(each, axis, start, limit));
  let running = turned(elements);
  for (let distance = 1; distance < extent; distance *= 2) {
    const combined = combine(part(running, 0, extent - distance), part(running, distance, extent));
    const next = tensorsOf(combined);
    let index = 0;
    running = mapTensors(running, (each) => {
      const later = next[index++];
      const kept = sliceAlong(each, axis, 0, distance);
      requireSame(later, sliceAlong(each, axis, distance, extent));
      return later === undefined ? kept : concat([kept, later], axis);
    });
  }
  return turned(running);
}

function requireTensor(leaf: unknown): Tensor {
  if (leaf instanceof Tensor) return leaf;
  throw new ArgumentError(WHERE, `got ${String(leaf)} among the elements; expected tensors.`);
}

const mapTensors = <T>(value: T, replace: (leaf: Tensor) => Tensor): T =>
  mapLeaves(value, (leaf) => replace(requireTensor(leaf)));

function tensorsOf(value: unknown): readonly Tensor[] {
  const found: Tensor[] = [];
  mapLeaves(value, (leaf) => found.push(requireTensor(leaf)));
  return found;
}

function commonExtent(elements: unknown, axis: number): number {
  const [first, ...others] = tensorsOf(elements).map(({ shape }) =>
    extentAt(shape, normalizeAxis(WHERE, axis, shape.length)),
  );
  const other = others.find((extent) => extent !== first);
  if (other !== undefined) {
    throw new ShapeError(WHERE, `extents along axis ${axis} differ: ${first} and ${other}.`);
  }
  return first ?? 0;
}

function sliceAlong(x: Tensor, axis: number, start: number, limit: number): Tensor {
  const along = normalizeAxis(WHERE, axis, x.rank);
  return slice(
    x,
    x.shape.map((_, i) => (i === along ? start : 0)),
    x.shape.map((extent, i) => (i === along ? limit : extent)),
  );
}

function requireSame(given: Tensor | undefined, expected: Tensor): void {
  if (given !== undefined && sameShape(given.shape, expected.shape)) return;
  throw new ShapeError(
    WHERE,
    `the operation gave ${given === undefined ? 'too few tensors' : formatShape(given.shape)} for two operands of ` +
      `${formatShape(expected.shape)}.`,
    'It has to combine element by element and to keep shapes.',
  );
}
