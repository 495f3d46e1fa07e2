/** A pair of languages made by rule: numbers in English words and in German ones, whose units come before the tens. */

const ENGLISH_SMALL =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const ENGLISH_TENS = ' - twenty thirty forty fifty sixty seventy eighty ninety'.split(' ').slice(1);
const GERMAN_SMALL =
  'null ein zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn'.split(
    ' ',
  );
const GERMAN_TENS = ' - zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split(' ').slice(1);

const word = (words: readonly string[], at: number): string => words[at] ?? '';

/** The largest number there is a name for. */
export const LARGEST = 999_999;

/** 342 → three hundred forty two */
export function english(number: number): string[] {
  if (number >= 1000)
    return [...english(Math.floor(number / 1000)), 'thousand', ...rest(number % 1000, english)];
  if (number >= 100)
    return [word(ENGLISH_SMALL, Math.floor(number / 100)), 'hundred', ...rest(number % 100, english)];
  if (number < 20) return [word(ENGLISH_SMALL, number)];
  return [word(ENGLISH_TENS, Math.floor(number / 10) - 1), ...rest(number % 10, english)];
}

/** 342 → drei hundert zwei und vierzig: the parts of the one word that it is. At the end of a number, one is eins. */
export function german(number: number): string[] {
  const parts = germanParts(number);
  return parts.at(-1) === 'ein' ? [...parts.slice(0, -1), 'eins'] : parts;
}

function germanParts(number: number): string[] {
  if (number >= 1000)
    return [...germanParts(Math.floor(number / 1000)), 'tausend', ...rest(number % 1000, germanParts)];
  if (number >= 100)
    return [word(GERMAN_SMALL, Math.floor(number / 100)), 'hundert', ...rest(number % 100, germanParts)];
  if (number < 20) return [word(GERMAN_SMALL, number)];
  const [tens, units] = [word(GERMAN_TENS, Math.floor(number / 10) - 1), number % 10];
  return units === 0 ? [tens] : [word(GERMAN_SMALL, units), 'und', tens];
}

const rest = (number: number, say: (number: number) => string[]): string[] =>
  number === 0 ? [] : say(number);

/** Each English word by its German one, in the order in which they stand: what a dictionary alone can do. */
export function byDictionary(words: readonly string[]): string[] {
  const dictionary = new Map([
    ...ENGLISH_SMALL.map((each, at) => [each, word(GERMAN_SMALL, at)] as const),
    ...ENGLISH_TENS.map((each, at) => [each, word(GERMAN_TENS, at)] as const),
    ['hundred', 'hundert'] as const,
    ['thousand', 'tausend'] as const,
  ]);
  const parts = words.flatMap((each) => dictionary.get(each) ?? []);
  return parts.at(-1) === 'ein' ? [...parts.slice(0, -1), 'eins'] : parts;
}
