/**
 * Dropout (Srivastava et al. 2014), the inverted kind: what is kept is scaled up, so that nothing changes at inference.
 */
import { ArgumentError } from '../errors';
import * as build from '../graph/build';
import { uniformNode } from '../random/bits';
import { defaultGenerator, type Generator } from '../random/generator';
import type { Tensor } from '../tensor';
import { floatingNode, numberNode, tensorFrom } from './operand';

/**
 * Sets each element to 0 with probability `rate` and multiplies the others by 1 / (1 - rate). The gradient draws
 * the same mask again from the same bits; it is not stored.
 *
 * @param x         any shape; integers become float32
 * @param rate      probability of being dropped, in [0, 1); 0 returns `x`
 * @param generator the stream to draw from; default: the one that `setSeed` seeds
 * @throws {ArgumentError} when the rate is outside [0, 1)
 * @example
 * const y = dropout(ones([4]), 0.5); // of 0s and 2s
 */
export function dropout(x: Tensor, rate: number, generator: Generator = defaultGenerator()): Tensor {
  if (!(rate >= 0 && rate < 1)) throw new ArgumentError('dropout', `rate ${rate} is outside [0, 1).`);
  const node = floatingNode('dropout', x);
  if (rate === 0) return tensorFrom('dropout', node, [x]);
  const kept = build.lessEqual(numberNode(rate, 'float32'), uniformNode(generator.next(), x.shape));
  const scaled = build.mul(node, numberNode(1 / (1 - rate), node.dtype));
  return tensorFrom('dropout', build.where(kept, scaled, 0), [x]);
}
