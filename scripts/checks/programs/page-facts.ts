/**
 * Facts that hold in a page: programs look at theirs, and whoever opened the page reads what became of them.
 */

export interface PageFact {
  readonly name: string;
  /** Why it does not hold. */
  readonly failure?: string;
}

/** What the page is asked for from outside. */
declare global {
  var pageFacts: readonly PageFact[] | undefined;
}

/** Looks at one fact after another. */
export async function lookAt(facts: Readonly<Record<string, () => Promise<void>>>): Promise<void> {
  const found: PageFact[] = [];
  for (const [name, body] of Object.entries(facts)) {
    try {
      await body();
      found.push({ name });
    } catch (error) {
      found.push({ name, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    }
  }
  globalThis.pageFacts = found;
}

/** @throws {Error} when the values differ as JSON */
export function expectEqual(found: unknown, expected: unknown): void {
  const [a, b] = [found, expected].map((value) => JSON.stringify(value));
  if (a !== b) throw new Error(`found ${a}, expected ${b}`);
}

/** @throws {Error} when the work does not fail, or says something else */
export async function expectError(work: () => unknown, message: RegExp): Promise<void> {
  let said: string;
  try {
    await work();
    said = 'no error';
  } catch (error) {
    said = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  }
  if (!message.test(said)) throw new Error(`found ${JSON.stringify(said)}, expected ${message}`);
}
