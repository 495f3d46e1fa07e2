/** jax-js on WebAssembly. Node gives it no Worker, so it runs on one thread. */
import { serveContestant } from '../protocol.mjs';
import { conv, eager, gemm, rows } from './kernels.mjs';
import { inference, training } from './models.mjs';

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
