/** Weights of a file into a model that is there already, by their names or in their order. */
import type { BlobStorage, HostArray, Variable } from '@hadal/core';
import { ArgumentError, DataError, suggestName, tensor } from '@hadal/core';
import type { NamedWeight } from '../layer/layer';
import { readManifest, readTensors, WEIGHTS_NAME } from './manifest';
import { readSafetensors, writeSafetensors } from './safetensors';
import { openStorage, type StorageLike } from './storage';

/** Weights may be as large as memory; what a file says of its size is checked when it is read. */
const MAX_WEIGHTS_BYTES = Number.MAX_SAFE_INTEGER;

const SAFETENSORS = /^(?<folder>.*?)(?<name>[^/\\]+\.safetensors)$/s;

export interface LoadWeightsOptions {
  /**
   * How weights find their places: in their `order`, or by `name`, the path that `namedWeights` gives, where each may lack
   * what the other has (default order).
   */
  readonly by?: 'order' | 'name';
  /** Leaves weights alone whose shapes differ, instead of failing (default false). */
  readonly skipMismatch?: boolean;
}

/** What became of weights, by their paths in the model. */
export interface LoadedWeights {
  /** Weights of the model that have values of the file now, by their places. */
  readonly loaded: readonly string[];
  /** Those that stayed, since the file has another shape for them. */
  readonly skipped: readonly string[];
  /** Those that stayed, since the file does not name them. */
  readonly missing: readonly string[];
  /** Names in the file that the model does not have. */
  readonly unused: readonly string[];
}

/** The storage and the name of a file of tensors, where a path or URL means one. */
function fileAt(source: StorageLike): { readonly folder: string; readonly name: string } | undefined {
  if (typeof source === 'object' && !(source instanceof URL)) return undefined;
  const { folder, name } = SAFETENSORS.exec(String(source))?.groups ?? {};
  return name === undefined ? undefined : { folder: folder || '.', name };
}

/** The tensors of a saved model, or of a file of tensors. */
async function tensorsAt(source: StorageLike): Promise<ReadonlyMap<string, HostArray>> {
  const file = fileAt(source);
  if (file === undefined) {
    const storage = await openStorage(source);
    return readTensors(storage, await readManifest(storage), WEIGHTS_NAME);
  }
  const storage = await openStorage(file.folder);
  const bytes = await storage.read(file.name, { maxBytes: MAX_WEIGHTS_BYTES });
  return readSafetensors(`${storage.location}: ${file.name}`, bytes).tensors;
}

interface Pairing {
  readonly path: string;
  readonly variable: Variable;
  readonly array: HostArray;
}

function pair(
  where: string,
  targets: readonly NamedWeight[],
  tensors: ReadonlyMap<string, HostArray>,
  by: 'order' | 'name',
): readonly Pairing[] {
  if (by === 'order') {
    if (tensors.size !== targets.length) {
      throw new DataError(
        where,
        `the file has ${tensors.size} weights, the model ${targets.length}.`,
        "Load what they have in common by its names: { by: 'name' }.",
      );
    }
    const arrays = [...tensors.values()];
    return targets.map(({ path, variable }, index) => ({ path, variable, array: arrays[index]! }));
  }
  const found = targets.flatMap(({ path, variable }) => {
    const array = tensors.get(path);
    return array === undefined ? [] : [{ path, variable, array }];
  });
  if (found.length > 0) return found;
  throw new DataError(
    where,
    'the file and the model have no name of a weight in common.',
    suggestName(targets[0]?.path ?? '', [...tensors.keys()]),
    "Give layers the names that they have in the file, or load { by: 'order' }.",
  );
}

/**
 * Takes weights from a file. Either all that fit are taken, or with an error none.
 *
 * @throws {DataError} when the file cannot be read, numbers or names of weights do not fit, or shapes differ
 */
export async function loadWeightsInto(
  targets: readonly NamedWeight[],
  source: StorageLike,
  { by = 'order', skipMismatch = false }: LoadWeightsOptions,
): Promise<LoadedWeights> {
  const where = 'loadWeights';
  if (targets.length === 0) {
    throw new ArgumentError(
      where,
      'the model has no weights yet.',
      'Build it first: model.build([null, …]).',
    );
  }
  const tensors = await tensorsAt(source);
  const pairs = pair(where, targets, tensors, by);
  const fits = ({ variable, array }: Pairing): boolean =>
    array.dtype === variable.dtype &&
    array.shape.length === variable.shape.length &&
    array.shape.every((extent, axis) => extent === variable.shape[axis]);
  const [taken, skipped] = [pairs.filter(fits), pairs.filter((each) => !fits(each))];
  const [first] = skipped;
  if (first !== undefined && !skipMismatch) {
    const { path, variable, array } = first;
    throw new DataError(
      where,
      `"${path}" is ${variable.dtype} [${variable.shape}], the file has ${array.dtype} [${array.shape}].`,
      'Leave such weights as they are with { skipMismatch: true }.',
    );
  }
  for (const { variable, array } of taken) {
    variable.assign(tensor(array.data, { shape: array.shape, dtype: array.dtype }));
  }
  const met = new Set(pairs.map(({ path }) => path));
  return {
    loaded: taken.map(({ path }) => path),
    skipped: skipped.map(({ path }) => path),
    missing: targets.flatMap(({ path }) => (met.has(path) ? [] : [path])),
    unused: by === 'order' ? [] : [...tensors.keys()].filter((name) => !met.has(name)),
  };
}

/** Writes weights alone, as a file of tensors. */
export async function saveWeightsOf(weights: readonly NamedWeight[], path: string | URL): Promise<void> {
  const file = fileAt(path);
  if (file === undefined) {
    throw new ArgumentError(
      'saveWeights',
      `the path is '${path}'; expected a file whose name ends with .safetensors.`,
      'A folder with the architecture as well is written by model.save(folder).',
    );
  }
  const tensors = new Map<string, HostArray>();
  for (const { path: name, variable } of weights) {
    const { value, shape, dtype } = variable;
    tensors.set(name, { data: await value.data(), shape, dtype });
  }
  const storage: BlobStorage = await openStorage(file.folder);
  await storage.write(new Map([[file.name, writeSafetensors(tensors)]]));
}
