/** A penalty on vectors that are not at right angles. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, abs, eye, l2Normalize, matmul, ShapeError, sum } from '@hadal/core';
import { Regularizer } from './regularizer-base';

export const ORTHOGONAL_MODES = ['rows', 'columns'] as const;
export type OrthogonalMode = (typeof ORTHOGONAL_MODES)[number];

/**
 * `factor` times the mean of |cosine| over all pairs of rows, or of columns.
 *
 * Source: Keras 3, `keras.regularizers.OrthogonalRegularizer`.
 */
export class OrthogonalRegularizer extends Regularizer {
  static readonly className = 'OrthogonalRegularizer';
  readonly className = OrthogonalRegularizer.className;
  readonly factor: number;
  readonly mode: OrthogonalMode;

  /** @throws {ArgumentError} when the factor is negative or the mode unknown */
  constructor({
    factor = 0.01,
    mode = 'rows',
  }: { readonly factor?: number; readonly mode?: OrthogonalMode } = {}) {
    super();
    const where = OrthogonalRegularizer.className;
    if (!(Number.isFinite(factor) && factor >= 0)) {
      throw new ArgumentError(where, `factor is ${factor}; expected at least 0.`);
    }
    if (!ORTHOGONAL_MODES.includes(mode)) {
      throw new ArgumentError(where, `mode '${mode}' is unknown; expected 'rows' or 'columns'.`);
    }
    this.factor = factor;
    this.mode = mode;
  }

  override penalty(x: Tensor): Tensor {
    const [rows, columns] = x.shape;
    if (x.rank !== 2 || rows === undefined || columns === undefined) {
      throw new ShapeError(this.className, `the weight has shape [${x.shape}], expected two axes.`);
    }
    const [vectors, count] = this.mode === 'rows' ? [x, rows] : [x.transpose(), columns];
    const unit = l2Normalize(vectors, 1);
    const cosines = matmul(unit, unit, { transposeB: true }).mul(
      eye(count, count, { dtype: x.dtype }).mul(-1).add(1),
    );
    return sum(abs(cosines)).mul(this.factor / (count * (count - 1)));
  }

  override getConfig(): JsonObject {
    return { factor: this.factor, mode: this.mode };
  }
}

/** Makes an {@link OrthogonalRegularizer}. */
export const orthogonalRegularizer = (options?: {
  readonly factor?: number;
  readonly mode?: OrthogonalMode;
}): OrthogonalRegularizer => new OrthogonalRegularizer(options);
