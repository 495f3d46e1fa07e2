/**
 * Symbolic indices: integer expressions over the axes of a kernel, kept in one normal form so that equal indices look
 * equal and most divisions disappear.
 *
 * An index is `offset + Σ coefficient · atom`, the atoms being axes, quotients and remainders. Division rounds down.
 * Every atom knows its range, which is what lets `(4·i + j) div 4` become `i` when `0 ≤ j < 4`. Splitting an index over
 * the axes of a reshape and joining it again gives the index back: see `recombine`.
 */

export type Atom =
  | {
      readonly kind: 'axis';
      readonly axis: number;
      readonly key: string;
      readonly least: number;
      readonly most: number;
    }
  | {
      readonly kind: 'quotient' | 'remainder';
      readonly of: Index;
      readonly by: number;
      readonly key: string;
      readonly least: number;
      readonly most: number;
    };

export interface Term {
  readonly atom: Atom;
  readonly coefficient: number;
}

export interface Index {
  readonly offset: number;
  /** Sorted by the atoms' keys, coefficients not 0. */
  readonly terms: readonly Term[];
  readonly least: number;
  readonly most: number;
  /** Equal for equal indices. */
  readonly key: string;
}

function makeIndex(offset: number, terms: readonly Term[]): Index {
  let least = offset;
  let most = offset;
  let key = String(offset);
  for (const { atom, coefficient } of terms) {
    least += coefficient * (coefficient > 0 ? atom.least : atom.most);
    most += coefficient * (coefficient > 0 ? atom.most : atom.least);
    key += `+${coefficient}*${atom.key}`;
  }
  return { offset, terms, least, most, key };
}

export const constantIndex = (value: number): Index => makeIndex(value, []);

export const zeroIndex = constantIndex(0);

/** The index along an axis of the given extent. An axis of extent 0 is never run, so its range does not matter. */
export const axisIndex = (axis: number, extent: number): Index =>
  makeIndex(0, [
    {
      atom: { kind: 'axis', axis, key: `a${axis}`, least: 0, most: Math.max(0, extent - 1) },
      coefficient: 1,
    },
  ]);

export const isConstantIndex = (index: Index): boolean => index.terms.length === 0;

/** The axis whose plain index this is, if it is one. */
export const plainAxis = (index: Index): number | undefined => {
  const [term] = index.terms;
  const plain = index.terms.length === 1 && index.offset === 0 && term?.coefficient === 1;
  return plain && term.atom.kind === 'axis' ? term.atom.axis : undefined;
};

export function addIndex(a: Index, b: Index): Index {
  if (isConstantIndex(b)) return b.offset === 0 ? a : makeIndex(a.offset + b.offset, a.terms);
  if (isConstantIndex(a)) return a.offset === 0 ? b : makeIndex(a.offset + b.offset, b.terms);
  const byKey = new Map<string, Term>();
  for (const term of [...a.terms, ...b.terms]) {
    const known = byKey.get(term.atom.key);
    byKey.set(term.atom.key, {
      atom: term.atom,
      coefficient: term.coefficient + (known?.coefficient ?? 0),
    });
  }
  return makeIndex(
    a.offset + b.offset,
    recombine([...byKey.values()].filter((term) => term.coefficient !== 0)),
  );
}

export const scaleIndex = (a: Index, factor: number): Index => {
  if (factor === 1) return a;
  if (factor === 0) return zeroIndex;
  return makeIndex(
    a.offset * factor,
    a.terms.map(({ atom, coefficient }) => ({ atom, coefficient: coefficient * factor })),
  );
};

export const shiftIndex = (a: Index, by: number): Index => addIndex(a, constantIndex(by));

/** a div by, rounding down; by ≥ 1. */
export function divideIndex(a: Index, by: number): Index {
  if (by === 1) return a;
  const whole = Math.floor(a.least / by);
  if (whole === Math.floor(a.most / by)) return constantIndex(whole);
  // Multiples of the divisor come out of the division exactly, whatever the rest is.
  const { multiple, rest } = splitMultiples(a, by);
  if (multiple.terms.length > 0 || multiple.offset !== 0) return addIndex(multiple, divideIndex(rest, by));
  const [term] = a.terms;
  if (a.terms.length === 1 && a.offset === 0 && term?.coefficient === 1 && term.atom.kind === 'quotient') {
    return divideIndex(term.atom.of, term.atom.by * by);
  }
  const shared = commonFactor(a, by);
  if (shared > 1) return divideIndex(shrink(a, shared), by / shared);
  return atomIndex('quotient', a, by, Math.floor(a.least / by), Math.floor(a.most / by));
}

/** a mod by, with the sign of `by`; by ≥ 1. */
export function remainderIndex(a: Index, by: number): Index {
  if (by === 1) return zeroIndex;
  const whole = Math.floor(a.least / by);
  if (whole === Math.floor(a.most / by)) return shiftIndex(a, -whole * by);
  const { multiple, rest } = splitMultiples(a, by);
  if (multiple.terms.length > 0 || multiple.offset !== 0) return remainderIndex(rest, by);
  const shared = commonFactor(a, by);
  if (shared > 1) return scaleIndex(remainderIndex(shrink(a, shared), by / shared), shared);
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
function recombine(terms: readonly Term[]): Term[] {
  let left = [...terms];
  for (let joined = joinOne(left); joined !== undefined; joined = joinOne(left)) left = joined;
  return left.sort((a, b) => (a.atom.key < b.atom.key ? -1 : 1));
}

function joinOne(terms: readonly Term[]): Term[] | undefined {
  for (const low of terms) {
    if (low.atom.kind !== 'remainder') continue;
    const { of, by } = low.atom;
    const wanted = divideIndex(of, by);
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

function mergeTerms(terms: readonly Term[]): Term[] {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const known = byKey.get(term.atom.key);
    byKey.set(term.atom.key, { atom: term.atom, coefficient: term.coefficient + (known?.coefficient ?? 0) });
  }
  return [...byKey.values()].filter(({ coefficient }) => coefficient !== 0);
}
