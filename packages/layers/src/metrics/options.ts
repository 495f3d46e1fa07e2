/** Options that metrics share: reading them from a saved model. */
import { ConfigReader, type JsonObject } from '@hadal/core';

export interface MetricOptions {
  /** For logs (default: the class name in camelCase). */
  readonly name?: string;
}

/** A configuration that has a name, and what `read` asks for. */
export function readMetricConfig<Options extends object>(
  className: string,
  config: JsonObject,
  read: (reader: ConfigReader) => Options,
): { readonly name: string } & Options {
  const reader = new ConfigReader(className, config);
  const options = { name: reader.string('name'), ...read(reader) };
  reader.done();
  return options;
}

/** A configuration that has only a name. */
export const readName = (className: string, config: JsonObject): { readonly name: string } =>
  readMetricConfig(className, config, () => ({}));

/** An integer that may be absent. */
export const readOptionalInteger = (reader: ConfigReader, key: string): number | undefined =>
  reader.value(key) === undefined ? undefined : reader.integer(key);

/** A list of numbers that may be absent. */
export const readOptionalNumbers = (reader: ConfigReader, key: string): number[] | undefined =>
  reader.value(key) === undefined ? undefined : reader.numbers(key);
