/** Saving a model with everything that training needs to continue. */
import type { HostArray } from '@hadal/core';
import { DataError } from '@hadal/core';
import type { AnyModel } from '../model/model';
import { TRAINING_NAME, WEIGHTS_NAME, writeSavedModel } from './manifest';
import { openStorage, type StorageLike } from './storage';
import { collectTraining } from './training-state';

export interface SaveOptions {
  /** Keeps optimizer, loss, metrics, random numbers and the position in the data (default true). */
  readonly includeTraining?: boolean;
}

export async function saveModel(
  model: AnyModel,
  target: StorageLike,
  { includeTraining = true }: SaveOptions = {},
): Promise<void> {
  const storage = await openStorage(target);
  const weights = new Map<string, HostArray>();
  for (const { path, variable } of model.namedWeights()) {
    if (weights.has(path)) throw new DataError('save', `two weights are named '${path}'.`);
    weights.set(path, { data: await variable.value.data(), shape: variable.shape, dtype: variable.dtype });
  }
  const files = new Map<string, ReadonlyMap<string, HostArray>>([[WEIGHTS_NAME, weights]]);
  const snapshot = includeTraining ? model.training : undefined;
  const training = snapshot === undefined ? undefined : await collectTraining(snapshot, model);
  if (training !== undefined) files.set(TRAINING_NAME, training.tensors);
  await writeSavedModel(
    storage,
    {
      model: { className: model.className, config: model.getConfig() },
      inputShapes: model.inputShapes,
      training: training?.config,
    },
    files,
  );
}
