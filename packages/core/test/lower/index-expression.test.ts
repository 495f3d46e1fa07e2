/** Symbolic indices against plain integer arithmetic on random expressions. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Loading, onDemand } from '../../src/loading';
import {
  addIndex,
  axisIndex,
  constantIndex,
  divideIndex,
  type Index,
  plainAxis,
  remainderIndex,
  scaleIndex,
  shiftIndex,
} from '../../src/lower/index-expression';
import { flatIndex, reshapeIndex } from '../../src/lower/movement';

const evaluateIndex = (index: Index, axes: readonly number[]): number =>
  index.terms.reduce((sum, { atom, coefficient }) => {
    if (atom.kind === 'axis') return sum + coefficient * (axes[atom.axis] ?? 0);
    const inner = evaluateIndex(atom.of, axes);
    const quotient = Math.floor(inner / atom.by);
    return sum + coefficient * (atom.kind === 'quotient' ? quotient : inner - quotient * atom.by);
  }, index.offset);

const EXTENTS = [3, 4, 5];

type Step = {
  readonly op: 'add' | 'scale' | 'shift' | 'divide' | 'remainder';
  readonly by: number;
  readonly axis: number;
};
const steps = fc.array(
  fc.record({
    op: fc.constantFrom<Step['op']>('add', 'scale', 'shift', 'divide', 'remainder'),
    by: fc.integer({ min: 1, max: 12 }),
    axis: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 8 },
);

/** Quotients and remainders are loaded on demand. */
beforeAll(async () => {
  try {
    onDemand();
  } catch (missing) {
    if (missing instanceof Loading) await missing.ready;
  }
});

describe('an index expression', () => {
  it('has the value of the arithmetic it stands for, within its range', () => {
    fc.assert(
      fc.property(steps, fc.tuple(fc.nat(2), fc.nat(3), fc.nat(4)), (program, axes) => {
        let symbolic = constantIndex(0);
        let plain = 0;
        for (const { op, by, axis } of program) {
          if (op === 'add') {
            symbolic = addIndex(symbolic, scaleIndex(axisIndex(axis, EXTENTS[axis] ?? 1), by));
            plain += by * (axes[axis] ?? 0);
          } else if (op === 'scale') {
            symbolic = scaleIndex(symbolic, by - 6);
            plain *= by - 6;
          } else if (op === 'shift') {
            symbolic = shiftIndex(symbolic, by - 6);
            plain += by - 6;
          } else if (op === 'divide') {
            symbolic = divideIndex(symbolic, by);
            plain = Math.floor(plain / by);
          } else {
            symbolic = remainderIndex(symbolic, by);
            plain -= Math.floor(plain / by) * by;
          }
        }
        expect(evaluateIndex(symbolic, axes) + 0).toBe(plain + 0);
        expect(symbolic.least).toBeLessThanOrEqual(plain);
        expect(symbolic.most).toBeGreaterThanOrEqual(plain);
      }),
      { numRuns: 3000 },
    );
  });

  it('drops a division whose remainder is known', () => {
    const index = addIndex(scaleIndex(axisIndex(0, 3), 4), axisIndex(1, 4));
    expect(plainAxis(divideIndex(index, 4))).toBe(0);
    expect(plainAxis(remainderIndex(index, 4))).toBe(1);
  });
});

describe('reshaping an index', () => {
  const shapes = fc.constantFrom<[number[], number[]]>(
    [[24], [2, 3, 4]],
    [[2, 3, 4], [24]],
    [
      [2, 12],
      [6, 4],
    ],
    [
      [6, 4],
      [2, 3, 2, 2],
    ],
    [
      [1, 24, 1],
      [4, 6],
    ],
    [
      [3, 8],
      [3, 2, 4],
    ],
  );

  it('gives the element at the same row-major position', () => {
    fc.assert(
      fc.property(shapes, fc.nat(23), ([from, to], position) => {
        const axes: number[] = [];
        let rest = position;
        for (const extent of [...from].reverse()) {
          axes.unshift(rest % extent);
          rest = Math.floor(rest / extent);
        }
        const indices = from.map((extent, axis) => axisIndex(axis, extent));
        const target = reshapeIndex(indices, from, to).map((index) => evaluateIndex(index, axes));
        expect(target.reduce((flat, index, axis) => flat * (to[axis] ?? 1) + index, 0)).toBe(position);
      }),
    );
  });

  it('is undone by reshaping back, without divisions', () => {
    fc.assert(
      fc.property(
        shapes.filter(([from]) => !from.includes(1)),
        ([from, to]) => {
          const indices = from.map((extent, axis) => axisIndex(axis, extent));
          const back = flatIndex(reshapeIndex(indices, from, to), to);
          expect(back.key).toBe(flatIndex(indices, from).key);
        },
      ),
    );
  });
});
