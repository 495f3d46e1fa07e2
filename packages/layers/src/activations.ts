/**
 * The activations that most models use, functions of one tensor by Keras' names, and how a table of such is used. The
 * others are in a table of their own, so that a small program that predicts does not carry them.
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

/** A function of a tensor to one of its shape. */
export type ActivationFunction = (x: Tensor) => Tensor;

/** Activations by their names in camelCase, computing along the last axis where they have one. */
export type ActivationTable<Name extends string = string> = Readonly<
  Partial<Record<Name, ActivationFunction>>
>;

export const commonActivations = {
  linear: (x: Tensor) => x,
  relu: (x: Tensor) => relu(x),
  relu6: (x: Tensor) => minimum(relu(x), 6),
  leakyRelu: (x: Tensor) => leakyRelu(x, 0.2),
  elu: (x: Tensor) => elu(x),
  selu: (x: Tensor) => elu(x, SELU_ALPHA).mul(SELU_SCALE),
  gelu: (x: Tensor) => gelu(x),
  silu: (x: Tensor) => silu(x),
  swish: (x: Tensor) => silu(x),
  mish: (x: Tensor) => x.mul(tanh(softplus(x))),
  sigmoid: (x: Tensor) => remember('sigmoid', x, sigmoid(x)),
  hardSigmoid: (x: Tensor) => clip(x.div(6).add(0.5), 0, 1),
  softmax: (x: Tensor) => remember('softmax', x, softmax(x)),
  logSoftmax: (x: Tensor) => logSoftmax(x),
  softplus: (x: Tensor) => softplus(x),
  softsign: (x: Tensor) => x.div(abs(x).add(1)),
  tanh: (x: Tensor) => tanh(x),
  exponential: (x: Tensor) => exp(x),
} as const satisfies ActivationTable;

/**
 * The camelCase name of an activation of a table.
 *
 * @throws {ArgumentError} when it is unknown
 */
export function nameIn<Name extends string>(table: ActivationTable<Name>, name: string): Name {
  const wanted = canonicalName(name);
  const names = Object.keys(table);
  const found = names.find((known): known is Name => canonicalName(known) === wanted);
  if (found !== undefined) return found;
  throw new ArgumentError('activation', `unknown activation '${name}'.`, suggestName(name, names));
}

/** An activation as a layer keeps it: a checked name or a function. */
export const checkIn = <Name extends string>(
  table: ActivationTable<Name>,
  activation: string | ActivationFunction,
): Name | ActivationFunction => (typeof activation === 'string' ? nameIn(table, activation) : activation);

/** Applies an activation of a table, or a function. */
export const applyIn = (table: ActivationTable, activation: string | ActivationFunction, x: Tensor): Tensor =>
  (typeof activation === 'string' ? table[nameIn(table, activation)]! : activation)(x);

/**
 * An activation as it is saved.
 *
 * @throws {ArgumentError} when it is a function
 */
export function serializeActivation(where: string, activation: string | ActivationFunction): string {
  if (typeof activation === 'string') return activation;
  throw new ArgumentError(
    where,
    'the activation is a function, which cannot be saved.',
    'Use a named activation, or write a layer class with the function in its call and pass it to loadModel.',
  );
}
