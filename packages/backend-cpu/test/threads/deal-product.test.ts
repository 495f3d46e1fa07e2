/** Products of one call that share a phase never work in each other's workspace, whatever room each of them needs. */
import { axis, type Product } from '@hadal/core/products';
import { describe, expect, it, vi } from 'vitest';
import { planProduct, workspaceBytes } from '../../src/library/gemm/run';
import { withOnes } from '../../src/library/operand-sums';
import { ProductDealer } from '../../src/threads/deal-product';
import { type Body, Tape } from '../../src/threads/tape';
import { FINEST } from '../support/threaded';

const WORKSPACE = 4096;
const TAPE_WORDS = 2 ** 16;

/** [rows, inner] · [inner, columns], with the sums over the rows of the right operand. */
const withSums = (rows: number, inner: number, columns: number): Product => ({
  exchanged: false,
  left: 0,
  right: 0,
  output: 0,
  row: 0,
  loop: [],
  rows: [axis(rows, { left: 1, output: columns, row: 1 })],
  inner: [axis(inner, { left: rows, right: columns })],
  columns: [axis(columns, { right: 1, output: 1 })],
  sums: true,
});

const nothing = (): void => undefined;

/** The phases in which a call of these products is dealt out, each a list of bodies. */
function phasesOf(products: readonly Product[], threads: number): (readonly Body[])[] {
  const tape = new Tape(new Int32Array(TAPE_WORDS), 0, 4 * TAPE_WORDS);
  const parallel = vi.spyOn(tape, 'parallel');
  const context = {
    tape,
    prepared: {
      helpers: {
        enumerate: nothing,
        collect: nothing,
        stretches: nothing,
        packLeft: nothing,
        packRight: nothing,
      },
      kernels: { block: nothing, wide: nothing, narrow: nothing, dots: nothing },
      epilogue: {
        sideInputs: [],
        scalars: [],
        body: [],
        outputs: [{ register: 0, storage: 'f32' as const }],
      },
      bytesPerStorage: () => 4,
      plan: () => [],
      addresses: () => at,
    },
    at,
    scalars: [],
    targetOf: () => 0,
    makeRoom: nothing,
  };
  new ProductDealer(context, threads, FINEST).deal(products.map(planProduct));
  return parallel.mock.calls.map(([bodies]) => bodies);
}

const at = { operands: [0, 0], sideInputs: [], outputs: [0], sums: 0, workspace: WORKSPACE } as const;

describe('the tasks of a phase', () => {
  it.each([
    [2704, 64, 10],
    [64, 2704, 10],
    [9, 5000, 16],
    [5000, 9, 16],
    [300, 300, 300],
  ])(
    'of a product of %d rows, %d inner indices and %d columns have one workspace a thread',
    (rows, inner, columns) => {
      const products = withOnes([withSums(rows, inner, columns)]);
      for (const threads of [2, 3]) {
        const phases = phasesOf(products, threads);
        expect(phases.length).toBeGreaterThan(0);
        for (const bodies of phases) {
          expect(new Set(bodies.map(({ workspace, stride }) => `${workspace}+${stride}`)).size).toBe(1);
        }
        const needed = workspaceBytes(products.map(planProduct), threads);
        const apart = phases.flat().filter(({ workspace }) => workspace === WORKSPACE);
        for (const { stride } of apart) expect(threads * stride).toBeLessThanOrEqual(needed);
      }
    },
  );
});
