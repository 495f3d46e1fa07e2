/**
 * The tables of docs/operations and docs/transforms.md: which functions they document, page by page.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './workspace.mjs';

/**
 * @typedef {{ title: string, file: string, names: string[] }} Topic a page and the functions of its tables, in order
 */

/**
 * @param {string} text Markdown
 * @returns {string[]} the names in the first cells of its tables whose first column is headed `function`
 */
export function documentedNames(text) {
  /** @type {string[]} */
  const names = [];
  let isTable = false;
  for (const line of text.split('\n')) {
    const [, first = ''] = /^\| (.*?) \|/.exec(line) ?? [];
    if (!line.startsWith('|')) isTable = false;
    else if (first === 'function') isTable = true;
    else if (isTable) names.push(...[...first.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
  }
  return names;
}

/** @param {string} file below docs @returns {Topic} */
function topic(file) {
  const text = readFileSync(join(root, 'docs', file), 'utf8');
  const [, title = file] = /^# (.+)$/m.exec(text) ?? [];
  return { title, file, names: documentedNames(text) };
}

/** Pages in the order in which the index names them. @returns {Topic[]} */
export function operationTopics() {
  const folder = 'operations';
  const index = readFileSync(join(root, 'docs', folder, 'README.md'), 'utf8');
  const files = readdirSync(join(root, 'docs', folder)).filter((file) => file !== 'README.md');
  return files
    .sort((a, b) => index.indexOf(`(${a})`) - index.indexOf(`(${b})`))
    .map((file) => topic(`${folder}/${file}`))
    .filter(({ names }) => names.length > 0);
}

/** @returns {Topic} the transforms: functions of functions */
export const transformTopic = () => topic('transforms.md');
