/** Says what is wrong with a training, from what was measured, and what to do about it. */
import { History, type HistoryLogs } from '../callbacks/history';
import type { Model } from '../model/model';
import type { ArrayInput } from '../training/arrays';
import { findingsOfCurves } from './curves';
import type { Finding } from './finding';
import { findingsOfModel } from './inside';

/**
 * Names what is wrong: `slowTraining`, `underfitting`, `overfitting` and `divergence` by the figures of a run,
 * `deadUnits`, `explodingGradients` and `vanishingGradients` by a batch that goes through the model. Nothing is changed.
 *
 * @param subject what `fit` returned, or its lists
 * @returns what was found, the worst first; empty where nothing looks wrong
 * @example
 * const history = await model.fit(x, y, { epochs: 20, validationSplit: 0.2 });
 * for (const { message, remedy } of await diagnose(history)) console.log(message, remedy);
 * for (const { message, remedy } of await diagnose(model, x, y)) console.log(message, remedy);
 */
export async function diagnose(subject: History | HistoryLogs): Promise<readonly Finding[]>;
/**
 * Names what is wrong inside a model, by a batch that goes through it.
 *
 * @param subject a compiled model
 * @param x       a batch
 * @param y       its targets
 * @throws {ArgumentError} when the model comes without a batch or is not compiled
 */
export async function diagnose(subject: Model, x: ArrayInput, y: ArrayInput): Promise<readonly Finding[]>;
export async function diagnose(
  subject: History | HistoryLogs | Model,
  x?: ArrayInput,
  y?: ArrayInput,
): Promise<readonly Finding[]> {
  if (subject instanceof History) return findingsOfCurves(subject.history);
  return 'structure' in subject && typeof subject.structure === 'object'
    ? findingsOfModel(subject as Model, x, y)
    : findingsOfCurves(subject as HistoryLogs);
}
