/**
 * Entry point for programs that only predict: no losses, metrics, optimizers or training loops come along. The layer
 * classes that a model may use are passed in, so that a bundle holds those and no others.
 *
 * @example
 * import { Dense, loadModel } from '@hadal/layers/inference';
 * const model = await loadModel('https://example.org/digits', { layers: [Dense] });
 * const probabilities = await model.predict(images);
 */
import type { LayerClass } from './layer/layer';
import { Network } from './model/network';
import { readManifest, readTensors, WEIGHTS_NAME } from './saving/manifest';
import { rebuildNetwork } from './saving/rebuild';
import { openStorage, type StorageLike } from './saving/storage';

export type { CallContext } from './layer/context';
export type { LayerClass, LayerOptions } from './layer/layer';
export { Layer } from './layer/layer';
export { readLayerOptions } from './layer/options';
export type { LayerShape } from './layer/shape';
export { Activation } from './layers/activation';
export { Dropout } from './layers/dropout';
export { Flatten } from './layers/flatten';
export { InputLayer } from './layers/input-layer';
export { AveragePooling2D, MaxPooling2D } from './layers/pooling2d';
export { Conv2D } from './layers/predicting/conv2d';
export { Dense } from './layers/predicting/dense';
export { Reshape } from './layers/reshape';
export { Network } from './model/network';
export { MemoryStorage, memoryStorage } from './saving/memory-storage';
export type { StorageLike } from './saving/storage';

export interface LoadNetworkOptions {
  /** The layer classes that the model may use. */
  readonly layers: readonly LayerClass[];
}

/**
 * Loads a saved model to predict with.
 *
 * @param source a folder, an `http(s)` URL, or a storage
 * @throws {DataError} when files are missing, truncated, corrupt, or use a layer class that is not listed
 */
export async function loadModel(source: StorageLike, { layers }: LoadNetworkOptions): Promise<Network> {
  const storage = await openStorage(source);
  const manifest = await readManifest(storage);
  const weights = await readTensors(storage, manifest, WEIGHTS_NAME);
  return rebuildNetwork(
    storage.location,
    manifest,
    weights,
    layers,
    (structure, options) => new Network(structure, options),
  );
}
