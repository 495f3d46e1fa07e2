/** Constraints by name: what strings in layer options mean, and how a saved constraint is made again. */
import type { SerializedObject } from '@hadal/core';
import { ArgumentError, ConfigReader, canonicalName, DataError, suggestName } from '@hadal/core';
import type { SnakeCase } from '../layer/naming';
import { optional, readAxes } from '../layer/options';
import type { Constraint } from './constraint';
import { MaxNorm, MinMaxNorm, NonNeg, UnitNorm } from './norms';

const CONSTRAINT_NAMES = ['maxNorm', 'minMaxNorm', 'nonNeg', 'unitNorm'] as const;

type CamelCaseName = (typeof CONSTRAINT_NAMES)[number];

/** Constraints that can be named by a string, in camelCase or Keras' snake_case; each then has its defaults. */
export type ConstraintName = CamelCaseName | SnakeCase<CamelCaseName>;

/** A constraint, or the name of one with its defaults. */
export type ConstraintLike = ConstraintName | Constraint;

/** The constraint that a name stands for, or the one given. */
export function resolveConstraint(constraint: ConstraintLike | undefined): Constraint | undefined {
  if (typeof constraint !== 'string') return constraint;
  const wanted = canonicalName(constraint);
  const found = CONSTRAINT_NAMES.find((name) => canonicalName(name) === wanted);
  switch (found) {
    case 'maxNorm':
      return new MaxNorm();
    case 'minMaxNorm':
      return new MinMaxNorm();
    case 'nonNeg':
      return new NonNeg();
    case 'unitNorm':
      return new UnitNorm();
    case undefined:
      throw new ArgumentError(
        'constraint',
        `unknown constraint '${constraint}'.`,
        suggestName(constraint, CONSTRAINT_NAMES),
      );
  }
}

/** A constraint as it is saved. */
export const serializeConstraint = (constraint: Constraint | undefined): SerializedObject | null =>
  constraint === undefined ? null : { className: constraint.className, config: constraint.getConfig() };

/** Reads a saved constraint. */
export function readConstraint(reader: ConfigReader, key: string): Constraint | undefined {
  const serialized = reader.serialized(key);
  return serialized === undefined ? undefined : constraintFromConfig(serialized);
}

/**
 * Makes a constraint from what it was saved as.
 *
 * @throws {DataError} when the class is unknown or its configuration does not fit
 */
export function constraintFromConfig({ className, config }: SerializedObject): Constraint {
  const reader = new ConfigReader(className, config);
  const made = read(className, reader);
  reader.done();
  return made;
}

function read(className: string, reader: ConfigReader): Constraint {
  const number = (key: string): number | undefined => reader.optionalNumber(key);
  const axis = optional(reader, 'axis', (key) => readAxes(reader, key));
  switch (className) {
    case MaxNorm.className:
      return new MaxNorm({ maxValue: number('maxValue'), axis });
    case MinMaxNorm.className:
      return new MinMaxNorm({
        minValue: number('minValue'),
        maxValue: number('maxValue'),
        rate: number('rate'),
        axis,
      });
    case NonNeg.className:
      return new NonNeg();
    case UnitNorm.className:
      return new UnitNorm({ axis });
    default:
      throw new DataError('constraint', `unknown constraint class '${className}'.`);
  }
}
