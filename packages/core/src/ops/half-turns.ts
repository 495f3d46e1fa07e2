/**
 * Sines and cosines of multiples of π. Whole half turns are taken off before π comes in, which is exact: sin(πx) is 0 at
 * every whole number and keeps its digits beside them.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';

/** What is left of x after its nearest whole number, in [-0.5, 0.5]. */
export const beyondWhole = (x: Node): Node => build.sub(x, build.unary('round', x));

/** 1 where the nearest whole number of x is even, -1 where it is odd. */
function parity(x: Node): Node {
  const whole = build.unary('round', x);
  const odd = build.sub(whole, build.mul(build.unary('floor', build.mul(whole, 0.5)), 2));
  return build.sub(1, build.mul(odd, 2));
}

/** sin(πx). */
export const sinPi = (x: Node): Node =>
  build.mul(parity(x), build.unary('sin', build.mul(beyondWhole(x), Math.PI)));

/** cos(πx). */
export const cosPi = (x: Node): Node =>
  build.mul(parity(x), build.unary('cos', build.mul(beyondWhole(x), Math.PI)));
