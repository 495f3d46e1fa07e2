/** Single operations as models whose one input is `x`. Weights are constants, which onnxruntime packs beforehand. */
import { Graph } from './graph.mjs';
import { kernelFirst } from './layout.mjs';

/** @param {import('../protocol.mjs').Block} right @returns {Uint8Array} */
export function productModel({ data, shape }) {
  const graph = new Graph();
  const x = graph.input('x', 'float32', shape);
  graph.output(graph.node('MatMul', [x, graph.constant(data, shape)]), shape);
  return graph.model();
}

/** @param {readonly number[]} images channels last @param {import('../protocol.mjs').Block} kernel HWIO */
export function convolutionModel(images, kernel) {
  const graph = new Graph();
  const [batch = 1, height = 1, width = 1, channels = 1] = images;
  const weights = kernelFirst(kernel);
  const [filters = 1] = weights.shape;
  const x = graph.input('x', 'float32', [batch, channels, height, width]);
  const y = graph.node('Conv', [x, graph.constant(weights.data, weights.shape)], { auto_pad: 'SAME_UPPER' });
  graph.output(y, [batch, filters, height, width]);
  return graph.model();
}

/** @typedef {(graph: Graph, x: string, columns: number) => string} RowOperation */

/** @type {Readonly<Record<import('../protocol.mjs').RowsProblem['operation'], RowOperation>>} */
const rowOperations = {
  chain(graph, x) {
    const scaled = graph.node('Mul', [x, graph.number(1.7)]);
    const rectified = graph.node('Relu', [graph.node('Sub', [scaled, graph.number(0.3)])]);
    return graph.node('Add', [graph.node('Mul', [rectified, x]), x]);
  },
  softmax: (graph, x) => graph.node('Softmax', [x], { axis: -1 }),
  layerNorm(graph, x, columns) {
    const factor = graph.constant(new Float32Array(columns).fill(1), [columns]);
    return graph.node('LayerNormalization', [x, factor], { axis: -1, epsilon: { float: 1e-5 } });
  },
  sum: (graph, x) => graph.node('ReduceSum', [x], { keepdims: 0 }),
};

/** @param {import('../protocol.mjs').RowsProblem['operation']} operation @param {readonly number[]} shape */
export function rowsModel(operation, shape) {
  const graph = new Graph();
  const x = graph.input('x', 'float32', shape);
  const y = rowOperations[operation](graph, x, shape.at(-1) ?? 1);
  graph.output(y, operation === 'sum' ? [] : shape);
  return graph.model();
}
