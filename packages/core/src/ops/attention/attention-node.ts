/**
 * Attention as a composite, so that a backend may take the whole without ever writing the scores out. Its inputs are query,
 * key, value and, where there is one, a mask: bool (true may be attended to) or a floating-point bias on the scores.
 *
 * Its gradient is a composite as well, which computes the scores again. Where there is a bias, which has a gradient of its
 * own, the parts are differentiated.
 */
import { ArgumentError } from '../../errors';
import * as build from '../../graph/build';
import type { CompositeDefinition } from '../../graph/composite';
import type { CompositeAttributes, Node } from '../../graph/node';
import { attentionGradients } from './attention-gradient';
import {
  type AttentionForm,
  type AttentionInputs,
  attentionWeights,
  batchOf,
  fromEnd,
  requireAttention,
  weightedValues,
} from './attention-weights';

function inputsOf(inputs: readonly Node[]): AttentionInputs {
  const [query, key, value, mask] = inputs;
  if (query === undefined || key === undefined || value === undefined) {
    throw new ArgumentError('attention', `takes 3 or 4 inputs, got ${inputs.length}.`);
  }
  return { query, key, value, mask };
}

/** @throws {ArgumentError} when the attributes are not those of attention */
function formOf({ causal, scale }: CompositeAttributes): AttentionForm {
  if (typeof causal !== 'boolean' || typeof scale !== 'number') {
    throw new ArgumentError('attention', 'the attributes must be causal, a boolean, and scale, a number.');
  }
  return { causal, scale };
}

const infer: CompositeDefinition['infer'] = (inputs) => {
  const given = inputsOf(inputs);
  const { query, key, value } = given;
  requireAttention('attention', given);
  const batch = batchOf('attention', [query, key, value]);
  return { shape: [...batch, fromEnd(query, 2), fromEnd(value, 1)], dtype: query.dtype };
};

const decompose: CompositeDefinition['decompose'] = (inputs, attributes) => {
  const given = inputsOf(inputs);
  return weightedValues(attentionWeights(given, formOf(attributes)), given.value);
};

// Each written out: a bundler keeps a literal with a spread in it, and with it all of attention, in every program.
const biasedDefinition: CompositeDefinition = { name: 'attention', infer, decompose };

const attentionDefinition: CompositeDefinition = {
  name: 'attention',
  infer,
  decompose,
  vjp: ({ inputs, attributes, cotangent }) =>
    attentionGradients(inputsOf(inputs), cotangent, formOf(attributes)),
};

/** Attention over checked inputs of one floating-point dtype. */
export const attentionNode = ({ query, key, value, mask }: AttentionInputs, form: AttentionForm): Node =>
  build.applyComposite(
    mask === undefined || mask.dtype === 'bool' ? attentionDefinition : biasedDefinition,
    [query, key, value, ...(mask === undefined ? [] : [mask])],
    { ...form },
  );
