/**
 * Where images have their channels. Operations compute with channels last; channels first is a view on the way in and
 * another on the way out, which kernels read through.
 */
import { ArgumentError } from '../errors';
import { range } from '../shape/shape';
import type { Tensor } from '../tensor';
import { permute } from './movement';

/** [batch, …spatial, channels] or [batch, channels, …spatial]. */
export type DataFormat = 'channelsLast' | 'channelsFirst';

/** Whether channels come first; refuses other words than the two. */
export function isChannelsFirst(where: string, format: DataFormat): boolean {
  if (format === 'channelsLast' || format === 'channelsFirst') return format === 'channelsFirst';
  throw new ArgumentError(
    where,
    `dataFormat '${String(format)}' is unknown.`,
    "Use 'channelsLast' or 'channelsFirst'.",
  );
}

/** Channels moved from axis 1 to the end. */
export const channelsToEnd = (x: Tensor): Tensor =>
  x.rank < 3 ? x : permute(x, [0, ...range(x.rank - 2, 2), 1]);

/** Channels moved from the end to axis 1. */
export const channelsToFront = (x: Tensor): Tensor =>
  x.rank < 3 ? x : permute(x, [0, x.rank - 1, ...range(x.rank - 2, 1)]);

/** Applies `make`, which computes with channels last, to images of the given format. */
export const inFormat = (
  where: string,
  format: DataFormat,
  x: Tensor,
  make: (x: Tensor) => Tensor,
): Tensor => (isChannelsFirst(where, format) ? channelsToFront(make(channelsToEnd(x))) : make(x));
