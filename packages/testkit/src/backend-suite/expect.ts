/** Assertions of the suite, which any test runner has to understand: they throw. */

/** @throws {TypeError} when the numbers are not the same, in the same order; NaN is the same as NaN */
export function requireSame(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const isSame =
    found.length === expected.length &&
    Array.from(found).every((value, i) => Object.is(value, expected[i]) || value === expected[i]);
  if (!isSame) {
    throw new TypeError(
      `got [${Array.from(found).join(', ')}], expected [${Array.from(expected).join(', ')}]`,
    );
  }
}

/** @throws {TypeError} when `act` does not throw, or throws something else */
export async function requireRefusal(act: () => unknown, message: RegExp): Promise<void> {
  let refusal: unknown;
  try {
    await act();
  } catch (error) {
    refusal = error;
  }
  if (refusal === undefined) throw new TypeError(`nothing was refused; expected ${message}`);
  if (!message.test(String(refusal))) throw new TypeError(`refused with "${refusal}", expected ${message}`);
}
