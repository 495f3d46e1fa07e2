/**
 * Symbolic indices: integer expressions over the axes of a kernel, kept in one normal form so that equal indices look
 * equal and most divisions disappear.
 *
 * An index is `offset + Σ coefficient · atom`, the atoms being axes, quotients and remainders. Division rounds down.
 * Every atom knows its range, which is what lets `(4·i + j) div 4` become `i` when `0 ≤ j < 4`. Splitting an index over
 * the axes of a reshape and joining it again gives the index back. Programs without such reshapes carry no code for it:
 * see `index-division`.
 */

import { onDemand } from '../loading';

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

export function makeIndex(offset: number, terms: readonly Term[]): Index {
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
  const terms = mergeTerms([...a.terms, ...b.terms]);
  const isSplit = terms.some(({ atom }) => atom.kind === 'remainder');
  return makeIndex(a.offset + b.offset, sortTerms(isSplit ? onDemand().recombine(terms) : terms));
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

/**
 * a div by, rounding down; by ≥ 1.
 *
 * @throws {Loading} the first time
 */
export function divideIndex(a: Index, by: number): Index {
  return onDemand().quotientOf(a, by);
}

/**
 * a mod by, with the sign of `by`; by ≥ 1.
 *
 * @throws {Loading} the first time
 */
export function remainderIndex(a: Index, by: number): Index {
  return onDemand().remainderOf(a, by);
}

/** Terms in the order of their atoms' keys. */
export const sortTerms = (terms: readonly Term[]): Term[] =>
  [...terms].sort((a, b) => (a.atom.key < b.atom.key ? -1 : 1));

/** Each atom once, with the sum of its coefficients. */
export function mergeTerms(terms: readonly Term[]): Term[] {
  const byKey = new Map<string, Term>();
  for (const term of terms) {
    const known = byKey.get(term.atom.key);
    byKey.set(term.atom.key, { atom: term.atom, coefficient: term.coefficient + (known?.coefficient ?? 0) });
  }
  return [...byKey.values()].filter(({ coefficient }) => coefficient !== 0);
}
