/** What attention is called with: one sequence that attends to itself, a list, or tensors by name. */
import type { Tensor } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import { isTensor } from '../../layer/arrangement';
import { isShape, type LayerShape } from '../../layer/shape';

/** The same by name. */
export type NamedAttentionInputs<T = Tensor> =
  | { readonly query: T; readonly value: T }
  | { readonly query: T; readonly value: T; readonly key: T }
  | { readonly query: T; readonly value: T; readonly attentionMask: T }
  | { readonly query: T; readonly value: T; readonly key: T; readonly attentionMask: T };

/** [query, value], [query, value, key] or [query, value, key, attentionMask], or these by name. */
export type AttentionInputs = readonly Tensor[] | NamedAttentionInputs;

export type AttentionShapes = LayerShape | readonly LayerShape[] | NamedAttentionInputs<LayerShape>;

/** What attention is computed from, each by its name. */
export interface AttentionParts<T> {
  /** What asks. */
  readonly query: T;
  /** What is gathered. */
  readonly value: T;
  /** Undefined where the values are their own keys. */
  readonly key: T | undefined;
  readonly attentionMask: T | undefined;
}

const NAMES = ['query', 'value', 'key', 'attentionMask'];

function partsOf<T>(where: string, given: readonly (readonly [string, T])[]): AttentionParts<T> {
  const parts = new Map(given);
  const [query, value] = [parts.get('query'), parts.get('value')];
  const unknown = given.find(([name]) => !NAMES.includes(name));
  if (query === undefined || value === undefined || unknown !== undefined || given.length > NAMES.length) {
    throw new ArgumentError(
      where,
      `got ${given.map(([name]) => name).join(', ') || 'nothing'}.`,
      'Expected one sequence, [query, value], [query, value, key], [query, value, key, attentionMask], or these by name.',
    );
  }
  return { query, value, key: parts.get('key'), attentionMask: parts.get('attentionMask') };
}

const listed = <T>(values: readonly T[]): (readonly [string, T])[] =>
  values.map((value, index) => [NAMES[index] ?? `input ${index}`, value] as const);

const isList = <T>(value: readonly T[] | NamedAttentionInputs<T>): value is readonly T[] =>
  Array.isArray(value);

/** @throws {ArgumentError} when query or value are missing, or there is something else */
export function attentionInputs(where: string, inputs: Tensor | AttentionInputs): AttentionParts<Tensor> {
  if (isTensor(inputs)) {
    return { query: inputs, value: inputs, key: undefined, attentionMask: undefined };
  }
  return partsOf(where, isList(inputs) ? listed(inputs) : Object.entries(inputs));
}

/** As `attentionInputs`, of shapes. */
export function attentionShapes(where: string, shapes: AttentionShapes): AttentionParts<LayerShape> {
  if (isShape(shapes)) return { query: shapes, value: shapes, key: undefined, attentionMask: undefined };
  return partsOf(where, isList(shapes) ? listed(shapes) : Object.entries(shapes));
}
