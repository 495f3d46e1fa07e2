/**
 * Text and bytes inside HTML: labels may come from anywhere and must stay text.
 */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as HTML that shows exactly that text, inside elements and quoted attributes. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);

/** Bytes of a `String.fromCharCode` call: more would overflow the argument list of some engines. */
const CHUNK_BYTES = 8192;

/** A PNG as an address that needs no file. */
export function pngDataUri(png: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < png.length; at += CHUNK_BYTES) {
    binary += String.fromCharCode(...png.subarray(at, at + CHUNK_BYTES));
  }
  return `data:image/png;base64,${btoa(binary)}`;
}
