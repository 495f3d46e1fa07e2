/**
 * Which axis of each argument or result of a mapped function is the batch: one for all, or a structure like theirs.
 */
import { ArgumentError, AxisError } from '../errors';
import { mapLeaves } from '../structure';

/**
 * The axis of the batch, null for what all examples share, or one of these for each entry of an array or object. One
 * entry holds for everything below it.
 */
export type BatchAxes = number | null | readonly BatchAxes[] | { readonly [name: string]: BatchAxes };

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !isList(value);

/** The axis of every leaf of `value`, in the order in which `mapLeaves` visits them. */
export function axesOfLeaves(what: string, value: unknown, axes: BatchAxes): (number | null)[] {
  if (axes === null || typeof axes === 'number') {
    const found: (number | null)[] = [];
    mapLeaves(value, () => found.push(axes));
    return found;
  }
  if (isList(axes)) {
    if (!isList(value) || value.length !== axes.length) {
      const given = isList(value) ? `a list of ${value.length}` : 'no list';
      throw new ArgumentError(
        'vmap',
        `${what} is ${given}, and a list of ${axes.length} axes was given for it.`,
        'Give one axis for all of it, or one for each entry.',
      );
    }
    return value.flatMap((each, index) => axesOfLeaves(`${what}[${index}]`, each, axes[index] ?? null));
  }
  const names = isObject(value) && Object.keys(value).sort().join();
  const axisOf = axes as { readonly [name: string]: BatchAxes };
  if (!isObject(value) || names !== Object.keys(axisOf).sort().join()) {
    throw new ArgumentError(
      'vmap',
      `axes are given for the fields ${Object.keys(axes).join(', ')} of ${what}, which has ${names || 'none'}.`,
      'Give one axis for all of it, or one for each field.',
    );
  }
  return Object.keys(value)
    .sort()
    .flatMap((name) => axesOfLeaves(`${what}.${name}`, value[name], axisOf[name] ?? null));
}

/** The non-negative form of a batch axis. */
export function batchAxis(what: string, axis: number, rank: number): number {
  if (!Number.isInteger(axis) || axis < -rank || axis >= rank) {
    throw new AxisError(
      'vmap',
      `axis ${axis} of ${what} cannot be the batch: it has rank ${rank}.`,
      'Give null for an argument that all examples share, as in { inAxes: [0, null] }.',
    );
  }
  return axis < 0 ? axis + rank : axis;
}
