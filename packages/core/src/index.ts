/**
 * What users of Hadal import from `@hadal/core`.
 */
export type {
  Dataset,
  DatasetIterator,
  HostArray,
  HostArrays,
  IterateOptions,
  TrainingBatch,
} from './contracts/dataset';
export type { JsonValue } from './contracts/json';
export type { DType, TypedArray } from './dtype';
export {
  ArgumentError,
  AxisError,
  DataError,
  DeviceError,
  DTypeError,
  HadalError,
  NumericError,
  ShapeError,
  TraceError,
} from './errors';
