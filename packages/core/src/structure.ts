/**
 * Structures: arrays and plain objects of tensors, as arguments and results of compiled functions.
 */

const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** The same structure with every leaf replaced, leaves in order. Keys of objects are visited sorted. */
export function mapLeaves<T>(value: T, replace: (leaf: unknown) => unknown): T;
export function mapLeaves(value: unknown, replace: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapLeaves(each, replace));
  if (!isPlainObject(value)) return replace(value);
  const mapped = Object.keys(value)
    .sort()
    .map((key) => [key, mapLeaves(value[key], replace)]);
  return Object.fromEntries(mapped);
}

/** A text that is equal for structures that are equal up to what `describe` says of their leaves. */
export function formatStructure(value: unknown, describe: (leaf: unknown) => string): string {
  if (Array.isArray(value)) return `[${value.map((each) => formatStructure(each, describe)).join(',')}]`;
  if (!isPlainObject(value)) return describe(value);
  const fields = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${formatStructure(value[key], describe)}`);
  return `{${fields.join(',')}}`;
}
