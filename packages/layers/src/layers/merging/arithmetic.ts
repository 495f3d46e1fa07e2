/** Merging layers that compute value by value. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, maximum as largest, logicalOr, minimum as smallest, where } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { Merge, readMerge } from './merge';

/** The input where it counts, and something neutral elsewhere. */
const whereCounts = (mask: Tensor | undefined, input: Tensor, neutral: Tensor | number): Tensor =>
  mask === undefined ? input : where(mask, input, neutral);

/** Combines one input after the other where both count; where only one does, that one is taken. */
function foldWhereCounts(
  inputs: readonly Tensor[],
  masks: readonly (Tensor | undefined)[],
  combine: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  let [counts] = masks;
  return inputs.reduce((result, input, index) => {
    const mask = masks[index];
    const next = whereCounts(mask, input, result);
    const before = whereCounts(counts, result, next);
    counts = mask === undefined || counts === undefined ? undefined : logicalOr(counts, mask);
    return combine(before, next);
  });
}

/**
 * The sum of the inputs, of one shape or broadcast against each other. Takes a list of tensors.
 *
 * @example
 * add().apply([tensor([[1, 2]]), tensor([[3, 4]])]); // [[4, 6]]
 */
export class Add extends Merge {
  static readonly className = 'Add';
  readonly className = Add.className;

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((sum, each) => sum.add(each));
  }

  static fromConfig(config: JsonObject): Add {
    return readMerge(Add.className, config, (options) => new Add(options));
  }
}

/** Makes an {@link Add} layer. */
export const add = (options?: LayerOptions): Add => new Add(options);

/**
 * The first input minus the second. Takes a list of tensors.
 *
 * @example
 * subtract().apply([tensor([[5, 2]]), tensor([[3, 4]])]); // [[2, -2]]
 */
export class Subtract extends Merge {
  static readonly className = 'Subtract';
  readonly className = Subtract.className;

  protected override merge(inputs: readonly Tensor[]): Tensor {
    const [first, second, ...more] = inputs;
    if (first !== undefined && second !== undefined && more.length === 0) return first.sub(second);
    throw new ArgumentError('Subtract', `got ${inputs.length} inputs; expected two.`);
  }

  static fromConfig(config: JsonObject): Subtract {
    return readMerge(Subtract.className, config, (options) => new Subtract(options));
  }
}

/** Makes a {@link Subtract} layer. */
export const subtract = (options?: LayerOptions): Subtract => new Subtract(options);

/**
 * The product of the inputs, of one shape or broadcast against each other; inputs with masks count where these say so.
 * Takes a list of tensors.
 *
 * @example
 * multiply().apply([tensor([[1, 2]]), tensor([[3, 4]])]); // [[3, 8]]
 */
export class Multiply extends Merge {
  static readonly className = 'Multiply';
  readonly className = Multiply.className;

  protected override merge(inputs: readonly Tensor[], masks: readonly (Tensor | undefined)[]): Tensor {
    const product = inputs
      .map((input, index) => whereCounts(masks[index], input, 1))
      .reduce((all, each) => all.mul(each));
    const given = masks.filter((mask) => mask !== undefined);
    if (given.length < inputs.length) return product;
    return whereCounts(
      given.reduce((all, mask) => logicalOr(all, mask)),
      product,
      0,
    );
  }

  static fromConfig(config: JsonObject): Multiply {
    return readMerge(Multiply.className, config, (options) => new Multiply(options));
  }
}

/** Makes a {@link Multiply} layer. */
export const multiply = (options?: LayerOptions): Multiply => new Multiply(options);

/**
 * The mean of the inputs, of one shape or broadcast against each other. Takes a list of tensors.
 *
 * @example
 * average().apply([tensor([[1, 2]]), tensor([[3, 4]])]); // [[2, 3]]
 */
export class Average extends Merge {
  static readonly className = 'Average';
  readonly className = Average.className;

  protected override merge(inputs: readonly Tensor[]): Tensor {
    return inputs.reduce((sum, each) => sum.add(each)).div(inputs.length);
  }

  static fromConfig(config: JsonObject): Average {
    return readMerge(Average.className, config, (options) => new Average(options));
  }
}

/** Makes an {@link Average} layer. */
export const average = (options?: LayerOptions): Average => new Average(options);

/**
 * The largest of the inputs, value by value. Takes a list of tensors.
 *
 * @example
 * maximum().apply([tensor([[1, 5]]), tensor([[3, 4]])]); // [[3, 5]]
 */
export class Maximum extends Merge {
  static readonly className = 'Maximum';
  readonly className = Maximum.className;

  protected override merge(inputs: readonly Tensor[], masks: readonly (Tensor | undefined)[]): Tensor {
    return foldWhereCounts(inputs, masks, (most, each) => largest(most, each));
  }

  static fromConfig(config: JsonObject): Maximum {
    return readMerge(Maximum.className, config, (options) => new Maximum(options));
  }
}

/** Makes a {@link Maximum} layer. */
export const maximum = (options?: LayerOptions): Maximum => new Maximum(options);

/**
 * The smallest of the inputs, value by value. Takes a list of tensors.
 *
 * @example
 * minimum().apply([tensor([[1, 5]]), tensor([[3, 4]])]); // [[1, 4]]
 */
export class Minimum extends Merge {
  static readonly className = 'Minimum';
  readonly className = Minimum.className;

  protected override merge(inputs: readonly Tensor[], masks: readonly (Tensor | undefined)[]): Tensor {
    return foldWhereCounts(inputs, masks, (least, each) => smallest(least, each));
  }

  static fromConfig(config: JsonObject): Minimum {
    return readMerge(Minimum.className, config, (options) => new Minimum(options));
  }
}

/** Makes a {@link Minimum} layer. */
export const minimum = (options?: LayerOptions): Minimum => new Minimum(options);
