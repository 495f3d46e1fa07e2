/**
 * Writes what a graph is as a text that serves as a key. Every part says where it ends, so that texts are equal only when
 * all parts are. They are gathered as character codes, in one place: signatures are
 * written for every graph that is realized.
 */
import type { Node } from '../graph/node';

/** Whole numbers below are a code of their own; this one begins a number that is written as the bits of a float64. */
const BITS = 2 ** 16 - 1;
/** Codes that become text at once: they are passed on the stack. */
const CHUNK = 4096;
/** Codes for which room is kept between keys. */
const MOST_KEPT = 2 ** 17;

const float = new Float64Array(1);
const bits = new Uint16Array(float.buffer);

/** Operations and dtypes that were met, by their numbers. */
const names = new Map<string, number>();

/** The key being written is in the first `length` of these. */
const codes: number[] = [];
let length = 0;

export function writeNumber(value: number): void {
  if (value >>> 0 === value && value < BITS && !Object.is(value, -0)) {
    codes[length++] = value;
    return;
  }
  float[0] = value;
  codes[length++] = BITS;
  for (const part of bits) codes[length++] = part;
}

export function writeNumbers(values: readonly number[]): void {
  writeNumber(values.length);
  for (const value of values) writeNumber(value);
}

export function writeText(value: string): void {
  writeNumber(value.length);
  for (let i = 0; i < value.length; i++) codes[length++] = value.charCodeAt(i);
}

/** One of a few texts. The number is at least `from`. */
export function writeName(name: string, from = 0): void {
  let known = names.get(name);
  if (known === undefined) {
    known = names.size;
    names.set(name, known);
  }
  writeNumber(from + known);
}

/** Shape and dtype. */
export function writeValue({ shape, dtype }: Pick<Node, 'shape' | 'dtype'>): void {
  writeName(dtype);
  writeNumbers(shape);
}

/** All of a node but its inputs. The first number is at least `from`. */
export function writeOperation(node: Node, from = 0): void {
  writeName(node.op, from);
  writeValue(node);
  if (node.op === 'composite') {
    writeText(node.attributes.definition.name);
    writeFields(node.attributes.attributes);
  } else if (node.op !== 'reshape' && node.op !== 'expand') {
    // The attributes of these two are the shape of the result.
    writeFields(node.attributes);
  }
}

/** Ends a key. Between its beginning and its end no other may be written. */
export function takeKey(): string {
  let text = '';
  for (let at = 0; at < length; at += CHUNK)
    text += String.fromCharCode(...codes.slice(at, Math.min(at + CHUNK, length)));
  length = 0;
  codes.length = Math.min(codes.length, MOST_KEPT);
  return text;
}

/** Fields in the order in which they were set; functions say nothing. */
function writeFields(fields: object): void {
  for (const name in fields) {
    const value: unknown = Reflect.get(fields, name);
    if (typeof value === 'function') continue;
    writeText(name);
    writeField(value);
  }
  writeNumber(0);
}

function writeField(value: unknown): void {
  writeName(typeof value);
  if (typeof value === 'number') writeNumber(value);
  else if (!Array.isArray(value)) writeText(String(value));
  else {
    writeNumber(value.length);
    for (const each of value) writeField(each);
  }
}
