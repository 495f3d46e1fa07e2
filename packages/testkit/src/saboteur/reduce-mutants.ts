/**
 * Mutants of reductions: each kind takes another's place, misses an element, or forgets what it owes NaN and equals.
 */
import type { Accumulator, Register } from '@hadal/core/backend';
import type { Mutant } from './mutant';
import { type Emitter, type Place, rewriteAccumulators } from './rewrite';

type Kind = Accumulator['kind'];
const KINDS: readonly Kind[] = ['sum', 'prod', 'max', 'min', 'argmax', 'argmin'];

/** A value that changes nothing when it takes part. */
function neutral(kind: Kind, type: Register): number {
  if (kind === 'sum') return 0;
  if (kind === 'prod') return 1;
  const isLow = kind === 'max' || kind === 'argmax';
  if (type === 'i32') return isLow ? -(2 ** 31) : 2 ** 31 - 1;
  return isLow ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

/** 1 at the first index of the innermost loop. */
function atStart(emit: Emitter, { kernel, stage }: Place): number {
  const axis = emit.axis(kernel.grid.length + stage.loop.length - 1);
  return emit.compare('lt', 'i32', [axis, emit.constant('i32', 1)]);
}

const mutant = (
  name: string,
  kinds: readonly Kind[],
  change: (accumulator: Accumulator, emit: Emitter, place: Place) => Accumulator,
): Mutant => ({
  name,
  mutate: (kernel) =>
    rewriteAccumulators(kernel, (accumulator, emit, place) =>
      kinds.includes(accumulator.kind) && place.stage.loop.length > 0
        ? change(accumulator, emit, place)
        : accumulator,
    ),
});

const OTHER: Record<Kind, Kind> = {
  sum: 'max',
  prod: 'sum',
  max: 'min',
  min: 'max',
  argmax: 'argmin',
  argmin: 'argmax',
};

const swapped = KINDS.map((kind) =>
  mutant(`${kind} computes ${OTHER[kind]}`, [kind], (accumulator) => ({ ...accumulator, kind: OTHER[kind] })),
);

const shortened = KINDS.map((kind) =>
  mutant(`${kind} misses the first element`, [kind], (accumulator, emit, place) => {
    const { type } = accumulator;
    const nothing = emit.constant(type, neutral(kind, type));
    return { ...accumulator, value: emit.select(type, atStart(emit, place), nothing, accumulator.value) };
  }),
);

const withoutNaN = (['max', 'min', 'argmax', 'argmin'] as const).map((kind) =>
  mutant(`${kind} loses NaN`, [kind], (accumulator, emit) => {
    const { type, value } = accumulator;
    if (type === 'i32') return accumulator;
    const nothing = emit.constant(type, neutral(kind, type));
    return {
      ...accumulator,
      value: emit.select(type, emit.compare('ne', type, [value, value]), nothing, value),
    };
  }),
);

/** Prefers later elements by less than whole numbers differ. */
const lastOfEquals = (['argmax', 'argmin'] as const).map((kind) =>
  mutant(`${kind} takes the last of equals`, [kind], (accumulator, emit, { kernel, stage }) => {
    const { type, value } = accumulator;
    const axis = emit.axis(kernel.grid.length + stage.loop.length - 1);
    if (type === 'i32') {
      const spread = emit.apply('mul', type, [value, emit.constant(type, 4096)]);
      const late = emit.apply('mul', type, [axis, emit.constant(type, kind === 'argmax' ? 1 : -1)]);
      return { ...accumulator, value: emit.apply('add', type, [spread, late]) };
    }
    const late = emit.push({ op: 'convert', to: emit.register, type, from: 'i32', operands: [axis] });
    const tiny = emit.apply('mul', type, [late, emit.constant(type, kind === 'argmax' ? 1e-5 : -1e-5)]);
    return { ...accumulator, value: emit.apply('add', type, [value, tiny]) };
  }),
);

export const reduceMutants: readonly Mutant[] = [...swapped, ...shortened, ...withoutNaN, ...lastOfEquals];
