/**
 * Images: everything that is known of the operations on them.
 */

import type { OperationFamily } from './family';
import { analysisErrors, analysisGoldens, analysisSamples } from './image-analysis';
import { colorErrors, colorGoldens, colorSamples } from './image-colors';
import { resamplingErrors, resamplingGoldens, resamplingSamples } from './image-resampling';

export const image: OperationFamily = {
  name: 'image',
  samples: [...resamplingSamples, ...colorSamples, ...analysisSamples],
  goldens: { ...resamplingGoldens, ...colorGoldens, ...analysisGoldens },
  errors: [...resamplingErrors, ...colorErrors, ...analysisErrors],
};
