/**
 * The catalogue: samples of every operation of the public interface and of the graph.
 */
import type { Sample } from '../sample';
import { contractionSamples } from './contraction';
import { elementwiseSamples } from './elementwise';
import { creationSamples, indexedSamples } from './indexed';
import { movementSamples } from './movement';
import { networkSamples } from './network';
import { nodeSamples } from './nodes';
import { reductionSamples } from './reductions';

export const SAMPLES: readonly Sample[] = [
  ...elementwiseSamples,
  ...movementSamples,
  ...reductionSamples,
  ...contractionSamples,
  ...indexedSamples,
  ...creationSamples,
  ...networkSamples,
  ...nodeSamples,
];
