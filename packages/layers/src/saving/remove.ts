/** Deleting what `model.save` wrote. */
import type { ManagedStorage } from '@hadal/core';
import { MANIFEST_NAME, TRAINING_NAME, WEIGHTS_NAME } from './manifest';

/** Deletes a saved model, and its folder where nothing else is in it; none there is no error. */
export const removeSavedModel = (storage: ManagedStorage): Promise<void> =>
  storage.remove([MANIFEST_NAME, WEIGHTS_NAME, TRAINING_NAME]);
