/** Loading a model to train or use it: all built-in layers, losses, metrics and optimizers are known here. */
import type { Tensor } from '@hadal/core';
import type { Tensors } from '../layer/arrangement';
import type { LayerClass } from '../layer/layer';
import { type AnyModel, Model } from '../model/model';
import { Sequential } from '../model/sequential';
import { SequentialStructure } from '../model/sequential-structure';
import { builtInLayers } from './built-in-layers';
import { readManifest, readTensors, TRAINING_NAME, WEIGHTS_NAME } from './manifest';
import { rebuildNetwork } from './rebuild';
import { Functional } from './rebuild-graph';
import { openStorage, type StorageLike } from './storage';
import { restoreTraining, type TrainingClasses } from './training-state';

/** Besides what is built in, files may name only the classes listed here: layers, losses, metrics and optimizers. */
export interface LoadModelOptions extends TrainingClasses {
  /** Layer classes of your own that the model uses. */
  readonly layers?: readonly LayerClass[];
  /** Compiles the model as it was when it was saved (default true); without it training starts afresh. */
  readonly compile?: boolean;
}

/**
 * Loads a model that `model.save` wrote. Nothing in the file is executed: only the built-in layers and those listed
 * can be made.
 *
 * A model of several inputs or outputs is given its type: `loadModel<readonly [Tensor, Tensor]>('folder')`.
 *
 * @param source a folder, an `http(s)` URL, `indexeddb://name` or `opfs://folder` in a page, or a storage
 * @throws {DataError} when files are missing, truncated, corrupt, or do not belong together
 * @example
 * const model = await loadModel('clothes');
 * await model.fit(train.batch(32), { epochs: 10, resume: true }); // continues exactly where it was saved
 */
export async function loadModel<In extends Tensors = Tensor, Out extends Tensors = Tensor>(
  source: StorageLike,
  { layers = [], compile = true, ...classes }: LoadModelOptions = {},
): Promise<Model<In, Out>> {
  const storage = await openStorage(source);
  const manifest = await readManifest(storage);
  const weights = await readTensors(storage, manifest, WEIGHTS_NAME);
  const model = rebuildNetwork(
    storage.location,
    manifest,
    weights,
    [...builtInLayers(), Functional, ...layers],
    (structure, options): AnyModel =>
      structure instanceof SequentialStructure
        ? new Sequential(structure, options)
        : new Model(structure, options),
  );
  if (compile && manifest.training !== undefined) {
    const tensors = await readTensors(storage, manifest, TRAINING_NAME);
    restoreTraining(storage.location, model, { config: manifest.training, tensors }, classes);
  }
  // What the inputs and outputs of the saved model are is the caller's word; their arrangement is checked at every use.
  return model as unknown as Model<In, Out>;
}
