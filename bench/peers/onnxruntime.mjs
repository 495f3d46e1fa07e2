/**
 * onnxruntime: `node onnxruntime.mjs node 1` with its native library, `node onnxruntime.mjs web 1` with its WebAssembly,
 * the number being that of threads. It computes models, which are written from the problems; it does not train.
 */
import { convolutionModel, productModel, rowsModel } from './onnx/kernels.mjs';
import { channelsFirst, positionsChannelsFirst } from './onnx/layout.mjs';
import { networkModel } from './onnx/networks.mjs';
import { cannot, probed, serveContestant } from './protocol.mjs';

/** @typedef {import('./protocol.mjs').Block} Block */

const [kind = 'node', threads = '1'] = process.argv.slice(2);
const ort = await import(`onnxruntime-${kind}`).then((module) => module.default ?? module);
if (kind === 'web') {
  ort.env.wasm.numThreads = Number(threads);
  ort.env.wasm.proxy = false;
}

/** @param {Uint8Array} model */
const sessionOf = (model) =>
  ort.InferenceSession.create(model, {
    executionProviders: [kind === 'web' ? 'wasm' : 'cpu'],
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    extra: { session: { set_denormal_as_zero: '1' } },
  });

/** @param {Block} block */
const floats = ({ data, shape }) => new ort.Tensor('float32', data, shape);
/** @param {Block} block */
const indices = ({ data, shape }) => new ort.Tensor('int32', Int32Array.from(data), shape);

/**
 * Runs the model on the inputs in turn. What it gives lies in memory of JavaScript: every result is read.
 *
 * @param {Uint8Array} model
 * @param {readonly object[]} inputs
 * @param {readonly number[]} probes
 * @returns {Promise<import('./protocol.mjs').Contestant>}
 */
async function repeated(model, inputs, probes) {
  const session = await sessionOf(model);
  const [output] = session.outputNames;
  return {
    async run(count) {
      let values = new Float32Array();
      for (let i = 0; i < count; i++)
        values = (await session.run({ x: inputs[i % inputs.length] }))[output].data;
      return probed(values, [...probes]);
    },
  };
}

/** @param {Block | undefined} block @returns {Block} */
function required(block) {
  if (!block) throw new Error('The problem has too few arrays.');
  return block;
}

await serveContestant(async ({ spec, blocks }) => {
  switch (spec.kind) {
    case 'gemm':
      if (spec.dtype !== 'float32') throw cannot(`its products are not computed in ${spec.dtype}`);
      return repeated(productModel(required(blocks.at(-1))), blocks.slice(0, -1).map(floats), spec.probes);
    case 'conv': {
      if (spec.backward) throw cannot('it computes no gradients');
      const images = blocks.slice(0, spec.inputs);
      const { shape } = required(images[0]);
      const kernel = required(blocks[spec.inputs]);
      const filters = kernel.shape.at(-1) ?? 1;
      const probes = positionsChannelsFirst(spec.probes[0] ?? [], [...shape.slice(0, 3), filters]);
      return repeated(
        convolutionModel(shape, kernel),
        images.map((block) => floats(channelsFirst(block))),
        probes,
      );
    }
    case 'rows':
      return repeated(rowsModel(spec.operation, required(blocks[0]).shape), blocks.map(floats), spec.probes);
    case 'inference': {
      const count = blocks.length - spec.batches;
      const model = networkModel(spec, blocks.slice(0, count));
      const inputs = blocks.slice(count).map((block) => {
        if (spec.integers) return indices(block);
        return floats(spec.input.length === 3 ? channelsFirst(block) : block);
      });
      return repeated(model, inputs, spec.probes);
    }
    case 'training':
      throw cannot('it does not train');
    case 'eager':
      throw cannot('it computes whole models, no single operations');
  }
});
