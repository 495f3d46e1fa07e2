/**
 * The table of operations: for each, how many cases of every kind ran and how many passed, read off vitest's report.
 */
import { basename, dirname } from 'node:path';

/** Which test file makes which kind of case. */
const columns = new Map([
  ['testkit/goldens', 'golden'],
  ['testkit/conformance', 'conform'],
  ['backend-cpu/conformance', 'cpu'],
  ['backend-native/conformance', 'native'],
  ['backend-webgpu/levels-conformance', 'webgpu'],
  ['testkit/gradients', 'gradient'],
  ['testkit/vmap', 'vmap'],
  ['testkit/jvp', 'jvp'],
  ['testkit/errors', 'errors'],
]);

/**
 * @typedef {{ title: string, status: string }} Assertion
 * @typedef {{ name: string, assertionResults: readonly Assertion[] }} TestFile
 * @typedef {{ cases: Map<string, number>, total: number, passed: number, skipped: string[] }} Row
 */

/** @param {string} file path of a test file @returns {string | undefined} */
function columnOf(file) {
  const packageName = basename(dirname(dirname(file)));
  return columns.get(`${packageName}/${basename(file).replace(/\.test\.ts$/, '')}`);
}

/** @param {string} title @returns {string} the operation that a case is about: its first word */
const operationOf = (title) => title.split(/[ :,]/, 1)[0] ?? title;

/**
 * @param {readonly TestFile[]} files what vitest reports of every test file
 * @returns {Map<string, Row>} by operation; whatever has an error case is one
 */
export function operationRows(files) {
  /** @type {Map<string, Row>} */
  const rows = new Map();
  for (const { name, assertionResults } of files) {
    if (columnOf(name) !== 'errors') continue;
    for (const { title } of assertionResults) {
      rows.set(operationOf(title), { cases: new Map(), total: 0, passed: 0, skipped: [] });
    }
  }
  for (const { name, assertionResults } of files) {
    const column = columnOf(name);
    if (column === undefined) continue;
    for (const { title, status } of assertionResults) {
      const row = rows.get(operationOf(title));
      if (row === undefined) continue;
      row.cases.set(column, (row.cases.get(column) ?? 0) + 1);
      row.total++;
      if (status === 'passed') row.passed++;
      else if (status !== 'failed') row.skipped.push(title);
    }
  }
  return rows;
}

/**
 * @param {readonly TestFile[]} files
 * @returns {string} the table as text, one operation a line, with totals
 */
export function operationTable(files) {
  const rows = operationRows(files);
  const kinds = [...columns.values()];
  const widest = Math.max(9, ...[...rows.keys()].map(({ length }) => length));
  const line = (/** @type {string} */ name, /** @type {readonly (string | number)[]} */ cells) =>
    `  ${name.padEnd(widest)}${cells.map((cell) => String(cell).padStart(9)).join('')}`;
  const lines = [line('operation', [...kinds, 'cases', 'passed'])];
  const sorted = [...rows].sort(([a], [b]) => a.localeCompare(b));
  for (const [name, { cases, total, passed }] of sorted) {
    lines.push(line(name, [...kinds.map((kind) => cases.get(kind) ?? 0), total, passed]));
  }
  const sum = (/** @type {(row: Row) => number} */ f) => sorted.reduce((all, [, row]) => all + f(row), 0);
  const totals = kinds.map((kind) => sum(({ cases }) => cases.get(kind) ?? 0));
  lines.push(
    line(`${rows.size} in all`, [...totals, sum(({ total }) => total), sum(({ passed }) => passed)]),
  );
  const skipped = sorted.flatMap(([, row]) => row.skipped);
  if (skipped.length > 0)
    lines.push(`  not run: ${skipped.length}`, ...skipped.map((title) => `    ${title}`));
  return lines.join('\n');
}
