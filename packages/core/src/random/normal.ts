/**
 * Normally distributed numbers: the inverse of the error function makes them of uniform ones. Those of float64 are drawn
 * and computed in float64; all others in float32, then cast.
 */
import type { DType } from '../dtype';
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { innerErfInvNode } from '../ops/error-function';
import type { Shape } from '../shape/shape';
import { doubleSymmetricUniformNode, symmetricUniformNode } from './bits';
import { asFloat } from './distributions';

/**
 * Numbers with mean 0 and standard deviation 1, of `dtype`.
 *
 * @param where  whose errors are thrown
 * @param state  of the generator, for one draw
 * @param within the share of the distribution that is drawn from, around its middle
 */
export function standardNormalNode(
  where: string,
  state: Node,
  shape: Shape,
  dtype: DType = 'float32',
  within = 1,
): Node {
  const uniform = dtype === 'float64' ? doubleSymmetricUniformNode : symmetricUniformNode;
  const side = uniform(state, shape);
  const inner = within === 1 ? side : build.mul(side, within);
  return asFloat(where, build.mul(innerErfInvNode(inner), Math.SQRT2), dtype);
}
