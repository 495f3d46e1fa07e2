/**
 * Images: everything that is known of the operations on them.
 */

import type { OperationFamily } from './family';
import { colorErrors, colorGoldens, colorSamples } from './image-colors';
import { resamplingErrors, resamplingGoldens, resamplingSamples } from './image-resampling';

export const image: OperationFamily = {
  name: 'image',
  samples: [...resamplingSamples, ...colorSamples],
  goldens: { ...resamplingGoldens, ...colorGoldens },
  errors: [...resamplingErrors, ...colorErrors],
};
