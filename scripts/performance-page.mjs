/**
 * Puts the figures of benchmark runs into docs/performance.md:
 *
 *   npm run bench -- --only A,B,C,D,E --json one.json
 *   npm run bench -- --only A,B,C,D,E --json two.json --threads 2
 *   node scripts/performance-page.mjs one.json two.json
 *
 * Without files it takes `.bench/results.json`, where a run leaves its figures.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performanceTables, withTables } from './lib/performance-tables.mjs';
import { root } from './lib/workspace.mjs';

const given = process.argv.slice(2);
const files = given.length ? given : [join(root, '.bench', 'results.json')];
const page = join(root, 'docs', 'performance.md');
const runs = files.map((file) => JSON.parse(readFileSync(file, 'utf8')));
writeFileSync(page, withTables(readFileSync(page, 'utf8'), performanceTables(runs)));
console.log(`written to ${page}`);
