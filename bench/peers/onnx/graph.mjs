/**
 * A graph of ONNX, built node by node and written as the bytes of a model. Field numbers are those of onnx.proto.
 */
import { bytes, float, integer, joined, message, text } from './wire.mjs';

/**
 * @typedef {'float32' | 'int32' | 'int64'} ElementType
 * @typedef {number | string | readonly number[] | { readonly float: number }} Attribute integers unless marked
 */

/** TensorProto.DataType. */
const dataTypes = { float32: 1, int32: 6, int64: 7 };
/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, integer: 2, string: 3, integers: 7 };

/** The operator set that has Gelu; layer normalization came with 17. */
const operatorSet = 20;
/** The version of the format that came with it. */
const formatVersion = 9;
/** Operators that onnxruntime adds to those of ONNX. */
export const contributed = 'com.microsoft';

/** @param {string} name @param {Attribute} value */
function attribute(name, value) {
  const named = text(1, name);
  if (typeof value === 'number')
    return message(5, named, integer(3, value), integer(20, attributeTypes.integer));
  if (typeof value === 'string') return message(5, named, text(4, value), integer(20, attributeTypes.string));
  if ('float' in value) return message(5, named, float(2, value.float), integer(20, attributeTypes.float));
  const list = value.map((each) => integer(8, each));
  return message(5, named, ...list, integer(20, attributeTypes.integers));
}

/** @param {number} field @param {string} name @param {ElementType} type @param {readonly number[]} shape */
function valueInfo(field, name, type, shape) {
  const extents = shape.map((extent) => message(1, integer(1, extent)));
  return message(
    field,
    text(1, name),
    message(2, message(1, integer(1, dataTypes[type]), message(2, ...extents))),
  );
}

export class Graph {
  /** @type {Uint8Array[]} */
  #nodes = [];
  /** @type {Uint8Array[]} */
  #constants = [];
  /** @type {Uint8Array[]} */
  #inputs = [];
  /** @type {Uint8Array[]} */
  #outputs = [];
  #names = 0;

  #name() {
    return `v${this.#names++}`;
  }

  /** @param {string} name @param {ElementType} type @param {readonly number[]} shape @returns {string} */
  input(name, type, shape) {
    this.#inputs.push(valueInfo(11, name, type, shape));
    return name;
  }

  /** @param {string} name of a value @param {readonly number[]} shape of float32 */
  output(name, shape) {
    this.#outputs.push(valueInfo(12, name, 'float32', shape));
  }

  /** @param {Float32Array | BigInt64Array} data @param {readonly number[]} shape @returns {string} its name */
  constant(data, shape) {
    const name = this.#name();
    const type = data instanceof Float32Array ? 'float32' : 'int64';
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.#constants.push(
      message(
        5,
        ...shape.map((extent) => integer(1, extent)),
        integer(2, dataTypes[type]),
        text(8, name),
        bytes(9, raw),
      ),
    );
    return name;
  }

  /** @param {...number} values @returns {string} the name of a vector of int64, as shapes and axes are given */
  integers(...values) {
    return this.constant(BigInt64Array.from(values, BigInt), [values.length]);
  }

  /** @param {number} value @returns {string} the name of a scalar */
  number(value) {
    return this.constant(Float32Array.of(value), []);
  }

  /**
   * @param {string} operator
   * @param {readonly string[]} inputs
   * @param {Readonly<Record<string, Attribute>>} [attributes]
   * @param {string} [domain] of the operator; left out, that of ONNX
   * @returns {string} the name of its first result
   */
  node(operator, inputs, attributes = {}, domain = '') {
    const name = this.#name();
    const fields = [
      ...inputs.map((each) => text(1, each)),
      text(2, name),
      text(4, operator),
      ...Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      ...(domain ? [text(7, domain)] : []),
    ];
    this.#nodes.push(message(1, ...fields));
    return name;
  }

  /** @returns {Uint8Array} the model */
  model() {
    const parts = [...this.#nodes, text(2, 'problem'), ...this.#constants, ...this.#inputs, ...this.#outputs];
    return joined([
      integer(1, formatVersion),
      message(7, ...parts),
      message(8, text(1, ''), integer(2, operatorSet)),
      message(8, text(1, contributed), integer(2, 1)),
    ]);
  }
}
