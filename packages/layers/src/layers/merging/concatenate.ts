/** Puts inputs behind one another along an axis. */
import type { JsonObject, Tensor } from '@hadal/core';
import { AxisError, any, concat, logicalOr, onesLike, ShapeError, zerosLike } from '@hadal/core';
import type { LayerOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { fromEntries, readLayerOptions } from '../../layer/options';
import { formatLayerShape, type LayerShape } from '../../layer/shape';
import { SeveralInputs } from './merge';

export interface ConcatenateOptions extends LayerOptions {
  /** Default -1. */
  readonly axis?: number;
}

/**
 * Joins a list of tensors along `axis`; their other extents are equal.
 *
 * @example
 * concatenate().apply([zeros([2, 3]), zeros([2, 5])]).shape; // [2, 8]
 */
export class Concatenate extends SeveralInputs {
  static readonly className = 'Concatenate';
  readonly className = Concatenate.className;
  readonly axis: number;

  constructor(options: ConcatenateOptions = {}) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  override build(inputShape: readonly LayerShape[]): void {
    this.computeOutputShape(inputShape);
  }

  override call(inputs: readonly Tensor[]): Tensor {
    return concat(this.requireSeveral(inputs), this.axis);
  }

  /** A step counts where any of its values does; inputs without a mask count everywhere. */
  override computeMask(inputs: readonly Tensor[]): readonly (Tensor | undefined)[] {
    const masks = inputs.map(maskOf);
    if (masks.every((mask) => mask === undefined)) return [undefined];
    const full = inputs.map((input, index) => {
      const mask = masks[index];
      if (mask === undefined) return onesLike(input).cast('bool');
      return mask.rank < input.rank ? logicalOr(mask.expandDims(-1), zerosLike(input).cast('bool')) : mask;
    });
    return [any(concat(full, this.axis), { axis: -1 })];
  }

  override computeOutputShape(inputShape: readonly LayerShape[]): LayerShape {
    const [first = [], ...others] = this.requireSeveral(inputShape);
    const axis = this.axis < 0 ? this.axis + first.length : this.axis;
    if (!Number.isInteger(axis) || axis < 0 || axis >= first.length) {
      throw new AxisError('Concatenate', `axis ${this.axis} does not fit inputs of ${first.length} axes.`);
    }
    const fits = ({ length }: LayerShape): boolean => length === first.length;
    const extents = others.every(fits)
      ? first.map((extent, each) => this.#along(each, axis, [extent, ...others.map((shape) => shape[each]!)]))
      : [undefined];
    if (extents.every((extent) => extent !== undefined)) return extents;
    throw new ShapeError(
      'Concatenate',
      `inputs of shapes ${inputShape.map(formatLayerShape).join(', ')} cannot be joined along axis ${axis}.`,
      'All other extents have to be equal.',
    );
  }

  /** The extent of an axis after joining; undefined where extents differ that have to be equal. */
  #along(each: number, axis: number, extents: readonly (number | null)[]): number | null | undefined {
    if (each === axis) {
      return extents.reduce((sum, extent) => (sum === null || extent === null ? null : sum + extent));
    }
    const known = [...new Set(extents.filter((extent) => extent !== null))];
    if (known.length > 1) return undefined;
    return known[0] ?? null;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis };
  }

  static fromConfig(config: JsonObject): Concatenate {
    return fromEntries(
      Concatenate.className,
      config,
      (reader) => new Concatenate({ ...readLayerOptions(reader), axis: reader.integer('axis', -1) }),
    );
  }
}

/** Makes a {@link Concatenate} layer. */
export const concatenate = (options?: ConcatenateOptions): Concatenate => new Concatenate(options);
