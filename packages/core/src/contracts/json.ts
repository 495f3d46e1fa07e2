/**
 * Plain JSON as a type: what iterator states, layer configurations and reports may consist of, so that everything
 * that is saved can be written with `JSON.stringify` and read back unchanged.
 */
export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };
