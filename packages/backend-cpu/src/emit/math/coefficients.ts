/**
 * Polynomial coefficients, lowest degree first: minimax fits that scripts/fit-polynomials.mjs finds and prints, with the
 * largest error of each relative to the function it helps to compute.
 */

/** (e^r - 1 - r)/r² on |r| ≤ ln 2 / 2; 2^-28.3. */
export const EXP = [0.499999934516, 0.166665206882, 0.0416683873824, 0.00836871002669, 0.0013814612769];

/** (2^r - 1)/r on |r| ≤ 1/2; 2^-28.9. */
export const EXP2 = [
  0.693147202855, 0.240226479136, 0.0555033247116, 0.00961843735743, 0.00133988744038, 0.000153533619487,
];
