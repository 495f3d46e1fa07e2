/** The options that every update rule takes: what they mean, what they may be, and how they are saved. */
import type { ConfigReader, JsonObject } from '@hadal/core';
import { ArgumentError, DataError } from '@hadal/core';
import {
  type ParameterGroup,
  readGroups,
  readNames,
  readRate,
  requireGroups,
  serializeGroups,
} from './groups';
import type { LearningRate } from './optimizer';

/** Options that every optimizer takes. Names and meanings are those of Keras 3. */
export interface OptimizerOptions {
  /** Decoupled weight decay: before each update a variable loses `weightDecay · learningRate` of itself. */
  readonly weightDecay?: number | undefined;
  /** Variables that do not decay: parts of their names, such as `['bias']`; `*` in one stands for anything. */
  readonly excludeFromWeightDecay?: readonly string[] | undefined;
  /** Largest L2 norm of each variable's gradient. */
  readonly clipnorm?: number | undefined;
  /** Largest L2 norm of all gradients together. */
  readonly globalClipnorm?: number | undefined;
  /** Largest absolute value of each gradient element. */
  readonly clipvalue?: number | undefined;
  /** Keeps a moving average of the variables, which take its place when training ends (default false). */
  readonly useEma?: boolean | undefined;
  /** How much of the moving average each step keeps, in [0, 1] (default 0.99). */
  readonly emaMomentum?: number | undefined;
  /** Updates after which, again and again, the variables become their moving averages (default: only at the end). */
  readonly emaOverwriteFrequency?: number | undefined;
  /** Multiplies the loss before it is differentiated; gradients are divided by it again. */
  readonly lossScaleFactor?: number | undefined;
  /** Makes one update with the mean gradient of so many calls, at least 2. */
  readonly gradientAccumulationSteps?: number | undefined;
  /** Sets of variables with a learning rate or weight decay of their own. */
  readonly parameterGroups?: readonly ParameterGroup[] | undefined;
}

/** How much of a moving average is kept when nobody says so. */
const DEFAULT_EMA_MOMENTUM = 0.99;

/** The share of the moving average that each step keeps. */
export const emaMomentumOf = ({ emaMomentum = DEFAULT_EMA_MOMENTUM }: OptimizerOptions): number =>
  emaMomentum;

function requireAbove(name: string, value: number | undefined): void {
  if (value === undefined || (Number.isFinite(value) && value > 0)) return;
  throw new ArgumentError('optimizer', `${name} is ${value}; expected a number above 0.`);
}

function requireCount(name: string, value: number | undefined, least: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least)) return;
  throw new ArgumentError('optimizer', `${name} is ${value}; expected an integer of at least ${least}.`);
}

/** @throws {ArgumentError} when an option is out of range, or two contradict each other */
export function requireOptions(options: OptimizerOptions): void {
  const { clipnorm, globalClipnorm, clipvalue, weightDecay, lossScaleFactor } = options;
  const limits = { clipnorm, globalClipnorm, clipvalue };
  for (const [name, limit] of Object.entries(limits)) requireAbove(name, limit);
  const given = Object.keys(limits).filter((name) => limits[name as keyof typeof limits] !== undefined);
  if (given.length > 1) {
    throw new ArgumentError(
      'optimizer',
      `${given.join(' and ')} are given; gradients are clipped in one way only.`,
    );
  }
  if (weightDecay !== undefined && !(Number.isFinite(weightDecay) && weightDecay >= 0)) {
    throw new ArgumentError('optimizer', `weightDecay is ${weightDecay}; expected at least 0.`);
  }
  requireAbove('lossScaleFactor', lossScaleFactor);
  requireCount('gradientAccumulationSteps', options.gradientAccumulationSteps, 2);
  requireCount('emaOverwriteFrequency', options.emaOverwriteFrequency, 1);
  const momentum = emaMomentumOf(options);
  if (!(momentum >= 0 && momentum <= 1)) {
    throw new ArgumentError('optimizer', `emaMomentum is ${momentum}; expected a number in [0, 1].`);
  }
  if (options.useEma !== true && options.emaOverwriteFrequency !== undefined) {
    throw new ArgumentError(
      'optimizer',
      'emaOverwriteFrequency is given, but there is no moving average.',
      'Add useEma: true.',
    );
  }
  requireGroups(options.parameterGroups ?? []);
}

/** The options as JSON; what is not given is null. */
export function serializeOptions(options: OptimizerOptions): JsonObject {
  const { parameterGroups } = options;
  return {
    weightDecay: options.weightDecay ?? null,
    excludeFromWeightDecay: options.excludeFromWeightDecay ?? null,
    clipnorm: options.clipnorm ?? null,
    globalClipnorm: options.globalClipnorm ?? null,
    clipvalue: options.clipvalue ?? null,
    useEma: options.useEma ?? false,
    emaMomentum: emaMomentumOf(options),
    emaOverwriteFrequency: options.emaOverwriteFrequency ?? null,
    lossScaleFactor: options.lossScaleFactor ?? null,
    gradientAccumulationSteps: options.gradientAccumulationSteps ?? null,
    parameterGroups: parameterGroups === undefined ? null : serializeGroups(parameterGroups),
  };
}

/** The learning rate entry: a number or a schedule. */
export function readLearningRate(reader: ConfigReader): LearningRate {
  const rate = readRate(reader, 'learningRate');
  if (rate !== undefined) return rate;
  throw new DataError('optimizer', "'learningRate' is missing.");
}

/** The options that `serializeOptions` wrote. */
export function readOptions(reader: ConfigReader): OptimizerOptions {
  const has = (key: string): boolean => reader.value(key) !== undefined;
  return {
    weightDecay: reader.optionalNumber('weightDecay'),
    excludeFromWeightDecay: has('excludeFromWeightDecay')
      ? readNames(reader, 'excludeFromWeightDecay')
      : undefined,
    clipnorm: reader.optionalNumber('clipnorm'),
    globalClipnorm: reader.optionalNumber('globalClipnorm'),
    clipvalue: reader.optionalNumber('clipvalue'),
    useEma: reader.boolean('useEma', false),
    emaMomentum: reader.optionalNumber('emaMomentum'),
    emaOverwriteFrequency: reader.optionalNumber('emaOverwriteFrequency'),
    lossScaleFactor: reader.optionalNumber('lossScaleFactor'),
    gradientAccumulationSteps: reader.optionalNumber('gradientAccumulationSteps'),
    parameterGroups: has('parameterGroups') ? readGroups(reader.list('parameterGroups')) : undefined,
  };
}
