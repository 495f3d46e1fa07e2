/** Reads the options that every layer takes back from a saved configuration. */
import type { ConfigReader, JsonValue } from '@hadal/core';
import { DataError, describeJson } from '@hadal/core';
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
