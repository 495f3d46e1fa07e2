/**
 * Backups of a run in a folder: two saved models that are written in turn, so that a crash while one is written leaves
 * the other.
 */
import type { ManagedStorage } from '@hadal/core';
import { ConfigReader, DataError } from '@hadal/core';
import type { AnyModel } from '../model/model';
import { readPosition } from '../training/position';
import { managedStorageAt } from './location';
import {
  MANIFEST_NAME,
  type Manifest,
  readManifest,
  readTensors,
  TRAINING_NAME,
  WEIGHTS_NAME,
} from './manifest';
import { removeSavedModel } from './remove';
import { saveModel } from './save';
import { restoreTrainingState } from './training-state';

/** The folders of the two, below the one given. */
const TURNS = ['first', 'second'] as const;

/** A backup that can be read. */
interface Found {
  readonly storage: ManagedStorage;
  readonly manifest: Manifest;
  /** Epochs and batches before it. */
  readonly progress: readonly [epoch: number, batches: number];
}

export class Backup {
  #turn = 0;

  constructor(readonly folder: string) {}

  /** Writes the model and the state of its training in the place of the older backup. */
  async write(model: AnyModel): Promise<void> {
    await saveModel(model, this.#storage(this.#turn));
    this.#turn = 1 - this.#turn;
  }

  /**
   * Puts weights and training where the newest backup that is whole has them.
   *
   * @returns whether there was one
   * @throws {DataError} when there are backups, and none is whole and of such a model
   */
  async restore(model: AnyModel): Promise<boolean> {
    const failures: DataError[] = [];
    const found: (Found & { readonly turn: number })[] = [];
    for (const turn of TURNS.keys()) {
      const each = await this.#find(turn, failures);
      if (each !== undefined) found.push({ ...each, turn });
    }
    found.sort((a, b) => b.progress[0] - a.progress[0] || b.progress[1] - a.progress[1]);
    for (const each of found) {
      try {
        await restoreFrom(each, model);
        this.#turn = 1 - each.turn;
        return true;
      } catch (error) {
        if (!(error instanceof DataError)) throw error;
        failures.push(error);
      }
    }
    const [first] = failures;
    if (first !== undefined) throw first;
    return false;
  }

  /** Deletes both. */
  async remove(): Promise<void> {
    for (const turn of TURNS.keys()) await removeSavedModel(this.#storage(turn));
    await managedStorageAt(this.folder).remove([]);
  }

  #storage(turn: number): ManagedStorage {
    return managedStorageAt(`${this.folder}/${TURNS[turn] ?? TURNS[0]}`);
  }

  async #find(turn: number, failures: DataError[]): Promise<Found | undefined> {
    const storage = this.#storage(turn);
    if (!(await storage.has(MANIFEST_NAME))) return undefined;
    try {
      const manifest = await readManifest(storage);
      const training = new ConfigReader(storage.location, manifest.training ?? {});
      const { epoch, batches } = readPosition(training.object('position'));
      return { storage, manifest, progress: [epoch, batches] };
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      failures.push(error);
      return undefined;
    }
  }
}

async function restoreFrom({ storage, manifest }: Found, model: AnyModel): Promise<void> {
  const where = storage.location;
  const weights = await readTensors(storage, manifest, WEIGHTS_NAME);
  const tensors = await readTensors(storage, manifest, TRAINING_NAME);
  const values = model.namedWeights().map(({ path }) => {
    const value = weights.get(path);
    if (value === undefined) throw new DataError(where, `the weight '${path}' is missing.`);
    return value;
  });
  model.setWeights(values);
  const config = manifest.training;
  if (config !== undefined) restoreTrainingState(where, model, { config, tensors });
}
