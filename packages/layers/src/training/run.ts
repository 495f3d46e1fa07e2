/** A whole training run: epochs, validation, callbacks, and a tidy end however it ends. */
import type { Callback } from '../callbacks/callback';
import type { TrainingData } from './data';
import { type Logs, withValidation } from './logs';
import { evaluatePass, passLength, type Trainee, tell, trainEpoch } from './loop';
import { startOf } from './position';

export interface Run {
  readonly train: TrainingData;
  readonly validation: TrainingData | undefined;
  /** Evaluates every so many epochs. */
  readonly validationFreq: number;
  readonly epochs: number;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  readonly stepsPerEpoch: number | undefined;
}

/** Trains from the trainee's position up to `epochs`. */
export async function runTraining(trainee: Trainee, run: Run): Promise<void> {
  const { train, validation, validationFreq, epochs, callbacks, signal, stepsPerEpoch } = run;
  const initialEpoch = trainee.position.epoch;
  trainee.stopTraining = false;
  let logs: Logs | undefined;
  await tell(callbacks, (callback) =>
    callback.onTrainBegin({ initialEpoch, epochs, batches: passLength(train, stepsPerEpoch) }),
  );
  try {
    for (let epoch = initialEpoch; epoch < epochs && !trainee.stopTraining; epoch++) {
      await tell(callbacks, (callback) => callback.onEpochBegin(epoch));
      const trained = await trainEpoch(trainee, train, { callbacks, signal, limit: stepsPerEpoch });
      const validate = validation !== undefined && (epoch + 1) % validationFreq === 0;
      const measured = validate
        ? withValidation(
            trained,
            await evaluatePass(trainee, validation, { callbacks, signal, limit: undefined }),
          )
        : trained;
      const epochLogs = await withFigures(measured, callbacks, epoch);
      logs = epochLogs;
      trainee.position = startOf(epoch + 1);
      await tell(callbacks, (callback) => callback.onEpochEnd(epoch, epochLogs));
      await tell(callbacks, (callback) => callback.onEpochSettled(epoch, epochLogs));
    }
  } finally {
    await tell(callbacks, (callback) => callback.onTrainEnd(logs));
  }
  if (initialEpoch < epochs) trainee.finalize();
}

/** Logs with what callbacks add to them. */
async function withFigures(logs: Logs, callbacks: readonly Callback[], epoch: number): Promise<Logs> {
  let all = logs;
  for (const callback of callbacks) all = { ...(await callback.epochFigures(epoch)), ...all };
  return all;
}
