/** Tells cells from other layers. */
import { ArgumentError } from '@hadal/core';
import type { AnyLayer } from '../../layer/layer';
import { RecurrentCell } from './cell';

/** @throws {ArgumentError} when the layer is no cell */
export function requireCell(where: string, layer: AnyLayer): RecurrentCell {
  if (layer instanceof RecurrentCell) return layer;
  throw new ArgumentError(
    where,
    `${layer.className} is no recurrent cell.`,
    'A cell extends RecurrentCell: LSTMCell, GRUCell, SimpleRNNCell, StackedRNNCells, or one of your own.',
  );
}
