/**
 * Activations: functions of one tensor, by Keras' names.
 *
 * Softmax and sigmoid remember the logits they were computed from, so that a cross-entropy of their output is computed
 * from the logits: probabilities that round to 0 or 1 would lose the gradient.
 */
import type { Tensor } from '@hadal/core';
import {
  ArgumentError,
  abs,
  canonicalName,
  clip,
  elu,
  exp,
  gelu,
  leakyRelu,
  logSoftmax,
  minimum,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  suggestName,
  tanh,
} from '@hadal/core';
import type { SnakeCase } from './layer/naming';

/** What turns logits into probabilities. */
export type ProbabilityActivation = 'softmax' | 'sigmoid';

interface Logits {
  readonly activation: ProbabilityActivation;
  readonly logits: Tensor;
}

const remembered = /* @__PURE__ */ new WeakMap<Tensor, Logits>();

/** The logits that `activation` turned into `probabilities`, when it did. */
export function logitsOf(probabilities: Tensor, activation: ProbabilityActivation): Tensor | undefined {
  const known = remembered.get(probabilities);
  return known?.activation === activation ? known.logits : undefined;
}

function remember(activation: ProbabilityActivation, logits: Tensor, probabilities: Tensor): Tensor {
  remembered.set(probabilities, { activation, logits });
  return probabilities;
}

/** Scale and alpha that keep activations normalized. Source: Klambauer et al. (2017). */
const SELU_SCALE = 1.0507009873554805;
const SELU_ALPHA = 1.6732632423543772;

const ACTIVATION_NAMES = [
  'linear',
  'relu',
  'relu6',
  'leakyRelu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'swish',
  'mish',
  'sigmoid',
  'hardSigmoid',
  'softmax',
  'logSoftmax',
  'softplus',
  'softsign',
  'tanh',
  'exponential',
] as const;

type CamelCaseName = (typeof ACTIVATION_NAMES)[number];

/** Activations that can be named by a string, in camelCase or Keras' snake_case. */
export type ActivationName = CamelCaseName | SnakeCase<CamelCaseName>;

export type ActivationFunction = (x: Tensor) => Tensor;

/** A name, or a function of your own (which cannot be saved: write a layer for that). */
export type ActivationLike = ActivationName | ActivationFunction;

/** Applies an activation, computing along the last axis where it has one. */
export function activate(activation: ActivationLike, x: Tensor): Tensor {
  if (typeof activation !== 'string') return activation(x);
  switch (requireActivation(activation)) {
    case 'linear':
      return x;
    case 'relu':
      return relu(x);
    case 'relu6':
      return minimum(relu(x), 6);
    case 'leakyRelu':
      return leakyRelu(x, 0.2);
    case 'elu':
      return elu(x);
    case 'selu':
      return elu(x, SELU_ALPHA).mul(SELU_SCALE);
    case 'gelu':
      return gelu(x);
    case 'silu':
    case 'swish':
      return silu(x);
    case 'mish':
      return x.mul(tanh(softplus(x)));
    case 'sigmoid':
      return remember('sigmoid', x, sigmoid(x));
    case 'hardSigmoid':
      return clip(x.div(6).add(0.5), 0, 1);
    case 'softmax':
      return remember('softmax', x, softmax(x));
    case 'logSoftmax':
      return logSoftmax(x);
    case 'softplus':
      return softplus(x);
    case 'softsign':
      return x.div(abs(x).add(1));
    case 'tanh':
      return tanh(x);
    case 'exponential':
      return exp(x);
  }
}

/**
 * The camelCase name of an activation.
 *
 * @throws {ArgumentError} when it is unknown
 */
export function requireActivation(name: string): CamelCaseName {
  const wanted = canonicalName(name);
  const found = ACTIVATION_NAMES.find((known) => canonicalName(known) === wanted);
  if (found !== undefined) return found;
  throw new ArgumentError('activation', `unknown activation '${name}'.`, suggestName(name, ACTIVATION_NAMES));
}

/** An activation as a layer keeps it: a checked name or a function. */
export const checkActivation = (activation: ActivationLike): ActivationLike =>
  typeof activation === 'string' ? requireActivation(activation) : activation;

/**
 * An activation as it is saved.
 *
 * @throws {ArgumentError} when it is a function
 */
export function serializeActivation(where: string, activation: ActivationLike): string {
  if (typeof activation === 'string') return activation;
  throw new ArgumentError(
    where,
    'the activation is a function, which cannot be saved.',
    'Use a named activation, or write a layer class with the function in its call and pass it to loadModel.',
  );
}
