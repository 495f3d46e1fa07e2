/**
 * The first operations: arithmetic, movement, reductions, products, convolutions, activations and losses.
 */
import { contractionSamples } from './contraction';
import { elementwiseSamples } from './elementwise';
import type { OperationFamily } from './family';
import { foundationErrors } from './foundation-errors';
import { foundationGoldens } from './foundation-goldens';
import { creationSamples, indexedSamples } from './indexed';
import { movementSamples } from './movement';
import { networkSamples } from './network';
import { reductionSamples } from './reductions';

export const foundation: OperationFamily = {
  name: 'foundation',
  samples: [
    ...elementwiseSamples,
    ...movementSamples,
    ...reductionSamples,
    ...contractionSamples,
    ...indexedSamples,
    ...creationSamples,
    ...networkSamples,
  ],
  goldens: foundationGoldens,
  errors: foundationErrors,
};
