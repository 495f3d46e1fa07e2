/** Figures of an epoch or an evaluation, by name. */

/** The loss and the scalar metrics by name; figures of validation data begin with `val_`. */
export interface Logs {
  /** The whole loss, penalties included. */
  readonly loss: number;
  readonly [name: string]: number;
}

/** Logs of training and of validation in one. */
export function withValidation(logs: Logs, validation: Logs): Logs {
  const prefixed = Object.entries(validation).map(([name, value]) => [`val_${name}`, value]);
  return { ...logs, ...Object.fromEntries(prefixed) };
}
