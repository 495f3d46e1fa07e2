/** Regularizers: penalties on weights or outputs that are added to the loss. */
import type { JsonObject, SerializedObject, Tensor } from '@hadal/core';
import {
  ArgumentError,
  abs,
  ConfigReader,
  canonicalName,
  DataError,
  square,
  suggestName,
  sum,
} from '@hadal/core';
import { ORTHOGONAL_MODES, OrthogonalRegularizer } from './orthogonal';
import { Regularizer } from './regularizer-base';

export { Regularizer };

/**
 * `l1 · Σ|x| + l2 · Σx²`.
 *
 * Source: Keras 3, `keras.regularizers.L1L2`.
 */
export class L1L2 extends Regularizer {
  static readonly className: string = 'L1L2';
  readonly className: string = L1L2.className;
  readonly l1: number;
  readonly l2: number;

  constructor({ l1 = 0, l2 = 0 }: { readonly l1?: number; readonly l2?: number } = {}) {
    super();
    for (const [name, factor] of Object.entries({ l1, l2 })) {
      if (!(Number.isFinite(factor) && factor >= 0)) {
        throw new ArgumentError('regularizer', `${name} is ${factor}; expected a factor of at least 0.`);
      }
    }
    this.l1 = l1;
    this.l2 = l2;
  }

  override penalty(x: Tensor): Tensor {
    const absolute = sum(abs(x)).mul(this.l1);
    const squared = sum(square(x)).mul(this.l2);
    if (this.l1 === 0) return squared;
    return this.l2 === 0 ? absolute : absolute.add(squared);
  }

  override getConfig(): JsonObject {
    return { l1: this.l1, l2: this.l2 };
  }
}

/** A penalty on absolute values, `factor · Σ|x|`. */
export const l1 = (factor = 0.01): L1L2 => new L1L2({ l1: factor });

/** A penalty on squares, `factor · Σx²`. */
export const l2 = (factor = 0.01): L1L2 => new L1L2({ l2: factor });

/** Both penalties; Keras' default of 0.01 each. */
export const l1l2 = (factors: { readonly l1?: number; readonly l2?: number } = {}): L1L2 =>
  new L1L2({ l1: factors.l1 ?? 0.01, l2: factors.l2 ?? 0.01 });

/** Regularizers that can be named by a string, with Keras' default factor 0.01. */
export type RegularizerName =
  | 'l1'
  | 'l2'
  | 'l1l2'
  | 'l1_l2'
  | 'orthogonalRegularizer'
  | 'orthogonal_regularizer';

/** A regularizer, or the name of one with its defaults. */
export type RegularizerLike = RegularizerName | Regularizer;

const REGULARIZER_NAMES: readonly RegularizerName[] = ['l1', 'l2', 'l1l2', 'orthogonalRegularizer'];

/** The regularizer that a name stands for, or the one given. */
export function resolveRegularizer(regularizer: RegularizerLike | undefined): Regularizer | undefined {
  if (typeof regularizer !== 'string') return regularizer;
  switch (canonicalName(regularizer)) {
    case 'l1':
      return l1();
    case 'l2':
      return l2();
    case 'l1l2':
      return l1l2();
    case canonicalName('orthogonalRegularizer'):
      return new OrthogonalRegularizer();
    default:
      throw new ArgumentError(
        'regularizer',
        `unknown regularizer '${regularizer}'.`,
        suggestName(regularizer, REGULARIZER_NAMES),
      );
  }
}

/** A regularizer as it is saved. */
export const serializeRegularizer = (regularizer: Regularizer | undefined): SerializedObject | null =>
  regularizer === undefined ? null : { className: regularizer.className, config: regularizer.getConfig() };

/** Reads a saved regularizer. */
export function readRegularizer(reader: ConfigReader, key: string): Regularizer | undefined {
  const serialized = reader.serialized(key);
  if (serialized === undefined) return undefined;
  const { className, config } = serialized;
  const entries = new ConfigReader(className, config);
  const made = read(key, className, entries);
  entries.done();
  return made;
}

function read(key: string, className: string, entries: ConfigReader): Regularizer {
  switch (className) {
    case L1L2.className:
      return new L1L2({ l1: entries.number('l1', 0), l2: entries.number('l2', 0) });
    case OrthogonalRegularizer.className:
      return new OrthogonalRegularizer({
        factor: entries.optionalNumber('factor'),
        mode: entries.choice('mode', ORTHOGONAL_MODES, 'rows'),
      });
    default:
      throw new DataError(
        key,
        `unknown regularizer class '${className}'.`,
        'Known classes: L1L2, OrthogonalRegularizer.',
      );
  }
}
