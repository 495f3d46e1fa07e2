/**
 * Activations that few models use, by Keras' names. They are apart from the common ones, so that a small program that
 * predicts does not carry them.
 */
import type { Tensor } from '@hadal/core';
import {
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
import type { SnakeCase } from '../../layer/naming';

const MORE = {
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
} as const;

type CamelCaseName = keyof typeof MORE;

/** Further activations that an `activation` layer can be named, in camelCase or Keras' snake_case. */
export type MoreActivationName = CamelCaseName | SnakeCase<CamelCaseName>;

const isMore = (name: string): name is CamelCaseName => Object.hasOwn(MORE, name);

/** The camelCase name of one of these, if it is one. */
export function moreActivation(name: string): CamelCaseName | undefined {
  const wanted = canonicalName(name);
  return Object.keys(MORE)
    .filter(isMore)
    .find((known) => canonicalName(known) === wanted);
}

/** Applies one of these. */
export const activateMore = (name: CamelCaseName, x: Tensor): Tensor => MORE[name](x);
