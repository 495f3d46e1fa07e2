/**
 * Points and weights for integrals over [0, 1]: where along its path Integrated Gradients asks for a gradient.
 */

export interface Quadrature {
  readonly points: readonly number[];
  /** One per point; they sum to 1. */
  readonly weights: readonly number[];
}

/** `steps` intervals of equal length, steps + 1 points, the ends counting half. */
export function trapezoid(steps: number): Quadrature {
  const points = Array.from({ length: steps + 1 }, (_, index) => index / steps);
  const weights = points.map((_, index) => (index === 0 || index === steps ? 0.5 : 1) / steps);
  return { points, weights };
}

/** Newton's method doubles the right digits each time, so few rounds reach the last bit from the usual first guess. */
const NEWTON_ROUNDS = 8;

/**
 * Gauss–Legendre: the roots of the Legendre polynomial of degree `steps`, exact for polynomials up to degree
 * 2 · steps - 1.
 */
export function gaussLegendre(steps: number): Quadrature {
  const points = new Array<number>(steps);
  const weights = new Array<number>(steps);
  for (let index = 0; index < steps; index++) {
    let root = Math.cos((Math.PI * (index + 0.75)) / (steps + 0.5));
    for (let round = 0; round < NEWTON_ROUNDS; round++) {
      const { value, slope } = legendre(steps, root);
      root -= value / slope;
    }
    const { slope } = legendre(steps, root);
    // From [-1, 1] to [0, 1], in ascending order.
    points[steps - 1 - index] = (1 + root) / 2;
    weights[steps - 1 - index] = 1 / ((1 - root * root) * slope * slope);
  }
  return { points, weights };
}

/** The Legendre polynomial of this degree and its derivative, inside (-1, 1). */
function legendre(degree: number, x: number): { value: number; slope: number } {
  let before = 1;
  let value = x;
  for (let order = 2; order <= degree; order++) {
    [before, value] = [value, ((2 * order - 1) * x * value - (order - 1) * before) / order];
  }
  return { value, slope: (degree * (x * value - before)) / (x * x - 1) };
}
