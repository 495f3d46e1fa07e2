/**
 * The inverse of the error function in single precision, which turns uniform numbers into normal ones.
 *
 * Polynomials of M. Giles, "Approximating the erfinv function" (GPU Computing Gems, 2011): one in -log(1 - x²) for the
 * middle, one in its root for the tails. Relative error below 4e-7.
 */
import * as build from '../graph/build';
import type { Node } from '../graph/node';
import { polynomial } from '../ops/polynomial';

/** Coefficients from the highest power down. */
const CENTRAL = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503, -0.00417768164,
  0.246640727, 1.50140941,
];
const TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613, 0.00943887047,
  1.00167406, 2.83297682,
];

/** erf⁻¹(x) for x in (-1, 1). */
export function erfInvNode(x: Node): Node {
  const w = build.neg(build.log(build.mul(build.sub(1, x), build.add(x, 1))));
  const central = polynomial(build.sub(w, 2.5), CENTRAL);
  const tail = polynomial(build.sub(build.sqrt(build.maximum(w, 5)), 3), TAIL);
  return build.mul(build.where(build.lessThan(w, 5), central, tail), x);
}
