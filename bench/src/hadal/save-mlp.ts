/** Saves the network of a prediction problem of dense layers as a model: `node save-mlp.js problemFile folder`. */
import { cpu } from '@hadal/backend-cpu';
import { setDevice } from '@hadal/core';
import { dense, fileStorage, sequential } from '@hadal/layers';
import { readProblem } from '../../peers/protocol.mjs';

const [problemFile = '', folder = ''] = process.argv.slice(2);
const { spec, blocks } = readProblem(problemFile);
if (spec.kind !== 'inference') throw new Error(`${problemFile} holds a problem of ${spec.kind}.`);
setDevice(await cpu());
const layers = spec.layers.map((layer, at) => {
  if (layer.kind !== 'dense') throw new Error(`A perceptron has no layer ${layer.kind}.`);
  const activation = layer.relu ? 'relu' : 'linear';
  return dense(layer.units, at === 0 ? { activation, inputShape: spec.input } : { activation });
});
const model = sequential(layers);
model.setWeights(
  blocks.slice(0, -spec.batches).map(({ data, shape }) => ({ data, shape, dtype: 'float32' })),
);
await model.save(fileStorage(folder));
