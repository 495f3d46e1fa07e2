/** Options that losses share: reading them from a saved model, and checking them. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, ConfigReader, moveAxis } from '@hadal/core';
import { type LossOptions, REDUCTIONS } from './loss';

/** The entries that `Loss.getConfig` wrote. */
export function readLossOptions(reader: ConfigReader): LossOptions {
  return {
    reduction: reader.choice('reduction', REDUCTIONS, 'sumOverBatchSize'),
    name: reader.optionalString('name'),
  };
}

/** A configuration that has what all losses have, and what `read` asks for. */
export function readLossConfig(className: string, config: JsonObject): LossOptions;
export function readLossConfig<Options extends object>(
  className: string,
  config: JsonObject,
  read: (reader: ConfigReader) => Options,
): LossOptions & Options;
export function readLossConfig(
  className: string,
  config: JsonObject,
  read?: (reader: ConfigReader) => object,
): LossOptions {
  const reader = new ConfigReader(className, config);
  const options = { ...readLossOptions(reader), ...read?.(reader) };
  reader.done();
  return options;
}

/** Checks a number that has to be larger than 0. */
export function requirePositive(where: string, name: string, value: number): number {
  if (value > 0 && Number.isFinite(value)) return value;
  throw new ArgumentError(where, `${name} is ${value}; expected a number larger than 0.`);
}

/** Checks a number that has to lie in [0, 1]. */
export function requireFraction(where: string, name: string, value: number): number {
  if (value >= 0 && value <= 1) return value;
  throw new ArgumentError(where, `${name} is ${value}; expected a number in [0, 1].`);
}

/** A tensor whose axis of classes is the last. */
export const classesLast = (x: Tensor, axis: number): Tensor =>
  axis === -1 || axis === x.rank - 1 ? x : moveAxis(x, axis, -1);
