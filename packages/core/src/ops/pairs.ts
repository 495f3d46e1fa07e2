/**
 * Operations with two operands whose formula has many steps: shapes are checked first, so that the error names the
 * operation that was called and not the step that failed.
 */
import type { Node } from '../graph/node';
import { broadcastShapes } from '../shape/broadcast';
import type { Tensor } from '../tensor';
import { lift2, type TensorLike } from './operand';

/** An operation with two operands, brought to one dtype, of shapes that broadcast. */
export const liftPair = (
  where: string,
  a: TensorLike,
  b: TensorLike,
  make: (a: Node, b: Node) => Node,
): Tensor =>
  lift2(where, a, b, (x, y) => {
    broadcastShapes(where, x.shape, y.shape);
    return make(x, y);
  });
