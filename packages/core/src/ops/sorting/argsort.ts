/**
 * The order that sorts: a composite, so that a backend may sort by a kernel of its own.
 *
 * Its meaning is total: elements are compared by value, then by position, and NaN comes after everything. So the result
 * is unique, every way of computing it agrees to the bit, and equal elements keep their order.
 */
import { isFloat } from '../../dtype';
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { CompositeAttributes, Node } from '../../graph/node';
import { extentAt, range, sizeOf } from '../../shape/shape';
import { soleInput } from '../inputs';
import { sortedByNetwork } from './network';
import { type Keyed, lastKey } from './order';
import { sortedByRanks } from './ranks';

/** Rows up to this long are sorted by counting: two kernels of n² comparisons instead of log²(n) / 2 kernels of n. */
const LONGEST_COUNTED = 64;

interface Sorting {
  readonly axis: number;
  readonly descending: boolean;
}

function sortingOf({ axis, descending }: CompositeAttributes): Sorting {
  if (typeof axis !== 'number' || typeof descending !== 'boolean') {
    throw new ArgumentError('argsort', 'the attributes axis and descending must be a number and a boolean.');
  }
  return { axis, descending };
}

const argsortDefinition: CompositeDefinition = {
  name: 'argsort',
  infer: (inputs) => ({ shape: soleInput('argsort', inputs).shape, dtype: 'int32' }),
  decompose: (inputs, attributes) => decompose(soleInput('argsort', inputs), sortingOf(attributes)),
  batch({ inputs, attributes }) {
    const { axis, descending } = sortingOf(attributes);
    return argsortNode(soleInput('argsort', inputs), axis + 1, descending);
  },
};

function decompose(x: Node, { axis, descending }: Sorting): Node {
  const extent = extentAt(x.shape, axis);
  if (extent <= 1 || sizeOf(x.shape) === 0) return build.broadcastTo(build.constant(0, 'int32'), x.shape);
  const order = [...range(x.shape.length).filter((other) => other !== axis), axis];
  const moved = build.permute(x, order);
  const rows = build.reshape(moved, [sizeOf(x.shape) / extent, extent]);
  const keyed = keyedOf(rows, descending);
  const sorted = extent <= LONGEST_COUNTED ? sortedByRanks(keyed) : sortedByNetwork(keyed);
  // Ties of NaN are positions moved up by the extent.
  const places = isFloat(x.dtype)
    ? build.where(build.lessThan(sorted, extent), sorted, build.sub(sorted, extent))
    : sorted;
  return build.unpermute(build.reshape(places, moved.shape), order);
}

function keyedOf(rows: Node, descending: boolean): Keyed {
  const x = rows.dtype === 'bool' ? build.cast(rows, 'int32') : rows;
  const extent = extentAt(x.shape, 1);
  const place = build.broadcastTo(build.iota(extent), x.shape);
  if (!isFloat(x.dtype)) return { key: x, tie: place, descending };
  const isMissing = build.notEqual(x, x);
  return {
    key: build.where(isMissing, lastKey(x, descending), x),
    tie: build.where(isMissing, build.add(place, extent), place),
    descending,
  };
}

/** Positions that sort `x` along `axis`, as int32. */
export const argsortNode = (x: Node, axis: number, descending: boolean): Node =>
  build.applyComposite(argsortDefinition, [x], { axis, descending });
