/**
 * Reads programs out of Markdown: its TypeScript blocks, and the packages its install command names.
 */

/**
 * @param {string} text Markdown
 * @returns {string[]} the contents of its fenced blocks marked `ts`, in order
 */
export function typescriptBlocks(text) {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code);
}

/** A cell with nothing but code: its spans are statements, one after the other. */
const CODE = /`([^`]+)`/g;

/**
 * The code of tables that have a column named `Hadal`: what is to be run of every row.
 *
 * @param {string} text Markdown
 * @returns {string[]} the statements of each row
 * @throws {Error} when a row has no code in that column
 */
export function tableRows(text) {
  const rows = [];
  /** The column of the table that the line is in; undefined between tables. */
  let column;
  for (const line of text.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim())
      : [];
    if (cells.length === 0) column = undefined;
    else if (column === undefined) column = cells.indexOf('Hadal');
    else if (column >= 0 && !/^[-: ]*$/.test(cells.join(''))) {
      const code = [...(cells[column] ?? '').matchAll(CODE)].map(([, statement = '']) => statement);
      if (code.length === 0) throw new Error(`This row has nothing to run: ${line}`);
      rows.push(code.join('; '));
    }
  }
  return rows;
}

/**
 * @param {string} text Markdown
 * @returns {string[]} the packages that its first `npm install` (or `npm i`) command names
 */
export function installedPackages(text) {
  const [, list = ''] = /^npm (?:install|i) (.+)$/m.exec(text) ?? [];
  return list.split(/\s+/).filter((word) => word && !word.startsWith('-'));
}
