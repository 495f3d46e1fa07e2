/** The value, which must be there: its absence is a mistake in this package, not in what it was given. */
export function known<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new RangeError(`${what} is missing`);
  return value;
}
