/** What merging layers share: several inputs that become one, value by value. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, logicalOr, ShapeError } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { Layer } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { formatLayerShape, type LayerShape } from '../../layer/shape';

/** A layer of several inputs by position. */
export abstract class SeveralInputs extends Layer<readonly Tensor[]> {
  override get takesSeveral(): boolean {
    return true;
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** The inputs as a list of at least two. */
  protected requireSeveral<T>(inputs: readonly T[]): readonly T[] {
    if (Array.isArray(inputs) && inputs.length >= 2) return inputs;
    throw new ArgumentError(
      this.className,
      `got ${Array.isArray(inputs) ? inputs.length : 'one'} input; expected a list of at least two.`,
      'Apply it to a list: layer.apply([a, b]).',
    );
  }
}

/**
 * Inputs are broadcast against each other; those of fewer axes get new ones after the batch. A step counts where it
 * counts in any input, if all inputs have masks.
 */
export abstract class Merge extends SeveralInputs {
  /**
   * What becomes of inputs of the same number of axes.
   *
   * @param masks of each input where it has one, with an axis for the features
   */
  protected abstract merge(inputs: readonly Tensor[], masks: readonly (Tensor | undefined)[]): Tensor;

  override build(inputShape: readonly LayerShape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: readonly Tensor[]): Tensor {
    const rank = Math.max(...this.requireSeveral(inputs).map((input) => input.rank));
    const aligned = inputs.map((input) => {
      const [batch = 1, ...rest] = input.shape;
      const missing = Array.from({ length: rank - input.rank }, () => 1);
      return missing.length === 0 ? input : input.reshape([batch, ...missing, ...rest]);
    });
    return this.merge(
      aligned,
      inputs.map((input) => maskOf(input)?.expandDims(-1)),
    );
  }

  override computeMask(inputs: readonly Tensor[]): readonly (Tensor | undefined)[] {
    const masks = inputs.map(maskOf).filter((mask) => mask !== undefined);
    if (masks.length < inputs.length) return [undefined];
    return [masks.reduce((all, mask) => logicalOr(all, mask))];
  }

  override computeOutputShape(inputShape: readonly LayerShape[]): LayerShape {
    const rank = Math.max(...this.requireSeveral(inputShape).map(({ length }) => length));
    const aligned = inputShape.map(([batch = null, ...rest]): LayerShape => {
      const missing = Array.from({ length: rank - 1 - rest.length }, () => 1);
      return [batch, ...missing, ...rest];
    });
    return Array.from({ length: rank }, (_, axis) =>
      aligned.reduce<number | null>(
        (extent, shape) => this.#together(extent, shape[axis] ?? null, inputShape),
        1,
      ),
    );
  }

  #together(a: number | null, b: number | null, shapes: readonly LayerShape[]): number | null {
    if (a === b || b === 1) return a;
    if (a === 1) return b;
    if (a === null || b === null) return a ?? b;
    throw new ShapeError(
      this.className,
      `inputs of shapes ${shapes.map(formatLayerShape).join(', ')} do not fit together.`,
      'Extents have to be equal, or 1.',
    );
  }
}

/** Makes a merging layer without options of its own of what `getConfig` wrote. */
export const readMerge = <T>(className: string, config: JsonObject, make: (options: LayerOptions) => T): T =>
  fromEntries(className, config, (reader) => make(readLayerOptions(reader)));
