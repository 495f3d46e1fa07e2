/**
 * TensorFlow.js on one of its backends: `node tfjs/main.mjs cpu`, `node tfjs/main.mjs webgpu` or `node tfjs/main.mjs wasm 1`,
 * the number being that of threads.
 */
import { serveContestant } from '../protocol.mjs';
import { known, start } from './engine.mjs';
import { conv, eager, gemm, rows } from './kernels.mjs';
import { inference, training } from './models.mjs';

/** @param {import('../protocol.mjs').Problem} problem */
function contestantOf({ spec, blocks }) {
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
}

await serveContestant(async (problem) => {
  await start();
  const contestant = contestantOf(problem);
  return { ...contestant, run: (count) => known(() => contestant.run(count)) };
});
