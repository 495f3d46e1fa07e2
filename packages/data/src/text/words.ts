/** How a text becomes a list of words or characters. */

/** Punctuation, tabs and newlines: all that is in ASCII but the apostrophe. */
export const DEFAULT_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n';

export interface WordOptions {
  /** Characters that separate words beside `split` (default punctuation, tab and newline, without the apostrophe). */
  readonly filters?: string;
  /** Makes all letters small (default true). */
  readonly lower?: boolean;
  /** What separates words (default a blank). */
  readonly split?: string;
}

/**
 * The words of a text.
 *
 * @example
 * textToWords("The sea's deep, very deep."); // ['the', "sea's", 'deep', 'very', 'deep']
 */
export function textToWords(text: string, options: WordOptions = {}): string[] {
  const { filters = DEFAULT_FILTERS, lower = true, split = ' ' } = options;
  const filtered = new Set(filters);
  let plain = '';
  for (const character of lower ? text.toLowerCase() : text) {
    plain += filtered.has(character) ? split : character;
  }
  return plain.split(split).filter((word) => word !== '');
}
