/**
 * The API reference builds: `npm run docs:api` makes it of what the packages export, with no broken links and no comment
 * that it cannot read beyond those that are counted here.
 */
import { tail } from '../lib/process.mjs';
import { tool } from '../lib/workspace.mjs';
import { fact } from './report.mjs';

/** Comments that TypeDoc reads otherwise than they are meant. It may only fall. */
const mostWarnings = 17;

/** @returns {Promise<import('./report.mjs').Result[]>} */
export async function apiReference() {
  return [
    await fact(`the API reference builds with at most ${mostWarnings} warnings`, async () => {
      const { code, output } = await tool('typedoc/bin/typedoc', ['--emit', 'none'], { quiet: true });
      const found = /Found (?<errors>\d+) errors? and (?<warnings>\d+) warnings?/.exec(output)?.groups;
      const warnings = Number(found?.warnings ?? 0);
      if (code !== 0 || warnings > mostWarnings) throw new Error(tail(output, 40));
      return `${warnings} warnings`;
    }),
  ];
}
