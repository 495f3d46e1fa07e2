/** What users import from `@hadal/optimizers`. */
export type { AdamOptions } from './adam';
export { Adam, adam } from './adam';
export type { AdamWOptions } from './adamw';
export { AdamW, adamW } from './adamw';
export { clipByGlobalNorm, clipByNorm, clipByValue, globalNorm } from './clip';
export type {
  LearningRate,
  OptimizerOptions,
  OptimizerState,
  UpdateInput,
  UpdateOutput,
} from './optimizer';
export { Optimizer } from './optimizer';
export type { RMSpropOptions } from './rmsprop';
export { RMSprop, rmsprop } from './rmsprop';
export { ConstantSchedule } from './schedules/constant';
export type { CosineDecayOptions } from './schedules/cosine';
export { CosineDecay, cosineDecay } from './schedules/cosine';
export type { ExponentialDecayOptions } from './schedules/exponential';
export { ExponentialDecay, exponentialDecay } from './schedules/exponential';
export { PiecewiseConstantDecay, piecewiseConstantDecay } from './schedules/piecewise';
export { LearningRateSchedule } from './schedules/schedule';
export { scheduleFromConfig } from './schedules/table';
export type { WarmupOptions } from './schedules/warmup';
export { Warmup, warmup } from './schedules/warmup';
export type { SGDOptions } from './sgd';
export { SGD, sgd } from './sgd';
export type { OptimizerName } from './table';
export { optimizerFromConfig, resolveOptimizer } from './table';
