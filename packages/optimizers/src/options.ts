/** Reads the options that every optimizer takes back from a saved configuration. */
import type { ConfigReader } from '@hadal/core';
import { DataError, requireSerialized } from '@hadal/core';
import type { LearningRate, OptimizerOptions } from './optimizer';
import { scheduleFromConfig } from './schedules/table';

/** The learning rate entry: a number or a schedule. */
export function readLearningRate(reader: ConfigReader): LearningRate {
  const value = reader.value('learningRate');
  return typeof value === 'number'
    ? reader.number('learningRate')
    : scheduleFromConfig(requireSerialized('learningRate', value));
}

/** The entries that `Optimizer.baseConfig` wrote, without the learning rate. */
export function readOptions(reader: ConfigReader): OptimizerOptions {
  const excluded = reader.value('excludeFromWeightDecay') === undefined ? undefined : readNames(reader);
  return {
    weightDecay: reader.optionalNumber('weightDecay'),
    excludeFromWeightDecay: excluded,
    clipnorm: reader.optionalNumber('clipnorm'),
    globalClipnorm: reader.optionalNumber('globalClipnorm'),
    clipvalue: reader.optionalNumber('clipvalue'),
  };
}

function readNames(reader: ConfigReader): string[] {
  return reader.list('excludeFromWeightDecay').map((name) => {
    if (typeof name === 'string') return name;
    throw new DataError('optimizer', `'excludeFromWeightDecay' must be a list of strings.`);
  });
}
