/** What the figures of a run say. */
import type { HistoryLogs } from '../callbacks/history';
import { type Finding, figure } from './finding';

/** Fewer epochs say nothing about how a run goes. */
const LEAST_EPOCHS = 3;
/** A loss so many times its least has grown, not trembled. */
const GROWN = 1.5;
/** The validation loss may rise so far above its least before it counts. */
const RISEN = 1.1;
/** What part of the first loss is left of a training that has learnt something. */
const LEARNT = 0.7;
/** A loss that falls by a smaller part over the last third of a run has come to rest. */
const REST = 0.02;

/** @returns the worst first */
export function findingsOfCurves({ loss, val_loss: validation = [] }: HistoryLogs): readonly Finding[] {
  const broken = loss.findIndex((value) => !Number.isFinite(value));
  if (broken >= 0) return [divergence(`the loss is ${loss[broken]} in epoch ${broken + 1}.`)];
  if (loss.length < LEAST_EPOCHS) return [];
  const [first = 0, last = 0] = [loss[0], loss.at(-1)];
  const least = Math.min(...loss);
  if (Math.abs(last) > GROWN * Math.abs(least) && last > first) {
    return [divergence(`the loss rises from ${figure(least)} to ${figure(last)}.`)];
  }
  return [...overfitting(loss, validation), ...learning(loss)];
}

const divergence = (what: string): Finding => ({
  kind: 'divergence',
  message: `Training diverges: ${what}`,
  remedy:
    'Divide the learning rate by 10, clip gradients (globalClipnorm: 1), and scale the inputs to mean 0 and variance 1.',
});

function overfitting(loss: readonly number[], validation: readonly number[]): Finding[] {
  const least = Math.min(...validation);
  const at = validation.indexOf(least);
  const last = validation.at(-1);
  const falls = (loss.at(-1) ?? 0) < (loss[Math.max(at, 0)] ?? 0);
  if (last === undefined || validation.length < LEAST_EPOCHS || !falls || last <= RISEN * least) return [];
  return [
    {
      kind: 'overfitting',
      message: `The validation loss was least in epoch ${at + 1}, ${figure(least)}, and rose to ${figure(last)} while the training loss fell to ${figure(loss.at(-1) ?? 0)}: the model learns the samples by heart.`,
      remedy:
        'Stop there (EarlyStopping with restoreBestWeights), take more or augmented data, dropout or weight decay, or a smaller model.',
    },
  ];
}

/** Of a loss that does not fall far: whether it still falls, or has come to rest. */
function learning(loss: readonly number[]): Finding[] {
  const [first = 0, last = 0] = [loss[0], loss.at(-1)];
  if (first <= 0 || last <= LEARNT * first) return [];
  const before = loss[Math.floor((loss.length * 2) / 3) - 1] ?? first;
  const falls = before - last > REST * before;
  const what = `the loss went from ${figure(first)} to ${figure(last)} in ${loss.length} epochs`;
  if (falls || isSteady(loss)) {
    return [
      {
        kind: 'slowTraining',
        message: `Training is slow: ${what}, and still falls.`,
        remedy: 'Raise the learning rate (LearningRateFinder suggests one), use adam, or train for longer.',
      },
    ];
  }
  return [
    {
      kind: 'underfitting',
      message: `The model does not fit its own training data: ${what}, and has come to rest.`,
      remedy: 'Take a larger model or better features, less regularization, and check the targets.',
    },
  ];
}

/** Whether it falls in every epoch by nearly as much as in the first: far from any rest. */
function isSteady(loss: readonly number[]): boolean {
  const steps = loss.slice(1).map((value, index) => loss[index]! - value);
  const [begin = 0] = steps;
  return begin > 0 && steps.every((step) => step > begin / 2);
}
