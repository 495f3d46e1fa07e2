/**
 * What normalizations are made of: bringing groups of elements to mean 0 and variance 1, or to mean square 1.
 *
 * Both are composites. Their gradients are written over the output y: with r = 1 / √(variance + ε) it is
 * r · (g - mean g - y · mean(g · y)), in which the gradients through mean and variance have already cancelled. That is
 * shorter than what differentiating the parts gives, and loses no digits to the cancellation.
 */
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { CompositeAttributes, Node } from '../../graph/node';
import { soleInput } from '../inputs';

interface Group {
  readonly axes: readonly number[];
  readonly epsilon: number;
}

function groupOf(attributes: CompositeAttributes): Group {
  const { axes, epsilon } = attributes;
  if (!Array.isArray(axes) || typeof epsilon !== 'number') {
    throw new ArgumentError('standardize', 'the attributes must be axes, a list, and epsilon, a number.');
  }
  return { axes, epsilon };
}

/** x minus its mean over the axes. */
const centered = (x: Node, axes: readonly number[]): Node => build.sub(x, build.meanKeeping(x, axes));

const meanSquareKeeping = (x: Node, axes: readonly number[]): Node =>
  build.meanKeeping(build.mul(x, x), axes);

/** Mean and population variance over the axes, which disappear. */
export function momentNodes(x: Node, axes: readonly number[]): readonly [mean: Node, variance: Node] {
  const deviation = centered(x, axes);
  return [build.mean(x, axes), build.mean(build.mul(deviation, deviation), axes)];
}

/** 1 / √(mean square + ε). */
const inverseRoot = (x: Node, { axes, epsilon }: Group): Node =>
  build.unary('rsqrt', build.add(meanSquareKeeping(x, axes), epsilon));

const standardizeDefinition: CompositeDefinition = {
  name: 'standardize',
  infer: (inputs) => build.requireFloatNode('standardize', soleInput('standardize', inputs)),
  decompose: (inputs, attributes) => {
    const group = groupOf(attributes);
    const deviation = centered(soleInput('standardize', inputs), group.axes);
    return build.mul(deviation, inverseRoot(deviation, group));
  },
  vjp: ({ inputs, attributes, output: y, cotangent: g }) => {
    const group = groupOf(attributes);
    const deviation = centered(soleInput('standardize', inputs), group.axes);
    const along = build.mul(y, build.meanKeeping(build.mul(g, y), group.axes));
    return [build.mul(inverseRoot(deviation, group), build.sub(centered(g, group.axes), along))];
  },
};

const rmsDefinition: CompositeDefinition = {
  name: 'rmsNormalize',
  infer: (inputs) => build.requireFloatNode('rmsNormalize', soleInput('rmsNormalize', inputs)),
  decompose: (inputs, attributes) => {
    const x = soleInput('rmsNormalize', inputs);
    return build.mul(x, inverseRoot(x, groupOf(attributes)));
  },
  vjp: ({ inputs, attributes, output: y, cotangent: g }) => {
    const group = groupOf(attributes);
    const along = build.mul(y, build.meanKeeping(build.mul(g, y), group.axes));
    return [build.mul(inverseRoot(soleInput('rmsNormalize', inputs), group), build.sub(g, along))];
  },
};

/** (x - mean) / √(variance + ε), the moments being taken over the axes. */
export const standardizeNode = (x: Node, axes: readonly number[], epsilon: number): Node =>
  build.applyComposite(standardizeDefinition, [x], { axes, epsilon });

/** x / √(mean of x² + ε), the mean being taken over the axes. */
export const rmsNormalizeNode = (x: Node, axes: readonly number[], epsilon: number): Node =>
  build.applyComposite(rmsDefinition, [x], { axes, epsilon });

/** Checks what is added to a variance. */
export function requireEpsilon(where: string, epsilon: number): number {
  if (epsilon >= 0 && epsilon < Number.POSITIVE_INFINITY) return epsilon;
  throw new ArgumentError(where, `epsilon is ${epsilon}; expected a finite number of at least 0.`);
}
