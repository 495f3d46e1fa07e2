/** Error rates and BLEU of texts: words or characters as tokens. */
import { ArgumentError, type Tensor, tensor } from '@hadal/core';
import type { Metric } from '../metric';
import { Bleu, type BleuOptions } from './bleu';
import { EditDistance } from './edit-distance';

/** How many texts are compared at once: tables of all their tokens have to fit into memory. */
const TEXTS_AT_ONCE = 32;

const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** Numbers for whatever tokens there are; 0 is left to padding. */
class Vocabulary {
  readonly #ids = new Map<string, number>();

  /** Rows of one length, padded with 0. */
  rows(texts: readonly (readonly string[])[]): { readonly ids: Int32Array; readonly length: number } {
    const length = Math.max(1, ...texts.map((tokens) => tokens.length));
    const ids = new Int32Array(texts.length * length);
    for (const [row, tokens] of texts.entries()) {
      for (const [position, token] of tokens.entries()) ids[row * length + position] = this.#idOf(token);
    }
    return { ids, length };
  }

  #idOf(token: string): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#ids.set(token, id);
    return id;
  }
}

type Split = (text: string) => readonly string[];

/** Feeds texts to a metric, some at a time. Every text has as many references as the one with most, empty ones last. */
async function measure(
  where: string,
  metric: Metric,
  references: readonly (readonly string[])[],
  texts: readonly string[],
  split: Split,
): Promise<number> {
  if (references.length !== texts.length) {
    throw new ArgumentError(
      where,
      `there are ${references.length} references and ${texts.length} texts; give one for each.`,
    );
  }
  const vocabulary = new Vocabulary();
  for (let start = 0; start < texts.length; start += TEXTS_AT_ONCE) {
    const given = texts.slice(start, start + TEXTS_AT_ONCE);
    const wanted = references.slice(start, start + TEXTS_AT_ONCE);
    const most = Math.max(1, ...wanted.map((each) => each.length));
    const filled = wanted.flatMap((each) => Array.from({ length: most }, (_, index) => each[index] ?? ''));
    const yTrue = vocabulary.rows(filled.map(split));
    const yPred = vocabulary.rows(given.map(split));
    const outputs = tensor(yPred.ids, { shape: [given.length, yPred.length] });
    metric.updateState(referenceTensor(yTrue, given.length, most), outputs);
  }
  return metric.value();
}

const referenceTensor = (
  { ids, length }: { readonly ids: Int32Array; readonly length: number },
  texts: number,
  references: number,
): Tensor => tensor(ids, { shape: references === 1 ? [texts, length] : [texts, references, length] });

const single = (references: readonly string[]): string[][] => references.map((reference) => [reference]);

/**
 * The word error rate: insertions, deletions and substitutions of words between texts and references, by the number of
 * words of the references. Words are what stands between white space.
 *
 * @throws {ArgumentError} when there are not as many references as texts
 * @example
 * await wordErrorRate(['the cat sat down'], ['the cat down']); // 0.25
 */
export const wordErrorRate = (references: readonly string[], texts: readonly string[]): Promise<number> =>
  measure('wordErrorRate', new EditDistance(), single(references), texts, wordsOf);

/**
 * The character error rate: insertions, deletions and substitutions of characters between texts and references, by the
 * number of characters of the references.
 *
 * @throws {ArgumentError} when there are not as many references as texts
 * @example
 * await characterErrorRate(['kitten'], ['sitting']); // 0.5
 */
export const characterErrorRate = (
  references: readonly string[],
  texts: readonly string[],
): Promise<number> =>
  measure('characterErrorRate', new EditDistance(), single(references), texts, (text) => [...text]);

/**
 * {@link Bleu} of texts. Words are what stands between white space: separate punctuation before, where it should count.
 *
 * @param references a reference for each text, or several
 * @returns a number from 0 to 1
 * @throws {ArgumentError} when there are not as many references as texts
 * @example
 * await bleuScore(['the cat sat on the mat'], ['the cat sat on a mat']); // 0.5373
 */
export const bleuScore = (
  references: readonly (string | readonly string[])[],
  texts: readonly string[],
  options: Pick<BleuOptions, 'maxOrder' | 'smooth'> = {},
): Promise<number> =>
  measure(
    'bleuScore',
    new Bleu(options),
    references.map((each) => (typeof each === 'string' ? [each] : each)),
    texts,
    wordsOf,
  );
