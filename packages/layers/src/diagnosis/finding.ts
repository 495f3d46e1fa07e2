/** What a diagnosis finds. */

export type FindingKind =
  | 'divergence'
  | 'explodingGradients'
  | 'vanishingGradients'
  | 'deadUnits'
  | 'overfitting'
  | 'underfitting'
  | 'slowTraining';

export interface Finding {
  /** What is wrong. */
  readonly kind: FindingKind;
  /** What was measured, in a sentence. */
  readonly message: string;
  /** What usually helps. */
  readonly remedy: string;
  /** The layer or weight, where it is one. */
  readonly where?: string;
}

/** A number in a sentence. */
export const figure = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(3))) : String(value);
