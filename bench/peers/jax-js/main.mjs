/**
 * jax-js on WebAssembly, where Node gives it no Worker, so that it runs on one thread; or on WebGPU:
 * `node jax-js/main.mjs webgpu`.
 */
import { defaultDevice, init } from '@jax-js/jax';
import { serveContestant } from '../protocol.mjs';
import { conv, eager, gemm, rows } from './kernels.mjs';
import { inference, training } from './models.mjs';

const [device] = process.argv.slice(2);
if (device === 'webgpu') {
  (await import('../webgpu.mjs')).offerWebGpu();
  await init(device);
  defaultDevice(device);
}

await serveContestant(async ({ spec, blocks }) => {
  switch (spec.kind) {
    case 'gemm':
      return gemm({ spec, blocks });
    case 'conv':
      return conv({ spec, blocks });
    case 'rows':
      return rows({ spec, blocks });
    case 'eager':
      return eager({ spec, blocks });
    case 'training':
      return training({ spec, blocks });
    case 'inference':
      return inference({ spec, blocks });
  }
});
