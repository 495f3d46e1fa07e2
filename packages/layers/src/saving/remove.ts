/** Deleting what `model.save` wrote into a folder. */
import { removeBlobs } from './file-storage';
import { MANIFEST_NAME, TRAINING_NAME, WEIGHTS_NAME } from './manifest';

/** Deletes a saved model, and its folder where nothing else is in it; none there is no error. */
export const removeSavedModel = (folder: string): Promise<void> =>
  removeBlobs(folder, [MANIFEST_NAME, WEIGHTS_NAME, TRAINING_NAME]);
