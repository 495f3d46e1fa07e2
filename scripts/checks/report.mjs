/**
 * What a check says: one result for each fact it looked at, and the summary at the end of `npm test`.
 */

/**
 * @typedef {object} Result
 * @property {string} name     the fact, as a sentence
 * @property {'passed' | 'failed' | 'skipped'} status
 * @property {string} [detail] why it failed or was skipped, or a figure worth printing
 */

/** Thrown by the body of a fact that cannot be looked at here; its message is the reason. */
export class Skip extends Error {}

/**
 * Looks at one fact.
 *
 * @param {string} name the fact, as a sentence
 * @param {() => Promise<string | void>} body throws when the fact does not hold; may return a figure worth printing
 * @returns {Promise<Result>}
 */
export async function fact(name, body) {
  try {
    const detail = await body();
    return { name, status: 'passed', detail: detail ?? undefined };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { name, status: error instanceof Skip ? 'skipped' : 'failed', detail };
  }
}

/**
 * @param {Result} result
 * @returns {string} the line or lines that report it
 */
export function format({ name, status, detail }) {
  const mark = { passed: '✓', failed: '✗', skipped: '–' }[status];
  const more = detail ? detail.split('\n') : [];
  if (more.length === 1) return ` ${mark} ${name}: ${more[0]}`;
  return [` ${mark} ${name}`, ...more.map((line) => `     ${line}`)].join('\n');
}

/**
 * @param {readonly Result[]} results
 * @param {{ passed: number, failed: number, skipped: readonly string[] }} unitTests
 * @returns {string} the failures again, what was skipped and why, and the totals as the last line
 */
export function summary(results, unitTests) {
  /** @param {Result['status']} status */
  const having = (status) => results.filter((result) => result.status === status);
  const skipped = having('skipped');
  const lines = ['', ...having('failed').map(format)];
  lines.push(`skipped: ${skipped.length + unitTests.skipped.length}`);
  for (const { name, detail } of skipped) lines.push(`  ${name}: ${detail ?? 'no reason given'}`);
  for (const name of unitTests.skipped) lines.push(`  ${name}`);
  lines.push(
    `${having('passed').length + unitTests.passed} passed, ${having('failed').length + unitTests.failed} failed`,
  );
  return lines.join('\n');
}

/**
 * @param {readonly { name: string, assertionResults: readonly { fullName: string, status: string }[] }[]} files
 *   what vitest reports of every test file
 * @returns {string[]} the tests that did not run, as their file and groups name them; a group says there why it is skipped
 */
export const skippedTests = (files) =>
  files.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(
        ({ fullName }) => `${name.replace(/^.*\/(packages|examples|scripts|bench)\//, '$1/')}: ${fullName}`,
      ),
  );
