/** Networks of the problems as models whose one input is `x`: channels first, batch normalization left to be folded. */

import { cannot } from '../protocol.mjs';
import { contributed, Graph } from './graph.mjs';
import { kernelFirst, transposed } from './layout.mjs';

/**
 * @typedef {import('../protocol.mjs').Block} Block
 * @typedef {import('../protocol.mjs').LayerSpec} LayerSpec
 *
 * @typedef {object} Value what a layer gives
 * @property {string} name
 * @property {readonly number[]} shape
 * @property {readonly number[]} [flattened] the shape [channels, height, width] before it was flattened
 */

const epsilon = { float: 1e-5 };

class Builder {
  graph = new Graph();
  /** @type {readonly Block[]} */
  #parameters;
  #at = 0;

  /** @param {readonly Block[]} parameters */
  constructor(parameters) {
    this.#parameters = parameters;
  }

  /** The next parameter. @returns {Block} */
  take() {
    const block = this.#parameters[this.#at++];
    if (!block) throw new Error('The problem has too few parameters.');
    return block;
  }

  /** @param {Block} block @returns {string} */
  constant({ data, shape }) {
    return this.graph.constant(data, shape);
  }

  /** The next parameter as it is. @returns {string} */
  next() {
    return this.constant(this.take());
  }

  /** @param {string} operator @param {readonly string[]} inputs @param {Record<string, import('./graph.mjs').Attribute>} [attributes] */
  node(operator, inputs, attributes) {
    return this.graph.node(operator, inputs, attributes);
  }

  /** @param {Value} x @returns {Value} */
  dense({ name, shape, flattened }) {
    const kernel = this.take();
    const [rows = 1, columns = 1] = kernel.shape;
    const [channels = 1] = flattened ?? [];
    // The rows of what follows a flattened image are in the order of channels last.
    const ordered = flattened
      ? transposed({ data: kernel.data, shape: [rows / channels, channels, columns] }, [1, 0, 2])
      : kernel;
    const weights = this.graph.constant(ordered.data, kernel.shape);
    const bias = this.next();
    const output = [...shape.slice(0, -1), columns];
    if (shape.length === 2) return { name: this.node('Gemm', [name, weights, bias]), shape: output };
    return { name: this.node('Add', [this.node('MatMul', [name, weights]), bias]), shape: output };
  }

  /** @param {Value} x @returns {Value} */
  normalized({ name, shape }) {
    const scale = this.next();
    return {
      name: this.node('LayerNormalization', [name, scale, this.next()], { axis: -1, epsilon }),
      shape,
    };
  }

  /** @param {Value} x @param {number} strides @param {number} padding @returns {Value} */
  convolved({ name, shape: [batch = 1, , height = 1, width = 1] }, strides, padding) {
    const kernel = kernelFirst(this.take());
    const [filters = 1, , size = 1] = kernel.shape;
    const extent = (/** @type {number} */ from) => Math.floor((from + 2 * padding - size) / strides) + 1;
    const y = this.node('Conv', [name, this.constant(kernel)], {
      strides: [strides, strides],
      pads: [padding, padding, padding, padding],
    });
    const statistics = [this.next(), this.next(), this.next(), this.next()];
    return {
      name: this.node('BatchNormalization', [y, ...statistics], { epsilon }),
      shape: [batch, filters, extent(height), extent(width)],
    };
  }

  /** @param {Value} x @returns {Value} */
  relu({ name, shape }) {
    return { name: this.node('Relu', [name]), shape };
  }

  /** @param {Value} a @param {Value} b @returns {Value} */
  sum(a, b) {
    return { name: this.node('Add', [a.name, b.name]), shape: a.shape };
  }

  /** Causal attention, whose joint projection is a part of onnxruntime's operator. @param {Value} x @param {number} heads @returns {Value} */
  attended({ name, shape }, heads) {
    const [weights, bias] = [this.next(), this.next()];
    const attributes = { num_heads: heads, unidirectional: 1 };
    return { name: this.graph.node('Attention', [name, weights, bias], attributes, contributed), shape };
  }

  /** @param {LayerSpec} layer @param {Value} x @returns {Value} */
  layer(layer, x) {
    const [batch = 1, channels = 1, height = 1, width = 1] = x.shape;
    switch (layer.kind) {
      case 'conv': {
        const kernel = this.constant(kernelFirst(this.take()));
        const name = this.node('Conv', [x.name, kernel, this.next()]);
        const shape = [batch, layer.filters, height - layer.kernel + 1, width - layer.kernel + 1];
        return this.relu({ name, shape });
      }
      case 'pool': {
        const { window } = layer;
        const name = this.node('MaxPool', [x.name], {
          kernel_shape: [window, window],
          strides: [window, window],
        });
        return { name, shape: [batch, channels, Math.floor(height / window), Math.floor(width / window)] };
      }
      case 'flatten':
        return {
          name: this.node('Flatten', [x.name]),
          shape: [batch, channels * height * width],
          flattened: x.shape.slice(1),
        };
      case 'dense': {
        const result = this.dense(x);
        return layer.relu ? this.relu(result) : result;
      }
      case 'embedding': {
        const table = this.take();
        const name = this.node('Gather', [this.constant(table), x.name]);
        return { name, shape: [...x.shape, table.shape.at(-1) ?? 1] };
      }
      case 'positions':
        return { name: this.node('Add', [x.name, this.next()]), shape: x.shape };
      case 'layerNorm':
        return this.normalized(x);
      case 'decoder': {
        const attended = this.attended(this.normalized(x), layer.heads);
        const inner = this.sum(x, this.dense(attended));
        const hidden = this.dense(this.normalized(inner));
        const activated = { name: this.node('Gelu', [hidden.name]), shape: hidden.shape };
        return this.sum(inner, this.dense(activated));
      }
      case 'stem': {
        const y = this.relu(this.convolved(x, 2, 3));
        const [, filters = 1, rows = 1, columns = 1] = y.shape;
        const name = this.node('MaxPool', [y.name], {
          kernel_shape: [3, 3],
          strides: [2, 2],
          pads: [1, 1, 1, 1],
        });
        return { name, shape: [batch, filters, Math.ceil(rows / 2), Math.ceil(columns / 2)] };
      }
      case 'residual': {
        const inner = this.relu(this.convolved(x, layer.strides, 1));
        const outer = this.convolved(inner, 1, 1);
        const isSame = layer.strides === 1 && channels === layer.filters;
        return this.relu(this.sum(outer, isSame ? x : this.convolved(x, layer.strides, 0)));
      }
      case 'averagePool':
        return {
          name: this.node('Flatten', [this.node('GlobalAveragePool', [x.name])]),
          shape: [batch, channels],
        };
      default:
        throw cannot(`its program has no layer ${layer.kind}`);
    }
  }
}

/** @param {import('../protocol.mjs').InferenceProblem} spec @param {readonly Block[]} parameters @returns {Uint8Array} */
export function networkModel({ input, integers, layers, batch }, parameters) {
  const builder = new Builder(parameters);
  const [height = 1, width = 1, channels = 1] = input;
  const shape = input.length === 3 ? [batch, channels, height, width] : [batch, ...input];
  const name = builder.graph.input('x', integers ? 'int32' : 'float32', shape);
  const result = layers.reduce((x, layer) => builder.layer(layer, x), /** @type {Value} */ ({ name, shape }));
  builder.graph.output(result.name, result.shape);
  return builder.graph.model();
}
