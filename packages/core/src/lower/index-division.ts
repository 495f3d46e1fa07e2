/**
 * Quotients and remainders of symbolic indices, and how what they split becomes whole again. Loaded with the first kernel
 * that reads through a reshape which splits an axis.
 */
import {
  constantIndex,
  type Index,
  makeIndex,
  mergeTerms,
  scaleIndex,
  sortTerms,
  type Term,
  zeroIndex,
} from './index-expression';

/** a + b, joining what was split. */
const add = (a: Index, b: Index): Index =>
  makeIndex(a.offset + b.offset, sortTerms(recombine(mergeTerms([...a.terms, ...b.terms]))));

/** a div by, rounding down; by ≥ 1. */
export function quotientOf(a: Index, by: number): Index {
  if (by === 1) return a;
  const whole = Math.floor(a.least / by);
  if (whole === Math.floor(a.most / by)) return constantIndex(whole);
  // Multiples of the divisor come out of the division exactly, whatever the rest is.
  const { multiple, rest } = splitMultiples(a, by);
  if (multiple.terms.length > 0 || multiple.offset !== 0) return add(multiple, quotientOf(rest, by));
  const [term] = a.terms;
  if (a.terms.length === 1 && a.offset === 0 && term?.coefficient === 1 && term.atom.kind === 'quotient') {
    return quotientOf(term.atom.of, term.atom.by * by);
  }
  const shared = commonFactor(a, by);
  if (shared > 1) return quotientOf(shrink(a, shared), by / shared);
  return atomIndex('quotient', a, by, Math.floor(a.least / by), Math.floor(a.most / by));
}

/** a mod by, with the sign of `by`; by ≥ 1. */
export function remainderOf(a: Index, by: number): Index {
  if (by === 1) return zeroIndex;
  const whole = Math.floor(a.least / by);
  if (whole === Math.floor(a.most / by)) return makeIndex(a.offset - whole * by, a.terms);
  const { multiple, rest } = splitMultiples(a, by);
  if (multiple.terms.length > 0 || multiple.offset !== 0) return remainderOf(rest, by);
  const shared = commonFactor(a, by);
  if (shared > 1) return scaleIndex(remainderOf(shrink(a, shared), by / shared), shared);
  return atomIndex('remainder', a, by, 0, by - 1);
}

function atomIndex(
  kind: 'quotient' | 'remainder',
  of: Index,
  by: number,
  least: number,
  most: number,
): Index {
  const sign = kind === 'quotient' ? '/' : '%';
  return makeIndex(0, [
    { atom: { kind, of, by, key: `(${of.key})${sign}${by}`, least, most }, coefficient: 1 },
  ]);
}

/** a = by · multiple + rest. */
function splitMultiples(a: Index, by: number): { multiple: Index; rest: Index } {
  const multiples: Term[] = [];
  const others: Term[] = [];
  for (const term of a.terms) {
    const quotient = Math.floor(term.coefficient / by);
    const left = term.coefficient - quotient * by;
    if (left === 0) multiples.push({ atom: term.atom, coefficient: quotient });
    else others.push(term);
  }
  const offset = Math.floor(a.offset / by);
  return {
    multiple: makeIndex(offset, multiples),
    rest: makeIndex(a.offset - offset * by, others),
  };
}

/** A factor of `by` that divides every coefficient and the offset. */
function commonFactor(a: Index, by: number): number {
  let shared = by;
  for (const { coefficient } of a.terms) shared = greatestCommonDivisor(shared, Math.abs(coefficient));
  return greatestCommonDivisor(shared, Math.abs(a.offset));
}

const shrink = (a: Index, factor: number): Index =>
  makeIndex(
    a.offset / factor,
    a.terms.map(({ atom, coefficient }) => ({ atom, coefficient: coefficient / factor })),
  );

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

/**
 * Joins what a reshape split: c·n·(e div n) + c·(e mod n) is c·e, and likewise where e is itself a quotient.
 */
export function recombine(terms: readonly Term[]): Term[] {
  let left = [...terms];
  for (let joined = joinOne(left); joined !== undefined; joined = joinOne(left)) left = joined;
  return left;
}

function joinOne(terms: readonly Term[]): Term[] | undefined {
  for (const low of terms) {
    if (low.atom.kind !== 'remainder') continue;
    const { of, by } = low.atom;
    const wanted = quotientOf(of, by);
    const [quotient] = wanted.terms;
    // The quotient may have become one atom, or something with parts of its own; only the former is recognised,
    // and a plain atom with another coefficient when multiples came out of the division.
    if (wanted.terms.length !== 1 || wanted.offset !== 0 || quotient === undefined) continue;
    const high = terms.find(({ atom }) => atom.key === quotient.atom.key);
    if (high === undefined || high.coefficient !== low.coefficient * by * quotient.coefficient) continue;
    const rest = terms.filter((term) => term !== low && term !== high);
    const whole = scaleIndex(of, low.coefficient);
    if (whole.offset !== 0) continue;
    return mergeTerms([...rest, ...whole.terms]);
  }
  return undefined;
}
