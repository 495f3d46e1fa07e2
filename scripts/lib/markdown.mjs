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

/**
 * @param {string} text Markdown
 * @returns {string[]} the packages that its first `npm install` (or `npm i`) command names
 */
export function installedPackages(text) {
  const [, list = ''] = /^npm (?:install|i) (.+)$/m.exec(text) ?? [];
  return list.split(/\s+/).filter((word) => word && !word.startsWith('-'));
}
