/**
 * A storage in IndexedDB, the database that every browser has: also in workers and in older browsers. All blobs of a write
 * are one transaction, so that either all of them are there or none.
 */
import type { ManagedStorage, ReadBlobOptions } from '@hadal/core';
import { DataError } from '@hadal/core';
import { requireBlobName, requireBlobSize } from '../blob-rules';
import { missingStorage, refusedBy } from './browser-errors';

/** With what the locations of such storages begin. */
export const INDEXED_DB_SCHEME = 'indexeddb://';

const DATABASE = 'hadal';
const DATABASE_VERSION = 1;
/** Blobs under the key [name of the storage, name of the blob]. */
const STORE = 'blobs';

/** Keeps blobs under one name in IndexedDB. */
export class IndexedDBStorage implements ManagedStorage {
  readonly location: string;

  /**
   * @param name of the storage; several may lie beside each other, slashes are part of the name
   * @throws {DataError} when the name is empty
   */
  constructor(readonly name: string) {
    this.location = `${INDEXED_DB_SCHEME}${name}`;
    if (name === '') throw new DataError(this.location, 'the storage has no name.', "Give one: 'clothes'.");
  }

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    requireBlobName(this.location, name);
    const [found] = await this.#run('readonly', `'${name}' cannot be read`, (store) => [
      store.get([this.name, name]),
    ]);
    if (!(found instanceof Blob)) {
      throw new DataError(
        this.location,
        `there is no '${name}'.`,
        'Has a model been saved there, by a page of the same origin?',
      );
    }
    // What the database gives is a reference: the bytes are read after their number is known.
    requireBlobSize(this.location, name, found.size, maxBytes);
    try {
      return new Uint8Array(await found.arrayBuffer());
    } catch (error) {
      throw refusedBy(this.location, `'${name}' cannot be read`, error);
    }
  }

  async write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const name of blobs.keys()) requireBlobName(this.location, name);
    await this.#run('readwrite', 'the model cannot be saved', (store) =>
      [...blobs].map(([name, blob]) => store.put(new Blob([new Uint8Array(blob)]), [this.name, name])),
    );
  }

  async has(name: string): Promise<boolean> {
    requireBlobName(this.location, name);
    const [count] = await this.#run('readonly', `'${name}' cannot be looked for`, (store) => [
      store.count([this.name, name]),
    ]);
    return count === 1;
  }

  async remove(names: readonly string[]): Promise<void> {
    for (const name of names) requireBlobName(this.location, name);
    await this.#run('readwrite', 'the saved model cannot be deleted', (store) =>
      names.map((name) => store.delete([this.name, name])),
    );
  }

  /**
   * Makes requests in one transaction and waits until it is complete; gives what each came to. The database is closed afterwards, so that no page
   * keeps others from a later version of it.
   */
  async #run(
    mode: IDBTransactionMode,
    what: string,
    ask: (store: IDBObjectStore) => readonly { readonly result: unknown }[],
  ): Promise<readonly unknown[]> {
    const database = await this.#open();
    try {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const complete = new Promise<void>((resolve, reject) => {
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error);
      });
      const requests = askOrAbort(transaction, ask);
      await complete;
      return requests.map(({ result }) => result);
    } catch (error) {
      throw refusedBy(this.location, what, error);
    } finally {
      database.close();
    }
  }

  #open(): Promise<IDBDatabase> {
    const factory: IDBFactory | undefined = globalThis.indexedDB;
    if (factory === undefined) throw missingStorage(this.location, 'IndexedDB');
    return new Promise((resolve, reject) => {
      const opening = factory.open(DATABASE, DATABASE_VERSION);
      opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
      opening.onsuccess = () => resolve(opening.result);
      opening.onerror = () => {
        reject(refusedBy(this.location, `the database '${DATABASE}' cannot be opened`, opening.error));
      };
    });
  }
}

/** Requests that were made before one could not be made must not be carried out. */
function askOrAbort<T>(transaction: IDBTransaction, ask: (store: IDBObjectStore) => T): T {
  try {
    return ask(transaction.objectStore(STORE));
  } catch (error) {
    transaction.onabort = null;
    transaction.abort();
    throw error;
  }
}

/**
 * A storage in IndexedDB, the same as the location `indexeddb://name`.
 *
 * @param name of the storage, such as `clothes`
 * @throws {DataError} when the name is empty
 * @example
 * const storage = indexedDBStorage('clothes');
 * await model.save(storage);
 * const copy = await loadModel('indexeddb://clothes');
 */
export const indexedDBStorage = (name: string): IndexedDBStorage => new IndexedDBStorage(name);
