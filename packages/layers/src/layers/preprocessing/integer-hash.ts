/**
 * Hashes of whole numbers as Keras takes them, those of their decimal digits as text, on a device. The digits of an int32
 * are at most ten, and a sign may come before them.
 */
import { bitwiseOr, floorDiv, leftShift, logicalAnd, mod, type Tensor, tensor, where } from '@hadal/core';
import { hashRounds, type SipState } from './hash-rounds';
import type { SaltPair } from './salt';
import { type DeviceWord, deviceWords, remainder, whereWord } from './words64';

const MOST_DIGITS = 10;
const ZERO = 0x30;
const MINUS = 0x2d;

/** The decimal text of numbers. */
interface Digits {
  /** How many characters there are, int32. */
  readonly length: Tensor;
  /** Characters counted from the end, int32; 0 where there are none. */
  readonly fromEnd: readonly Tensor[];
}

const int32 = (value: number): Tensor => tensor(value, { dtype: 'int32' });

function digitsOf(values: Tensor): Digits {
  const isNegative = values.less(0);
  // Below 0, where all of int32 have a counterpart.
  let rest = where(isNegative, values, values.neg());
  let count = int32(1);
  const digits: { readonly digit: Tensor; readonly isThere: Tensor }[] = [];
  for (let place = 0; place < MOST_DIGITS; place++) {
    const isThere = rest.notEqual(0);
    if (place > 0) count = count.add(isThere.cast('int32'));
    const digit = mod(mod(rest, 10).neg().add(10), 10);
    digits.push({ digit, isThere });
    rest = floorDiv(rest.add(digit), 10);
  }
  const fromEnd = Array.from({ length: MOST_DIGITS + 1 }, (_, place) => {
    const found = digits[place];
    const sign = where(logicalAnd(isNegative, count.equal(place)), int32(MINUS), int32(0));
    if (found === undefined) return sign;
    const character = found.digit.add(ZERO);
    return place === 0 ? character : where(found.isThere, character, sign);
  });
  return { length: count.add(isNegative.cast('int32')), fromEnd };
}

/** Up to four characters as bits, the first lowest. */
const joined = (characters: readonly Tensor[]): Tensor =>
  characters.map((character, place) => leftShift(character, 8 * place)).reduce(bitwiseOr, int32(0));

/** Up to eight characters as a word, the first lowest. */
const wordOf = (characters: readonly Tensor[]): DeviceWord => ({
  low: joined(characters.slice(0, 4)),
  high: joined(characters.slice(4)),
});

const small = (low: Tensor): DeviceWord => ({ low, high: int32(0) });

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index);

/** Characters as they are read: that at a place, where texts have one of some lengths. */
const reading =
  ({ length, fromEnd }: Digits, lengths: readonly number[]) =>
  (place: number): Tensor =>
    lengths.reduce((chosen, each) => {
      const character = fromEnd[each - 1 - place];
      return character === undefined ? chosen : where(length.equal(each), character, chosen);
    }, int32(0));

const SHORT = [1, 2, 3];
const MIDDLE = [4, 5, 6, 7];
const LONG = [8, 9, 10, 11];

const rounds = hashRounds(deviceWords);

/** FarmHash's fingerprint. */
function farmHash(digits: Digits): DeviceWord {
  const { length, fromEnd } = digits;
  const count = small(length);
  const last = (characters: number): readonly Tensor[] => fromEnd.slice(0, characters).reverse();
  const first = (characters: number, lengths: readonly number[]): readonly Tensor[] =>
    range(0, characters).map(reading(digits, lengths));
  const long = rounds.from8To16(wordOf(first(8, LONG)), wordOf(last(8)), count);
  const middle = rounds.from4To7(wordOf(first(4, MIDDLE)), wordOf(last(4)), count);
  const central = where(length.equal(3), fromEnd[1]!, fromEnd[0]!);
  const [start, end] = [first(1, SHORT), last(1)];
  const short = rounds.from1To3(wordOf(start), small(central), wordOf(end), count);
  return whereWord(length.greaterEqual(8), long, whereWord(length.greaterEqual(4), middle, short));
}

/** SipHash under a key. */
function sipHash(digits: Digits, salt: SaltPair): DeviceWord {
  const [k0, k1] = salt.map((each) => deviceWords.constant(BigInt(each))) as [DeviceWord, DeviceWord];
  const { length } = digits;
  const isLong = length.greaterEqual(8);
  const begun = rounds.sipStart(k0, k1);
  const read = reading(digits, LONG);
  const absorbed = rounds.sipAbsorb(begun, wordOf(range(0, 8).map(read)));
  const state = begun.map((word, index) =>
    whereWord(isLong, absorbed[index]!, word),
  ) as readonly DeviceWord[];
  const brief = reading(digits, [...SHORT, ...MIDDLE]);
  const rest = range(0, 7).map((place) => where(isLong, read(place + 8), brief(place)));
  return rounds.sipEnd(rounds.sipAbsorb(state as SipState<DeviceWord>, wordOf([...rest, length])));
}

/**
 * The buckets of whole numbers, int32 of any shape, from 0 to buckets - 1: the same as those of their texts.
 *
 * @param salt a key of SipHash; without it they are by FarmHash
 */
export function integerBuckets(values: Tensor, buckets: number, salt: SaltPair | undefined): Tensor {
  const digits = digitsOf(values);
  return remainder(salt === undefined ? farmHash(digits) : sipHash(digits, salt), buckets);
}
