/** A storage behind a URL, to load models from; it cannot be written. */
import type { BlobStorage, ReadBlobOptions } from '@hadal/core';
import { DataError } from '@hadal/core';
import { requireBlobName, requireBlobSize } from './blob-rules';

/** Reads blobs with `fetch`, each at `<url>/<name>`. */
export class HttpStorage implements BlobStorage {
  readonly location: string;

  /** @param url the folder that holds the files */
  constructor(url: string) {
    this.location = url.endsWith('/') ? url : `${url}/`;
  }

  async read(name: string, { maxBytes }: ReadBlobOptions = {}): Promise<Uint8Array> {
    requireBlobName(this.location, name);
    const response = await fetch(`${this.location}${name}`);
    if (!response.ok) {
      throw new DataError(
        this.location,
        `'${name}' cannot be fetched: ${response.status} ${response.statusText}.`,
      );
    }
    requireBlobSize(this.location, name, Number(response.headers.get('content-length') ?? 0), maxBytes);
    const { body } = response;
    return body === null ? new Uint8Array() : this.#collect(name, body.getReader(), maxBytes);
  }

  write(): Promise<void> {
    return Promise.reject(
      new DataError(
        this.location,
        'a model cannot be saved to a URL.',
        'Save to a folder or to memoryStorage().',
      ),
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

/** Makes an {@link HttpStorage}. */
export const httpStorage = (url: string): HttpStorage => new HttpStorage(url);
