/**
 * What users of Hadal import from `@hadal/core`.
 */
export type { JsonObject, SerializedObject } from './contracts/config';
export { ConfigReader, describeJson, isJsonObject, requireSerialized } from './contracts/config';
export type {
  Dataset,
  DatasetIterator,
  HostArray,
  HostArrays,
  IterateOptions,
  TrainingBatch,
} from './contracts/dataset';
export type { JsonValue } from './contracts/json';
export type { BlobStorage, ReadBlobOptions } from './contracts/storage';
export { isBlobName } from './contracts/storage';
export { canonicalName, suggestName } from './contracts/suggest';
export type { DType, TypedArray } from './dtype';
export { hostArray } from './dtype';
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
