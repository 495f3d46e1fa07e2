/** Parameter groups: sets of variables with a learning rate or a weight decay of their own. */
import type { JsonObject, JsonValue, ConfigReader as Reader, Variable } from '@hadal/core';
import { ArgumentError, ConfigReader, DataError, isJsonObject, requireSerialized } from '@hadal/core';
import type { LearningRate } from './optimizer';
import { LearningRateSchedule, requireRate } from './schedules/schedule';
import { scheduleFromConfig } from './schedules/table';

/**
 * Some variables, and what is different for them.
 *
 * @example
 * // A pre-trained encoder learns ten times slower, and biases do not decay.
 * adamW(1e-3, {
 *   parameterGroups: [
 *     { match: ['bias'], weightDecay: 0 },
 *     { match: ['encoder/'], learningRateScale: 0.1 },
 *   ],
 * });
 */
export interface ParameterGroup {
  /**
   * Which variables: patterns for parts of their names, in which `*` stands for anything, or a function. A variable
   * belongs to the first group that it matches. Functions cannot be saved with a model.
   */
  readonly match: readonly string[] | ((variable: Variable) => boolean);
  /** A rate or schedule instead of the optimizer's. */
  readonly learningRate?: LearningRate | undefined;
  /** A factor for the optimizer's rate, which so keeps its schedule. */
  readonly learningRateScale?: number | undefined;
  /** Instead of the optimizer's weight decay. */
  readonly weightDecay?: number | undefined;
}

/** Whether a name has the pieces of a pattern between its `*`, in order. */
export function matchesPart(name: string, pattern: string): boolean {
  let from = 0;
  for (const piece of pattern.split('*')) {
    const at = name.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return true;
}

/** The position of the first group that a variable belongs to, -1 where it belongs to none. */
export const groupOf = (groups: readonly ParameterGroup[], variable: Variable): number =>
  groups.findIndex(({ match }) =>
    typeof match === 'function'
      ? match(variable)
      : match.some((pattern) => matchesPart(variable.name, pattern)),
  );

/** @throws {ArgumentError} when a group is out of range or contradicts itself */
export function requireGroups(groups: readonly ParameterGroup[]): void {
  for (const [index, { learningRate, learningRateScale, weightDecay }] of groups.entries()) {
    const where = `parameterGroups[${index}]`;
    if (typeof learningRate === 'number') requireRate(where, 'learningRate', learningRate);
    if (learningRateScale !== undefined) requireRate(where, 'learningRateScale', learningRateScale);
    if (learningRate !== undefined && learningRateScale !== undefined) {
      throw new ArgumentError(
        where,
        'both learningRate and learningRateScale are given.',
        "Give a rate of its own, or a factor for the optimizer's rate.",
      );
    }
    if (weightDecay !== undefined && !(Number.isFinite(weightDecay) && weightDecay >= 0)) {
      throw new ArgumentError(where, `weightDecay is ${weightDecay}; expected at least 0.`);
    }
  }
}

/** A rate as JSON. */
export const serializeRate = (rate: LearningRate): JsonValue =>
  rate instanceof LearningRateSchedule ? { className: rate.className, config: rate.getConfig() } : rate;

/** The rate that `serializeRate` wrote, undefined when absent. */
export function readRate(reader: Reader, key: string): LearningRate | undefined {
  const value = reader.value(key);
  if (value === undefined || typeof value === 'number') return reader.optionalNumber(key);
  return scheduleFromConfig(requireSerialized(key, value));
}

/** @throws {ArgumentError} when a group is chosen by a function */
export const serializeGroups = (groups: readonly ParameterGroup[]): JsonObject[] =>
  groups.map(({ match, learningRate, learningRateScale, weightDecay }, index) => {
    if (typeof match === 'function') {
      throw new ArgumentError(
        `parameterGroups[${index}]`,
        'the group is chosen by a function, which cannot be saved.',
        "Choose it by patterns for names instead, such as match: ['encoder/'].",
      );
    }
    return {
      match,
      learningRate: learningRate === undefined ? null : serializeRate(learningRate),
      learningRateScale: learningRateScale ?? null,
      weightDecay: weightDecay ?? null,
    };
  });

/** The groups that `serializeGroups` wrote. */
export function readGroups(values: readonly JsonValue[]): ParameterGroup[] {
  return values.map((value, index) => {
    const where = `parameterGroups[${index}]`;
    if (!isJsonObject(value)) throw new DataError(where, 'expected an object.');
    const reader = new ConfigReader(where, value);
    const group: ParameterGroup = {
      match: readNames(reader, 'match'),
      learningRate: readRate(reader, 'learningRate'),
      learningRateScale: reader.optionalNumber('learningRateScale'),
      weightDecay: reader.optionalNumber('weightDecay'),
    };
    reader.done();
    return group;
  });
}

/** A list of strings. */
export const readNames = (reader: Reader, key: string): string[] =>
  reader.list(key).map((name) => {
    if (typeof name === 'string') return name;
    throw new DataError('optimizer', `'${key}' must be a list of strings.`);
  });
