/**
 * Builds a network from a manifest and tensors. Only classes that the caller lists are ever made, nothing in the file
 * is executed, and weights begin as what the file holds: nothing is initialized first.
 */
import type { HostArray, JsonValue, SerializedObject } from '@hadal/core';
import { ConfigReader, DataError, HadalError, requireSerialized, suggestName } from '@hadal/core';
import { withInitialValues } from '../layer/initial-values';
import { type AnyLayer, type LayerClass, takesOne } from '../layer/layer';
import type { AnyNetwork, NetworkOptions } from '../model/network';
import { upload } from '../model/predict';
import { SequentialStructure } from '../model/sequential-structure';
import type { ModelStructure, StructureClass } from '../model/structure';
import type { Manifest } from './manifest';

/** Models in models in models; more than this is an attack on the stack. */
const MAX_NESTING = 32;

type KnownClasses = ReadonlyMap<string, LayerClass | StructureClass>;

/** Makes the network of a structure. */
export type MakeNetwork<T extends AnyNetwork> = (structure: ModelStructure, options: NetworkOptions) => T;

/**
 * Builds the network that a manifest describes.
 *
 * @param where   where the model comes from, for errors
 * @param classes the layer classes that may be made
 * @throws {DataError} when a class is unknown, a configuration is wrong, or weights are missing, left over or misshapen
 */
export function rebuildNetwork<T extends AnyNetwork>(
  where: string,
  manifest: Manifest,
  weights: ReadonlyMap<string, HostArray>,
  classes: readonly (LayerClass | StructureClass)[],
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
  const byName: KnownClasses = new Map(classes.map((known) => [known.className, known]));
  const network = withInitialValues(
    (path, shape, dtype) => upload(take(path, shape, dtype)),
    () =>
      asDataError(where, () => {
        const made = readNetwork(where, manifest.model, byName, makeNetwork, 0);
        if (manifest.inputShapes !== undefined)
          made.build(made.structure.inputs.arrange(manifest.inputShapes));
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

function readNetwork<T extends AnyNetwork>(
  where: string,
  { className, config }: SerializedObject,
  classes: KnownClasses,
  makeNetwork: MakeNetwork<T>,
  nesting: number,
): T {
  requireNesting(where, nesting);
  const known = classes.get(className);
  const readStructure =
    className === 'Sequential' ? chainOf : known && 'readStructure' in known && known.readStructure;
  if (!readStructure) throw unknownClass(where, nesting === 0 ? 'model' : 'layer', className, classes);
  const reader = new ConfigReader(`${where}: ${className}`, config);
  const name = reader.string('name');
  const layers = reader
    .list('layers')
    .map((value, index) => readLayer(`${where}: layer ${index}`, value, classes, makeNetwork, nesting));
  const structure = readStructure(`${where}: ${className}`, reader, layers);
  reader.done();
  return makeNetwork(structure, { name });
}

function requireNesting(where: string, nesting: number): void {
  if (nesting <= MAX_NESTING) return;
  throw new DataError(where, `models and layers are nested more than ${MAX_NESTING} deep.`);
}

const unknownClass = (where: string, kind: string, className: string, classes: KnownClasses): DataError =>
  new DataError(
    where,
    `the ${kind} class '${className}' is not known here.`,
    suggestName(className, ['Sequential', ...classes.keys()]),
    'Pass it: loadModel(source, { layers: [ThatClass] }).',
  );

function chainOf(_where: string, _reader: ConfigReader, layers: readonly AnyLayer[]): SequentialStructure {
  const structure = new SequentialStructure();
  for (const layer of layers) {
    if (!takesOne(layer)) {
      throw new DataError('Sequential', `the layer "${layer.name}" takes several inputs; a chain has one.`);
    }
    structure.add(layer);
  }
  return structure;
}

function readLayer<T extends AnyNetwork>(
  where: string,
  value: JsonValue | undefined,
  classes: KnownClasses,
  makeNetwork: MakeNetwork<T>,
  nesting: number,
): AnyLayer {
  const serialized = requireSerialized(where, value);
  const known = classes.get(serialized.className);
  if (!known || !('fromConfig' in known)) {
    return readNetwork(where, serialized, classes, makeNetwork, nesting + 1);
  }
  requireNesting(where, nesting);
  return known.fromConfig(serialized.config, (inside, inner) =>
    readLayer(`${where}: ${inside}`, inner, classes, makeNetwork, nesting + 1),
  );
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
