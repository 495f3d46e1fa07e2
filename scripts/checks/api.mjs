/**
 * The API reference builds: `npm run docs:api` makes it of what the packages export, with no broken links, no comment that
 * it cannot read, and no more members without a word than are counted here.
 */
import { tail } from '../lib/process.mjs';
import { tool } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

/** Members that nothing is said of. It may only fall. */
const mostUndocumented = 275;

/** @param {string} line */
const isUndocumented = (line) => line.includes('does not have any documentation');

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function apiReference() {
  return [
    await fact(
      `the API reference builds without a warning but those of at most ${mostUndocumented} undocumented members`,
      async () => {
        const { code, output } = await tool('typedoc/bin/typedoc', ['--emit', 'none'], { quiet: true });
        const found = /Found (?<errors>\d+) errors? and (?<warnings>\d+) warnings?/.exec(output)?.groups;
        const lines = output.split('\n');
        const undocumented = lines.filter(isUndocumented).length;
        const others = Number(found?.warnings ?? 0) - undocumented;
        if (code !== 0 || others > 0)
          throw new Error(tail(lines.filter((line) => !isUndocumented(line)).join('\n'), 40));
        if (undocumented > mostUndocumented)
          throw new Error(`${undocumented} undocumented:\n${tail(output, 40)}`);
        return `${undocumented} undocumented`;
      },
    ),
  ];
}
