/**
 * Between dtypes.
 */
import type { DType } from '../dtype';
import * as build from '../graph/build';
import type { Tensor } from '../tensor';
import { lift1, type TensorLike } from './operand';

/**
 * Converts values. Floats become integers by truncation towards zero, saturating at the bounds, NaN giving 0;
 * integers become uint8 by saturating as well; everything that is not 0 becomes true.
 *
 * @example
 * await cast(tensor([1.7, -2.5]), 'int32').data(); // Int32Array [1, -2]
 */
export const cast = (x: TensorLike, dtype: DType): Tensor =>
  lift1('cast', x, (node) => build.cast(node, dtype));

/**
 * Reads the same 32 bits as another dtype; no gradient.
 *
 * @throws {DTypeError} for other dtypes than float32 and int32
 * @example
 * await bitcast(tensor([1]), 'int32').data(); // Int32Array [1065353216]
 */
export const bitcast = (x: TensorLike, dtype: 'float32' | 'int32'): Tensor =>
  lift1('bitcast', x, (node) => build.bitcast(node, dtype));
