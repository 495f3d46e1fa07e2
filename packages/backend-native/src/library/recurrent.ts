/** Recurrent cells over sequences: what the addon is told. */
import type { RecurrentPayload } from '@hadal/core/recurrent';
import { WordWriter } from '../words';
import { RECURRENT } from './kinds';

/** In the order of `RecurrentCell` in native/recurrent/kernels.h. */
const CELL_CODES = { lstm: 0, gruAfter: 1, gruBefore: 2 } as const;

export function encodeRecurrent(payload: RecurrentPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.pushAll([RECURRENT, CELL_CODES[payload.cell]]);
  words.pushFlag(payload.isGradient);
  words.pushFlag(payload.isReverse);
  words.pushFlag(payload.isMasked);
  return words.finish();
}
