/**
 * Scans: running sums, products and extremes along one axis, as composites with attributes `axis` and `reverse`.
 *
 * They are taken apart by doubling (Hillis and Steele 1986): after step k, element i holds the combination of the 2ᵏ
 * elements that end at it, and log₂ n steps suffice. What is combined with what depends on the extent alone, so that
 * results are the same everywhere, and rounding errors grow with log n only. Elements before the first are neutral,
 * which leaves NaN and infinities where they are.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import type { CompositeDefinition } from '../graph/composite';
import type { CompositeAttributes, Node } from '../graph/node';
import { extentAt } from '../shape/shape';
import { finite } from './comparison';
import { soleInput } from './inputs';

interface Direction {
  readonly axis: number;
  /** Whether the scan runs from the last element to the first. */
  readonly reverse: boolean;
}

function directionOf(attributes: CompositeAttributes): Direction {
  const { axis, reverse } = attributes;
  if (typeof axis !== 'number' || typeof reverse !== 'boolean') {
    throw new ArgumentError('scan', 'the attributes axis and reverse must be a number and a boolean.');
  }
  return { axis, reverse };
}

const opposite = ({ axis, reverse }: Direction): Direction => ({ axis, reverse: !reverse });

/** Every element `distance` places further in the direction of the scan; `fill` where none comes from. */
export function shifted(x: Node, { axis, reverse }: Direction, distance: number, fill: number): Node {
  const extent = extentAt(x.shape, axis);
  const gap = Math.min(distance, extent);
  const kept = reverse ? build.sliceAxis(x, axis, gap, extent) : build.sliceAxis(x, axis, 0, extent - gap);
  const margin = (here: boolean): number[] => x.shape.map((_, i) => (i === axis && here ? gap : 0));
  return build.pad(kept, build.constant(fill, x.dtype), {
    lo: margin(!reverse),
    hi: margin(reverse),
    interior: x.shape.map(() => 0),
  });
}

/** An associative operation with a neutral element. */
interface Monoid {
  combine(a: Node, b: Node): Node;
  neutral(x: Node): number;
}

function scanByDoubling(x: Node, direction: Direction, { combine, neutral }: Monoid): Node {
  const extent = extentAt(x.shape, direction.axis);
  let running = x;
  for (let distance = 1; distance < extent; distance *= 2) {
    running = combine(shifted(running, direction, distance, neutral(x)), running);
  }
  return running;
}

function scanDefinition(
  name: string,
  monoid: Monoid,
  gradient?: (direction: Direction, output: Node, cotangent: Node) => Node,
): CompositeDefinition {
  return {
    name,
    infer: (inputs) => soleInput(name, inputs),
    decompose: (inputs, attributes) =>
      scanByDoubling(soleInput(name, inputs), directionOf(attributes), monoid),
    ...(gradient && {
      vjp: ({ output, cotangent, attributes }) => [gradient(directionOf(attributes), output, cotangent)],
    }),
  };
}

/** Element i goes into every sum from i on: its gradient is the sum of theirs. */
const cumSumDefinition: CompositeDefinition = /* @__PURE__ */ scanDefinition(
  'cumSum',
  { combine: build.add, neutral: () => 0 },
  (direction, _, g) => build.applyComposite(cumSumDefinition, [g], { ...opposite(direction) }),
);

/** The gradient of the steps is a sum of products, without a division, and so is right where factors are 0. */
const cumProdDefinition: CompositeDefinition = /* @__PURE__ */ scanDefinition('cumProd', {
  combine: build.mul,
  neutral: () => 1,
});

const cumMaxDefinition: CompositeDefinition = /* @__PURE__ */ scanDefinition(
  'cumMax',
  { combine: build.maximum, neutral: (x) => build.lowest(x.dtype) },
  extremeGradient,
);

const cumMinDefinition: CompositeDefinition = /* @__PURE__ */ scanDefinition(
  'cumMin',
  { combine: build.minimum, neutral: (x) => build.highest(x.dtype) },
  extremeGradient,
);

const logCumSumExpDefinition: CompositeDefinition = /* @__PURE__ */ scanDefinition('logCumSumExp', {
  combine: logAddExp,
  neutral: () => Number.NEGATIVE_INFINITY,
});

/** A running extreme stays the same over a segment, whose first element gets the gradients of the whole segment. */
function extremeGradient(direction: Direction, output: Node, cotangent: Node): Node {
  const { axis, reverse } = direction;
  const extent = extentAt(output.shape, axis);
  const position = build.alongAxis(build.iota(extent), axis, output.shape.length);
  const isFirst = build.equal(position, reverse ? extent - 1 : 0);
  const starts = build.or(isFirst, build.notEqual(output, shifted(output, direction, 1, 0)));
  const back = opposite(direction);
  let ends = shifted(starts, back, 1, 1);
  let total = cotangent;
  for (let distance = 1; distance < extent; distance *= 2) {
    total = build.where(ends, total, build.add(total, shifted(total, back, distance, 0)));
    ends = build.or(ends, shifted(ends, back, distance, 1));
  }
  return build.where(starts, total, 0);
}

/** log(eᵃ + eᵇ). The greater one is taken out, unless it is infinite, which would give ∞ - ∞. */
function logAddExp(a: Node, b: Node): Node {
  const greatest = build.detach(build.maximum(a, b));
  const center = build.where(finite(greatest), greatest, 0);
  const total = build.add(build.exp(build.sub(a, center)), build.exp(build.sub(b, center)));
  const vanishes = build.equal(total, 0);
  const logarithm = build.log(build.where(vanishes, 1, total));
  return build.where(vanishes, Number.NEGATIVE_INFINITY, build.add(logarithm, center));
}

const scan =
  (definition: CompositeDefinition) =>
  (x: Node, { axis, reverse }: Direction): Node =>
    build.applyComposite(definition, [x], { axis, reverse });

/** Σ of all elements up to each one, as a node. */
export const cumSumNode = /* @__PURE__ */ scan(cumSumDefinition);
/** ∏ of all elements up to each one, as a node. */
export const cumProdNode = /* @__PURE__ */ scan(cumProdDefinition);
/** Greatest element up to each one, as a node. */
export const cumMaxNode = /* @__PURE__ */ scan(cumMaxDefinition);
/** Least element up to each one, as a node. */
export const cumMinNode = /* @__PURE__ */ scan(cumMinDefinition);
/** log Σ eˣ over all elements up to each one, as a node. */
export const logCumSumExpNode = /* @__PURE__ */ scan(logCumSumExpDefinition);
