/** Integration rules against NumPy and against what they integrate exactly. */
import { describe, expect, it } from 'vitest';
import { gaussLegendre, type Quadrature, trapezoid } from '../src/attribution/quadrature';
import references from './fixtures/references.json';

const integrate = ({ points, weights }: Quadrature, f: (x: number) => number): number =>
  points.reduce((total, point, index) => total + weights[index]! * f(point), 0);

describe('gaussLegendre', () => {
  it.each(references.quadratures)('equals NumPy with $steps points', ({ steps, points, weights }) => {
    const rule = gaussLegendre(steps);
    expect(rule.points).toHaveLength(steps);
    for (const [index, point] of points.entries()) {
      expect(rule.points[index]).toBeCloseTo(point, 13);
      expect(rule.weights[index]).toBeCloseTo(weights[index]!, 13);
    }
  });

  it.each([1, 2, 3, 8])('with %i points is exact for polynomials of degree 2n - 1', (steps) => {
    const degree = 2 * steps - 1;
    expect(integrate(gaussLegendre(steps), (x) => x ** degree)).toBeCloseTo(1 / (degree + 1), 14);
  });
});

describe('trapezoid', () => {
  it.each([1, 2, 7])('with %i steps is exact for lines', (steps) => {
    expect(integrate(trapezoid(steps), (x) => 3 * x + 1)).toBeCloseTo(2.5, 14);
  });

  it('is four times better with twice the steps', () => {
    const error = (steps: number): number => integrate(trapezoid(steps), Math.exp) - (Math.E - 1);
    expect(error(40) / error(80)).toBeCloseTo(4, 2);
  });
});
