/** Reads the options that every layer takes back from a saved configuration. */
import type { JsonObject, JsonValue } from '@hadal/core';
import { ConfigReader, DataError, describeJson } from '@hadal/core';
import type { LayerOptions } from './layer';
import type { LayerShape } from './shape';

const FLOAT_DTYPES = ['float32', 'float64'] as const;

/** More axes than any layer takes. */
const MAX_RANK = 16;

/** A saved shape: positive integers, and null where an extent is open. */
export function readShape(where: string, value: JsonValue): LayerShape {
  const isShape = (shape: JsonValue): shape is (number | null)[] =>
    Array.isArray(shape) &&
    shape.length <= MAX_RANK &&
    shape.every((extent) => extent === null || (Number.isSafeInteger(extent) && Number(extent) > 0));
  if (isShape(value)) return value;
  throw new DataError(where, `expected a shape (positive integers or null), found ${describeJson(value)}.`);
}

/** The entries that `Layer.getConfig` wrote. */
export function readLayerOptions(reader: ConfigReader): LayerOptions {
  const shape = reader.value('inputShape');
  return {
    name: reader.optionalString('name'),
    trainable: reader.boolean('trainable', true),
    dtype: reader.choice('dtype', FLOAT_DTYPES, 'float32'),
    inputShape: shape === undefined ? undefined : readShape('inputShape', shape),
  };
}

/** What `read` gives for an entry that is there; where it is absent, the default of the constructor holds. */
export const optional = <T>(reader: ConfigReader, key: string, read: (key: string) => T): T | undefined =>
  reader.value(key) === undefined ? undefined : read(key);

/** One number, or several. */
export const readAxes = (reader: ConfigReader, key: string): number | readonly number[] =>
  typeof reader.value(key) === 'number' ? reader.integer(key) : reader.numbers(key);

/**
 * Makes a layer of a saved configuration.
 *
 * @throws {DataError} when entries are left that nobody asked for
 */
export function fromEntries<T>(className: string, config: JsonObject, make: (reader: ConfigReader) => T): T {
  const reader = new ConfigReader(className, config);
  const made = make(reader);
  reader.done();
  return made;
}
