/**
 * The gradient of attention as a composite: those of query, key and value joined in one flat value, because a node has one
 * value. A backend that takes it whole computes the scores again, a few rows at a time, instead of keeping them.
 */
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { CompositeAttributes, Node } from '../../graph/node';
import { range, type Shape, sizeOf } from '../../shape/shape';
import {
  type AttentionForm,
  type AttentionInputs,
  attentionWeights,
  batchOf,
  product,
} from './attention-weights';

interface GradientInputs extends AttentionInputs {
  readonly cotangent: Node;
}

/** All operands but the mask have the same leading axes. */
function gradientInputs(inputs: readonly Node[]): GradientInputs {
  const [query, key, value, cotangent, mask] = inputs;
  if (query === undefined || key === undefined || value === undefined || cotangent === undefined) {
    throw new ArgumentError('attentionGradient', `takes 4 or 5 inputs, got ${inputs.length}.`);
  }
  return { query, key, value, cotangent, mask };
}

function gradientForm({ causal, scale }: CompositeAttributes): AttentionForm {
  if (typeof causal !== 'boolean' || typeof scale !== 'number') {
    throw new ArgumentError(
      'attentionGradient',
      'the attributes must be causal, a boolean, and scale, a number.',
    );
  }
  return { causal, scale };
}

const flat = (x: Node): Node => build.reshape(x, [sizeOf(x.shape)]);

const attentionGradientDefinition: CompositeDefinition = {
  name: 'attentionGradient',
  infer: (inputs) => {
    const { query, key, value } = gradientInputs(inputs);
    const length = [query, key, value].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return { shape: [length], dtype: query.dtype };
  },
  decompose: (inputs, attributes) => {
    const given = gradientInputs(inputs);
    const { query, key, value, cotangent } = given;
    const form = gradientForm(attributes);
    const batch = query.shape.slice(0, -2);
    const weights = attentionWeights(given, form);
    const forWeights = product(batch, cotangent, 1, value, 1);
    // The gradient of softmax; what is masked has weight 0.
    const share = build.sumKeeping(build.mul(weights, forWeights), [batch.length + 1]);
    const forScores = build.mul(build.mul(weights, build.sub(forWeights, share)), form.scale);
    return build.concat(
      [
        flat(product(batch, forScores, 1, key, 0)),
        flat(product(batch, forScores, 0, query, 0)),
        flat(product(batch, weights, 0, cotangent, 0)),
      ],
      0,
    );
  },
};

/** Sums over the axes along which an operand of `shape` was repeated. */
function summedTo(shape: Shape, x: Node): Node {
  const added = x.shape.length - shape.length;
  const axes = range(x.shape.length).filter((axis) => axis < added || shape[axis - added] !== x.shape[axis]);
  return axes.length === 0 ? x : build.reshape(build.sum(x, axes), shape);
}

/** The gradients with respect to query, key and value, in this order. */
export function attentionGradients(
  { query, key, value, mask }: AttentionInputs,
  cotangent: Node,
  form: AttentionForm,
): readonly Node[] {
  const operands = [query, key, value];
  const batch = batchOf('attentionGradient', operands);
  const whole = operands.map((x) => build.broadcastTo(x, [...batch, ...x.shape.slice(-2)]));
  const inputs = [...whole, cotangent, ...(mask === undefined ? [] : [mask])];
  const joined = build.applyComposite(attentionGradientDefinition, inputs, { ...form });
  let end = 0;
  return operands.map(({ shape }, i) => {
    const repeated = whole[i]?.shape ?? shape;
    const start = end;
    end += sizeOf(repeated);
    return summedTo(shape, build.reshape(build.sliceAxis(joined, 0, start, end), repeated));
  });
}
