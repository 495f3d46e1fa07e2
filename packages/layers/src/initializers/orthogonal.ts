/**
 * Orthogonal matrices, as recurrent weights begin: they neither shrink nor stretch what they are multiplied with.
 *
 * Normally distributed vectors are made orthogonal one after the other (Gram–Schmidt): the same matrices as the QR
 * decomposition gives when the diagonal of R is positive, so every orthogonal matrix is as likely as any other.
 */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { eye, matmul, randomNormal, rsqrt, ShapeError, scan, square, sum, zeros } from '@hadal/core';
import { Initializer, type RandomInitializerOptions } from './initializer';
import { generatorOf } from './random';

export interface OrthogonalOptions extends RandomInitializerOptions {
  /** What the matrix is multiplied by (default 1). */
  readonly gain?: number;
}

/**
 * A random matrix with orthonormal rows, or columns where there are fewer of these; with more than two axes all but the
 * last count as rows.
 *
 * Source: Saxe, McClelland & Ganguli (2014).
 */
export class Orthogonal extends Initializer {
  static readonly className = 'Orthogonal';
  readonly className = Orthogonal.className;
  readonly gain: number;
  readonly seed: number | undefined;

  constructor({ gain = 1, seed }: OrthogonalOptions = {}) {
    super();
    this.gain = gain;
    this.seed = seed;
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    const columns = shape.at(-1);
    if (shape.length < 2 || columns === undefined) {
      throw new ShapeError('Orthogonal', `the weight has shape [${shape}], expected at least two axes.`);
    }
    const rows = shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
    const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
    const vectors = randomNormal([count, length], { dtype, generator: generatorOf(this.seed) });
    const basis = orthonormal(vectors);
    return (rows < columns ? basis : basis.transpose()).mul(this.gain).reshape(shape);
  }

  override getConfig(): JsonObject {
    return { gain: this.gain, seed: this.seed ?? null };
  }
}

/** The rows of a matrix made orthogonal to those before them and of length 1. */
function orthonormal(vectors: Tensor): Tensor {
  const [count = 0, length = 0] = vectors.shape;
  const { dtype } = vectors;
  const places = eye(count, count, { dtype });
  const [basis] = scan(
    (found: Tensor, [vector, place]: readonly [Tensor, Tensor]) => {
      const row = vector.reshape([1, length]);
      // Twice: after once, rounding leaves more of the others than the precision of the dtype.
      const rest = withoutParts(withoutParts(row, found), found);
      const unit = rest.mul(rsqrt(sum(square(rest))));
      return [found.add(place.reshape([count, 1]).mul(unit)), undefined] as const;
    },
    zeros([count, length], { dtype }),
    [vectors, places] as const,
  );
  return basis;
}

/** A row without what it has in common with the rows of a basis. */
const withoutParts = (row: Tensor, basis: Tensor): Tensor =>
  row.sub(matmul(matmul(row, basis.transpose()), basis));
