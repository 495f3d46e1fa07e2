/** A storage behind a URL: models are loaded by GET and saved by PUT, to servers that take it. */
import type { BlobStorage, ReadBlobOptions } from '@hadal/core';
import { DataError } from '@hadal/core';
import { reasonOf, requireBlobName, requireBlobSize } from './blob-rules';

/** What goes with every request. */
export interface HttpStorageOptions {
  /** Headers, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether cookies are sent to other origins (default: to the page's own alone). */
  readonly credentials?: 'omit' | 'same-origin' | 'include';
}

/** Reads and writes blobs with `fetch`, each at `<url>/<name>`. */
export class HttpStorage implements BlobStorage {
  readonly location: string;

  readonly #options: HttpStorageOptions;

  /** @param url the folder that holds the files */
  constructor(url: string, options: HttpStorageOptions = {}) {
    this.location = url.endsWith('/') ? url : `${url}/`;
    this.#options = options;
  }

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    requireBlobName(this.location, name);
    const response = await this.#request('GET', name, 'fetched');
    requireBlobSize(this.location, name, Number(response.headers.get('content-length') ?? 0), maxBytes);
    const { body } = response;
    return body === null ? new Uint8Array() : this.#collect(name, body.getReader(), maxBytes);
  }

  async write(blobs: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const name of blobs.keys()) requireBlobName(this.location, name);
    // One after another: the last one vouches for the others.
    for (const [name, blob] of blobs) {
      const response = await this.#request('PUT', name, 'saved', new Uint8Array(blob));
      await response.body?.cancel();
    }
  }

  async #request(
    method: 'GET' | 'PUT',
    name: string,
    done: string,
    body?: Uint8Array<ArrayBuffer>,
  ): Promise<Response> {
    const address = `${this.location}${name}`;
    const response = await fetch(address, { ...this.#options, method, body }).catch((error: unknown) => {
      throw new DataError(this.location, `'${name}' cannot be ${done}: ${reasonOf(error)}.`);
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new DataError(
      this.location,
      `'${name}' cannot be ${done}: ${response.status} ${response.statusText}.`,
      ...(method === 'PUT' ? ['Does the server take PUT there?'] : []),
    );
  }

  /** Reads to the end, giving up as soon as there is more than allowed. */
  async #collect(
    name: string,
    reader: ReadableStreamDefaultReader<Uint8Array>,
    maxBytes: number | undefined,
  ): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (maxBytes !== undefined && length > maxBytes) await reader.cancel();
      requireBlobSize(this.location, name, length, maxBytes);
      chunks.push(value);
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}

/**
 * A storage behind a URL.
 *
 * @param url     the folder that holds the files; in a page it may be relative
 * @param options headers and credentials of every request
 * @example
 * const model = await loadModel(httpStorage('https://example.org/clothes', { headers: { authorization: token } }));
 */
export const httpStorage = (url: string, options?: HttpStorageOptions): HttpStorage =>
  new HttpStorage(url, options);
