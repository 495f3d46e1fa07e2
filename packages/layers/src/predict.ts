/**
 * Entry point for processes that are to predict soon after they start. It holds the layers of dense networks and what
 * programs need beside a device; classes of any other layer are loaded when a file names one.
 *
 * @example
 * import { cpu } from '@hadal/backend-cpu';
 * import { fileStorage, loadModel, setDevice, tensor } from '@hadal/layers/predict';
 *
 * setDevice(await cpu());
 * const model = await loadModel(fileStorage('digits'));
 * const probabilities = await model.predict(tensor(pixels, { shape: [1, 784] }));
 */
import type { BlobStorage, JsonObject, JsonValue, Tensor } from '@hadal/core';
import { isJsonObject } from '@hadal/core';
import { commonActivations } from './activations';
import type { Tensors } from './layer/arrangement';
import type { LayerClass } from './layer/layer';
import { Activation } from './layers/activations/activation';
import { Flatten } from './layers/flatten';
import { InputLayer } from './layers/input-layer';
import { Dense } from './layers/predicting/dense';
import { Dropout } from './layers/regularization/dropout';
import type { Network } from './model/network';
import type { StructureClass } from './model/structure';
import { readManifest } from './saving/manifest';
import { readNetwork } from './saving/read-network';
import { Functional } from './saving/rebuild-graph';

export { setDevice, tensor } from '@hadal/core';
export { Network } from './model/network';
export { FileStorage, fileStorage } from './saving/file-storage';
export { HttpStorage, httpStorage } from './saving/http-storage';
export { MemoryStorage, memoryStorage } from './saving/memory-storage';

type KnownClass = LayerClass | StructureClass;

export interface LoadNetworkOptions {
  /** Layer classes of your own that the model may use. */
  readonly layers?: readonly KnownClass[];
}

/** The structure that needs no class. */
const SEQUENTIAL = 'Sequential';

const WITH_THIS_ENTRY: readonly KnownClass[] = [Activation, Dense, Dropout, Flatten, Functional, InputLayer];

/**
 * Loads a saved model to predict with.
 *
 * @param storage where the model was saved: `fileStorage('folder')`, `httpStorage(url)`, or one of your own
 * @throws {DataError} when files are missing, truncated, corrupt, or use a class that is neither built in nor listed
 */
export async function loadModel<In extends Tensors = Tensor, Out extends Tensors = Tensor>(
  storage: BlobStorage,
  { layers = [] }: LoadNetworkOptions = {},
): Promise<Network<In, Out>> {
  const manifest = await readManifest(storage);
  // Layers of others may hold any of ours in themselves.
  const isEnough = layers.length === 0 && [...layersIn(manifest.model.config)].every(isWithThisEntry);
  const classes = isEnough ? WITH_THIS_ENTRY : [...(await builtIn()), ...layers];
  return readNetwork<In, Out>(storage, manifest, classes);
}

const isWithThisEntry = ({ className, config }: JsonObject): boolean =>
  className === SEQUENTIAL ||
  (WITH_THIS_ENTRY.some((known) => known.className === className) &&
    !(className === Dense.className && isJsonObject(config) && hasRareActivation(config)));

const hasRareActivation = ({ activation }: JsonObject): boolean =>
  typeof activation === 'string' && !Object.hasOwn(commonActivations, activation);

/** The layers of a structure as they were saved, and those of structures that are its layers. */
function* layersIn(config: JsonValue | undefined): Generator<JsonObject> {
  if (!isJsonObject(config) || !Array.isArray(config.layers)) return;
  for (const layer of config.layers) {
    if (!isJsonObject(layer)) continue;
    yield layer;
    yield* layersIn(layer.config);
  }
}

/** All classes that predict with what was saved. */
async function builtIn(): Promise<KnownClass[]> {
  const { DenseOfAnyActivation, ...others }: Readonly<Record<string, unknown>> = await import('./inference');
  // Of two classes with one name the later one counts.
  return [...Object.values(others), DenseOfAnyActivation].filter(isClassOfLayers);
}

const isClassOfLayers = (value: unknown): value is KnownClass =>
  (typeof value === 'function' || typeof value === 'object') &&
  value !== null &&
  'className' in value &&
  ('fromConfig' in value || 'readStructure' in value);
