/** Where training stands: what a checkpoint remembers besides weights and optimizer, so that a run resumes exactly. */
import type { JsonObject, JsonValue } from '@hadal/core';
import { ConfigReader } from '@hadal/core';

export interface TrainingPosition {
  /** The epoch to continue in, from 0. */
  readonly epoch: number;
  /** Batches of that epoch already trained on; 0 at an epoch's beginning. */
  readonly batches: number;
  /** Samples of that epoch already trained on. */
  readonly samples: number;
  /** The dataset iterator's state after those batches; null at an epoch's beginning. */
  readonly iterator: JsonValue;
}

/** The beginning of an epoch. */
export const startOf = (epoch: number): TrainingPosition => ({
  epoch,
  batches: 0,
  samples: 0,
  iterator: null,
});

/** A position as it is saved. */
export const serializePosition = ({ epoch, batches, samples, iterator }: TrainingPosition): JsonObject => ({
  epoch,
  batches,
  samples,
  iterator,
});

/** Reads a saved position. */
export function readPosition(config: JsonObject): TrainingPosition {
  const reader = new ConfigReader('training position', config);
  const position = {
    epoch: reader.integer('epoch'),
    batches: reader.integer('batches'),
    samples: reader.integer('samples'),
    iterator: reader.value('iterator') ?? null,
  };
  reader.done();
  return position;
}
