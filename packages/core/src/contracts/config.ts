/**
 * Configurations: what a layer, a loss or an optimizer writes into a saved model, and the checked way back. Files come
 * from anywhere, so every value is read with its expected kind, nothing is executed, and what is unknown is refused.
 */
import { DataError } from '../errors';
import type { JsonValue } from './json';
import { suggestName } from './suggest';

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue };

/** An object that can be written into a saved model: which class it is, and what its constructor needs. */
export interface SerializedObject extends JsonObject {
  /** The name under which the class is known. */
  readonly className: string;
  /** What its `getConfig` gave. */
  readonly config: JsonObject;
}

/** Whether a value is a JSON object, and no list or null. */
export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Checks that `value` is `{ className, config }`. `where` names the value in errors. */
export function requireSerialized(where: string, value: JsonValue | undefined): SerializedObject {
  if (isJsonObject(value)) {
    const { className, config } = value;
    if (typeof className === 'string' && isJsonObject(config)) return { className, config };
  }
  throw new DataError(
    where,
    `expected an object { className, config }, found ${describeJson(value)}.`,
    'The file is damaged or was written by something else.',
  );
}

/** A short description of a JSON value for messages. */
export function describeJson(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/**
 * Reads the entries of a configuration one by one, each with its expected kind; entries that are absent (or null) give
 * the fallback. `done` refuses what was not asked for.
 *
 * @example
 * const reader = new ConfigReader('Dense', config);
 * const units = reader.integer('units');
 * const useBias = reader.boolean('useBias', true);
 * reader.done();
 */
export class ConfigReader {
  readonly #where: string;
  readonly #config: JsonObject;
  readonly #asked = new Set<string>();

  /**
   * @param where  the class or file part that is being read, for errors
   * @param config the configuration, as it came from JSON
   */
  constructor(where: string, config: JsonObject) {
    this.#where = where;
    this.#config = config;
  }

  /** The raw value, `undefined` when absent or null. */
  value(key: string): JsonValue | undefined {
    this.#asked.add(key);
    const value = Object.hasOwn(this.#config, key) ? this.#config[key] : undefined;
    return value === null ? undefined : value;
  }

  /** A finite number. */
  number(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return this.#refuse(key, 'a finite number');
  }

  /** An integer that JavaScript represents exactly. */
  integer(key: string, fallback?: number): number {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
    return this.#refuse(key, 'an integer');
  }

  /** True or false. */
  boolean(key: string, fallback?: boolean): boolean {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'boolean') return value;
    return this.#refuse(key, 'true or false');
  }

  /** A string. */
  string(key: string, fallback?: string): string {
    const value = this.value(key) ?? fallback;
    if (typeof value === 'string') return value;
    return this.#refuse(key, 'a string');
  }

  /** A string, or `undefined` when absent. */
  optionalString(key: string): string | undefined {
    return this.value(key) === undefined ? undefined : this.string(key);
  }

  /** A finite number, or `undefined` when absent. */
  optionalNumber(key: string): number | undefined {
    return this.value(key) === undefined ? undefined : this.number(key);
  }

  /** One of `choices`. */
  choice<T extends string>(key: string, choices: readonly T[], fallback?: T): T {
    const value = this.value(key) ?? fallback;
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    return this.#refuse(key, `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`);
  }

  /** A list of finite numbers. */
  numbers(key: string): number[] {
    const value = this.value(key);
    if (Array.isArray(value)) {
      const numbers = value.filter(
        (item): item is number => typeof item === 'number' && Number.isFinite(item),
      );
      if (numbers.length === value.length) return numbers;
    }
    return this.#refuse(key, 'a list of finite numbers');
  }

  /** A list of any JSON values. */
  list(key: string): readonly JsonValue[] {
    const value = this.value(key);
    if (Array.isArray(value)) return value;
    return this.#refuse(key, 'a list');
  }

  /** A JSON object. */
  object(key: string): JsonObject {
    const value = this.value(key);
    if (isJsonObject(value)) return value;
    return this.#refuse(key, 'an object');
  }

  /** `{ className, config }`, or `undefined` when absent. */
  serialized(key: string): SerializedObject | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : requireSerialized(`${this.#where}.${key}`, value);
  }

  /** Refuses entries that nobody asked for: a newer format, or a typing error. */
  done(): void {
    for (const key of Object.keys(this.#config)) {
      if (this.#asked.has(key)) continue;
      throw new DataError(
        this.#where,
        `unknown entry '${key}' in the configuration.`,
        suggestName(key, [...this.#asked]),
        'If the file was written by a newer version, update the packages.',
      );
    }
  }

  #refuse(key: string, expected: string): never {
    const found = Object.hasOwn(this.#config, key) ? this.#config[key] : undefined;
    throw new DataError(this.#where, `'${key}' must be ${expected}, found ${describeJson(found)}.`);
  }
}
