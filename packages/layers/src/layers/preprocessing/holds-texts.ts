/** What text is, and whether data holds some. Apart from what reads texts, since all that takes data asks it. */

/** A text, or lists of them of any depth, as many in each. */
export type Texts = string | readonly Texts[];

/** Whether nested lists hold texts, judged by the first. */
export const holdsTexts = (value: unknown): value is Texts =>
  typeof value === 'string' || (Array.isArray(value) && holdsTexts(value[0]));
