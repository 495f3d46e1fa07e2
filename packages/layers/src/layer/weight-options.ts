/** How a weight begins, is penalized and is constrained, as layers take it: three options that carry its name. */
import type { ConfigReader, JsonObject } from '@hadal/core';
import {
  type ConstraintLike,
  readConstraint,
  resolveConstraint,
  serializeConstraint,
} from '../constraints/table';
import {
  type InitializerLike,
  initializerFromConfig,
  resolveInitializer,
  serializeInitializer,
} from '../initializers/table';
import {
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../regularizers/regularizer';
import type { WeightOptions } from './layer';

/** `WeightOptionsOf<'kernel'>` has `kernelInitializer`, `kernelRegularizer` and `kernelConstraint`. */
export type WeightOptionsOf<Name extends string> = {
  readonly [Key in `${Name}Initializer`]?: InitializerLike;
} & { readonly [Key in `${Name}Regularizer`]?: RegularizerLike } & {
  readonly [Key in `${Name}Constraint`]?: ConstraintLike;
};

/** The options of a weight, resolved. */
export function weightOptions(
  initializer: InitializerLike,
  regularizer?: RegularizerLike,
  constraint?: ConstraintLike,
): WeightOptions {
  return {
    initializer: resolveInitializer(initializer),
    regularizer: resolveRegularizer(regularizer),
    constraint: resolveConstraint(constraint),
  };
}

/** The options of a weight as they are saved. */
export const serializeWeightOptions = (
  name: string,
  { initializer, regularizer, constraint }: WeightOptions,
): JsonObject => ({
  [`${name}Initializer`]: serializeInitializer(initializer),
  [`${name}Regularizer`]: serializeRegularizer(regularizer),
  [`${name}Constraint`]: serializeConstraint(constraint),
});

/** The options that {@link serializeWeightOptions} wrote. */
export function readWeightOptions<const Name extends string>(
  reader: ConfigReader,
  name: Name,
): WeightOptionsOf<Name> {
  const initializer = reader.serialized(`${name}Initializer`);
  const options = {
    [`${name}Initializer`]: initializer && initializerFromConfig(initializer),
    [`${name}Regularizer`]: readRegularizer(reader, `${name}Regularizer`),
    [`${name}Constraint`]: readConstraint(reader, `${name}Constraint`),
  };
  // Keys made of a type parameter are strings to the compiler.
  return options as WeightOptionsOf<Name>;
}
