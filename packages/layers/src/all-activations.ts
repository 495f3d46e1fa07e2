/** All activations that a layer can be named, by Keras' names: the common ones, and those that few models use. */
import type { Tensor } from '@hadal/core';
import {
  ArgumentError,
  canonicalName,
  celu,
  glu,
  hardShrink,
  hardSilu,
  hardTanh,
  logSigmoid,
  softShrink,
  sparsemax,
  sparsePlus,
  sparseSigmoid,
  squareplus,
  tanhShrink,
} from '@hadal/core';
import {
  type ActivationFunction,
  type ActivationTable,
  applyIn,
  checkIn,
  commonActivations,
  nameIn,
} from './activations';
import type { SnakeCase } from './layer/naming';

const rareActivations = {
  celu: (x: Tensor) => celu(x),
  glu: (x: Tensor) => glu(x),
  hardShrink: (x: Tensor) => hardShrink(x),
  hardSilu: (x: Tensor) => hardSilu(x),
  hardSwish: (x: Tensor) => hardSilu(x),
  hardTanh: (x: Tensor) => hardTanh(x),
  logSigmoid: (x: Tensor) => logSigmoid(x),
  softShrink: (x: Tensor) => softShrink(x),
  sparsePlus: (x: Tensor) => sparsePlus(x),
  sparseSigmoid: (x: Tensor) => sparseSigmoid(x),
  sparsemax: (x: Tensor) => sparsemax(x),
  squareplus: (x: Tensor) => squareplus(x),
  tanhShrink: (x: Tensor) => tanhShrink(x),
} as const satisfies ActivationTable;

// Marked, because bundlers keep what spreads objects unless they are told that it does nothing else.
export const allActivations = /* @__PURE__ */ (() => ({ ...commonActivations, ...rareActivations }))();

/** The names as layers keep them. */
export type CamelCaseActivation = keyof typeof allActivations;

/** Activations that can be named by a string, in camelCase or Keras' snake_case. */
export type ActivationName = CamelCaseActivation | SnakeCase<CamelCaseActivation>;

/** A name, or a function of your own (which cannot be saved: write a layer for that). */
export type ActivationLike = ActivationName | ActivationFunction;

/** Activations that are nothing without numbers, with how they are written. */
const WITH_NUMBERS: Readonly<Record<string, string>> = {
  threshold: '(x) => threshold(x, 0.5, 0), with threshold from @hadal/core',
};

/**
 * The camelCase name of an activation.
 *
 * @throws {ArgumentError} when it is unknown, or needs more than its name
 */
export function requireActivation(name: string): CamelCaseActivation {
  const written = WITH_NUMBERS[canonicalName(name)];
  if (written === undefined) return nameIn(allActivations, name);
  throw new ArgumentError(
    'activation',
    `'${name}' needs more than its name.`,
    `Pass a function: ${written}.`,
  );
}

/** An activation as a layer keeps it: a checked name or a function. */
export const checkActivation = (activation: ActivationLike): ActivationLike =>
  typeof activation === 'string' ? requireActivation(activation) : checkIn(allActivations, activation);

/** Applies an activation, computing along the last axis where it has one. */
export const activate = (activation: ActivationLike, x: Tensor): Tensor =>
  applyIn(allActivations, activation, x);
