/** Reads the weights of a saved model and makes the network that predicts with them. */
import type { BlobStorage, Tensor } from '@hadal/core';
import type { Tensors } from '../layer/arrangement';
import type { LayerClass } from '../layer/layer';
import { type AnyNetwork, Network } from '../model/network';
import type { StructureClass } from '../model/structure';
import { type Manifest, readTensors, WEIGHTS_NAME } from './manifest';
import { rebuildNetwork } from './rebuild';

/**
 * @param classes the layer classes that may be made
 * @throws {DataError} when weights are missing, changed or corrupt, or the manifest names another class
 */
export async function readNetwork<In extends Tensors = Tensor, Out extends Tensors = Tensor>(
  storage: BlobStorage,
  manifest: Manifest,
  classes: readonly (LayerClass | StructureClass)[],
): Promise<Network<In, Out>> {
  const weights = await readTensors(storage, manifest, WEIGHTS_NAME);
  const network = rebuildNetwork(
    storage.location,
    manifest,
    weights,
    classes,
    (structure, options): AnyNetwork => new Network<Tensors, Tensors>(structure, options),
  );
  // As in loadModel of the whole package: the caller says what the inputs and outputs are.
  return network as unknown as Network<In, Out>;
}
