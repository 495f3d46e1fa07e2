/**
 * `model.json`: the architecture of a saved model, and the sizes and checksums of the files beside it.
 */
import type { BlobStorage, HostArray, JsonObject, JsonValue, SerializedObject } from '@hadal/core';
import { ConfigReader, DataError, isJsonObject, requireSerialized } from '@hadal/core';
import { readShape } from '../layer/options';
import type { LayerShape } from '../layer/shape';
import { crc32 } from './crc32';
import { parseJsonObject } from './json-object';
import { readSafetensors, writeSafetensors } from './safetensors';

export const MANIFEST_NAME = 'model.json';
export const WEIGHTS_NAME = 'model.safetensors';
export const TRAINING_NAME = 'training.safetensors';

const FORMAT = 'hadal-model';
const FORMAT_VERSION = 1;

/** An architecture is text that people write; more than this is not one. */
const MAX_MANIFEST_BYTES = 64 * 2 ** 20;

/** How to tell that a file beside the manifest is the one that was saved with it. */
interface FileStamp {
  readonly bytes: number;
  readonly crc32: number;
}

export interface Manifest {
  readonly model: SerializedObject;
  /** The shapes of the inputs the model was built for, batch first; undefined for a model without weights yet. */
  readonly inputShapes: readonly LayerShape[] | undefined;
  /** How the model was compiled and where training stands. */
  readonly training: JsonObject | undefined;
  readonly files: ReadonlyMap<string, FileStamp>;
}

/** What is to be saved. */
export interface ManifestContent {
  readonly model: SerializedObject;
  readonly inputShapes: readonly LayerShape[] | undefined;
  readonly training: JsonObject | undefined;
}

/** Writes a model: tensors by file name, and the manifest that vouches for them. */
export async function writeSavedModel(
  storage: BlobStorage,
  { model, inputShapes, training }: ManifestContent,
  files: ReadonlyMap<string, ReadonlyMap<string, HostArray>>,
): Promise<void> {
  const blobs = new Map<string, Uint8Array>();
  const stamps: Record<string, JsonObject> = {};
  for (const [name, tensors] of files) {
    const bytes = writeSafetensors(tensors);
    blobs.set(name, bytes);
    stamps[name] = { bytes: bytes.length, crc32: crc32(bytes) };
  }
  const manifest = {
    format: FORMAT,
    version: FORMAT_VERSION,
    model,
    inputShapes: inputShapes ?? null,
    training: training ?? null,
    files: stamps,
  };
  // Last, so that it only ever names files that are in place.
  blobs.set(MANIFEST_NAME, new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`));
  await storage.write(blobs);
}

/**
 * Reads and checks `model.json`.
 *
 * @throws {DataError} when it is missing, no JSON, of another format, or of a newer version
 */
export async function readManifest(storage: BlobStorage): Promise<Manifest> {
  const where = `${storage.location}: ${MANIFEST_NAME}`;
  const bytes = await storage.read(MANIFEST_NAME, { maxBytes: MAX_MANIFEST_BYTES });
  const json = parseJsonObject(where, 'file', bytes);
  if (json.format !== FORMAT) {
    throw new DataError(
      where,
      `this is not a saved model: 'format' is ${JSON.stringify(json.format)}, expected '${FORMAT}'.`,
    );
  }
  if (json.version !== FORMAT_VERSION) {
    throw new DataError(
      where,
      `the file has format version ${JSON.stringify(json.version)}, this package reads version ${FORMAT_VERSION}.`,
      'Update @hadal/layers, or save the model again with the version installed here.',
    );
  }
  const reader = new ConfigReader(where, json);
  reader.string('format');
  reader.integer('version');
  const model = requireSerialized(`${where}: model`, reader.value('model'));
  const shapes = reader.value('inputShapes');
  const training = reader.value('training');
  const files = readStamps(where, reader.object('files'));
  reader.done();
  if (training !== undefined && !isJsonObject(training)) {
    throw new DataError(where, "'training' must be an object.");
  }
  return {
    model,
    inputShapes: shapes === undefined ? undefined : readShapes(`${where}: inputShapes`, shapes),
    training,
    files,
  };
}

/**
 * Reads the tensors of one file that the manifest names.
 *
 * @throws {DataError} when it is missing, was changed since, or is corrupt
 */
export async function readTensors(
  storage: BlobStorage,
  manifest: Manifest,
  name: string,
): Promise<ReadonlyMap<string, HostArray>> {
  const where = `${storage.location}: ${name}`;
  const stamp = manifest.files.get(name);
  if (stamp === undefined) throw new DataError(where, `${MANIFEST_NAME} does not name this file.`);
  const bytes = await storage.read(name, { maxBytes: stamp.bytes });
  if (bytes.length !== stamp.bytes) {
    throw new DataError(
      where,
      `the file has ${bytes.length} bytes, ${MANIFEST_NAME} says ${stamp.bytes}.`,
      'The file is truncated, or belongs to another save.',
    );
  }
  if (crc32(bytes) !== stamp.crc32) {
    throw new DataError(
      where,
      `the checksum does not match ${MANIFEST_NAME}.`,
      'The file is damaged, or belongs to another save.',
    );
  }
  return readSafetensors(where, bytes).tensors;
}

function readShapes(where: string, shapes: JsonValue): readonly LayerShape[] {
  if (Array.isArray(shapes)) return shapes.map((shape) => readShape(where, shape));
  throw new DataError(where, 'expected a list of shapes.');
}

function readStamps(where: string, files: JsonObject): Map<string, FileStamp> {
  return new Map(
    Object.entries(files).map(([name, entry]) => {
      if (!isJsonObject(entry)) throw new DataError(where, `'files.${name}' must be an object.`);
      const reader = new ConfigReader(`${where}: files.${name}`, entry);
      const stamp = { bytes: reader.integer('bytes'), crc32: reader.integer('crc32') };
      reader.done();
      return [name, stamp];
    }),
  );
}
