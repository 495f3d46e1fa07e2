/** TensorFlow.js with the backend that the command line names. */
import { createRequire } from 'node:module';
import { cannot } from '../protocol.mjs';

const require = createRequire(import.meta.url);
export const tf = require('@tensorflow/tfjs');
export const [backend = 'cpu', threads = '1'] = process.argv.slice(2);

/** Starts the backend. */
export async function start() {
  if (backend === 'wasm') require('@tensorflow/tfjs-backend-wasm').setThreadsCount(Number(threads));
  if (backend === 'webgpu' && !tf.findBackend(backend)) {
    (await import('../webgpu.mjs')).offerWebGpu();
    require('@tensorflow/tfjs-backend-webgpu');
  }
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw cannot(`its ${backend} backend does not start`);
  await tf.ready();
}

/** @param {import('../protocol.mjs').Block} block */
export const upload = ({ data, shape }) => tf.tensor(data, shape);

/** Indices, which problems hold as floats. @param {import('../protocol.mjs').Block} block */
export const uploadIndices = ({ data, shape }) => tf.tensor(Int32Array.from(data), shape, 'int32');

/**
 * What a backend has no kernel for is beyond it, and no failure.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function known(work) {
  try {
    return await work();
  } catch (error) {
    const [, kernel] = /Kernel '(\w+)' not registered/.exec(String(error)) ?? [];
    throw kernel ? cannot(`its ${backend} backend has no ${kernel}`) : error;
  }
}
