/**
 * Reads a file of this package and decompresses it, wherever the package runs.
 *
 * The file's address is taken relative to the module, which bundlers recognise and turn into an asset. Node, Deno and
 * Bun read it from disk, pages fetch it. Node's modules are asked for at run time, so that bundlers for browsers see none.
 */

/** Node's own module, or undefined where there is none (pages, workers of the edge). */
const fileSystem = () => globalThis.process?.getBuiltinModule?.('node:fs/promises');
const compression = () => globalThis.process?.getBuiltinModule?.('node:zlib');

/** Node's Buffer as the plain array it is built on, because a Buffer's `slice` does not copy. */
const plainView = (buffer: Uint8Array) => new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.length);

/** The bytes behind an address: a file where files can be read, the body of an HTTP answer elsewhere. */
export async function readBytes(address: URL): Promise<Uint8Array> {
  const files = fileSystem();
  if (address.protocol === 'file:' && files !== undefined) return plainView(await files.readFile(address));
  const response = await fetch(address);
  if (!response.ok) {
    throw new Error(
      [
        `fashionMnistSubset: ${address} answered ${response.status} ${response.statusText}.`,
        '  Serve the data folder of @hadal/dataset-fashion-mnist next to the bundle that contains the package.',
      ].join('\n'),
    );
  }
  return new Uint8Array(await response.arrayBuffer());
}

/**
 * Decompresses gzipped bytes. A server that already did so (content-encoding) leaves nothing to do.
 */
export async function decompress(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const zlib = compression();
  if (zlib !== undefined) {
    return new Promise((resolve, reject) => {
      zlib.gunzip(bytes, (error, content) => (error === null ? resolve(plainView(content)) : reject(error)));
    });
  }
  const stream = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
