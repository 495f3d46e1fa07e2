/**
 * Loads a saved perceptron, predicts once and prints the result, as the smallest useful program does:
 * `node predict-once.js cpu|native|webgpu folder problemFile`. Only the device asked for is loaded.
 */
import type { Device } from '@hadal/core';
import { fileStorage, loadModel, setDevice, tensor } from '@hadal/layers/predict';
import { probed, readProblem } from '../../peers/protocol.mjs';

const [name = '', folder = '', problemFile = ''] = process.argv.slice(2);

async function deviceOf(kind: string): Promise<Device> {
  if (kind === 'native') return (await import('@hadal/backend-native')).native();
  if (kind === 'webgpu') return (await import('@hadal/backend-webgpu')).webgpu();
  return (await import('@hadal/backend-cpu')).cpu();
}

setDevice(await deviceOf(name));
const model = await loadModel(fileStorage(folder));
const { spec, blocks } = readProblem(problemFile);
const input = blocks.at(-1);
if (spec.kind !== 'inference' || !input) throw new Error(`${problemFile} holds no prediction.`);
const result = await model.predict(tensor(input.data, { shape: input.shape }));
console.log(JSON.stringify({ values: probed(await result.data(), spec.probes) }));
