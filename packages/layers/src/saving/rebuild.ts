/**
 * Builds a network from a manifest and tensors. Only classes that the caller lists are ever made, nothing in the file
 * is executed, and weights begin as what the file holds: nothing is initialized first.
 */
import type { HostArray, JsonValue, SerializedObject } from '@hadal/core';
import { ConfigReader, DataError, HadalError, requireSerialized, suggestName } from '@hadal/core';
import { withInitialValues } from '../layer/initial-values';
import type { Layer, LayerClass } from '../layer/layer';
import type { Network, NetworkOptions } from '../model/network';
import { upload } from '../model/predict';
import { SequentialStructure } from '../model/structure';
import type { Manifest } from './manifest';

/** Models in models in models; more than this is an attack on the stack. */
const MAX_NESTING = 32;

/** Makes the network of a structure. */
export type MakeNetwork<T extends Network> = (structure: SequentialStructure, options: NetworkOptions) => T;

/**
 * Builds the network that a manifest describes.
 *
 * @param where   where the model comes from, for errors
 * @param classes the layer classes that may be made
 * @throws {DataError} when a class is unknown, a configuration is wrong, or weights are missing, left over or misshapen
 */
export function rebuildNetwork<T extends Network>(
  where: string,
  manifest: Manifest,
  weights: ReadonlyMap<string, HostArray>,
  classes: readonly LayerClass[],
  makeNetwork: MakeNetwork<T>,
): T {
  const left = new Map(weights);
  const take = (path: string, shape: readonly number[], dtype: string): HostArray => {
    const found = left.get(path);
    if (found === undefined) {
      throw new DataError(where, `the weight '${path}' is missing.`, suggestName(path, [...left.keys()]));
    }
    left.delete(path);
    const fits =
      found.dtype === dtype &&
      found.shape.length === shape.length &&
      found.shape.every((extent, axis) => extent === shape[axis]);
    if (fits) return found;
    throw new DataError(
      where,
      `the weight '${path}' is ${found.dtype} [${found.shape}], the architecture needs ${dtype} [${shape}].`,
      'Architecture and weights do not belong together.',
    );
  };
  const byName = new Map(classes.map((layerClass) => [layerClass.className, layerClass]));
  const network = withInitialValues(
    (path, shape, dtype) => upload(take(path, shape, dtype)),
    () =>
      asDataError(where, () => {
        const made = readNetwork(where, manifest.model, byName, makeNetwork, 0);
        if (manifest.inputShape !== undefined) made.build(manifest.inputShape);
        return made;
      }),
  );
  if (left.size > 0) {
    throw new DataError(
      where,
      `${left.size} weights belong to no layer: ${[...left.keys()].slice(0, 5).join(', ')}.`,
      'Architecture and weights do not belong together.',
    );
  }
  return network;
}

function readNetwork<T extends Network>(
  where: string,
  { className, config }: SerializedObject,
  classes: ReadonlyMap<string, LayerClass>,
  makeNetwork: MakeNetwork<T>,
  nesting: number,
): T {
  if (className !== 'Sequential') {
    throw new DataError(where, `models of class '${className}' are not known; expected 'Sequential'.`);
  }
  if (nesting > MAX_NESTING) throw new DataError(where, `models are nested more than ${MAX_NESTING} deep.`);
  const reader = new ConfigReader(`${where}: ${className}`, config);
  const name = reader.string('name');
  const structure = new SequentialStructure();
  for (const [index, value] of reader.list('layers').entries()) {
    structure.add(readLayer(`${where}: layer ${index}`, value, classes, makeNetwork, nesting));
  }
  reader.done();
  return makeNetwork(structure, { name });
}

function readLayer<T extends Network>(
  where: string,
  value: JsonValue,
  classes: ReadonlyMap<string, LayerClass>,
  makeNetwork: MakeNetwork<T>,
  nesting: number,
): Layer {
  const serialized = requireSerialized(where, value);
  if (serialized.className === 'Sequential') {
    return readNetwork(where, serialized, classes, makeNetwork, nesting + 1);
  }
  const layerClass = classes.get(serialized.className);
  if (layerClass === undefined) {
    throw new DataError(
      where,
      `the layer class '${serialized.className}' is not known here.`,
      suggestName(serialized.className, [...classes.keys()]),
      'Pass it: loadModel(source, { layers: [ThatClass] }).',
    );
  }
  return layerClass.fromConfig(serialized.config);
}

/** What a file says is data: whatever does not fit is a DataError, also where a constructor found it. */
function asDataError<T>(where: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (error instanceof HadalError && !(error instanceof DataError)) {
      throw new DataError(where, `the architecture is not valid: ${error.message}`);
    }
    throw error;
  }
}
