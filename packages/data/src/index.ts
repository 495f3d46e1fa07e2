/**
 * `@hadal/data`: dataset pipelines, file formats, preprocessing and ready datasets.
 */
export {
  type ArrayInput,
  type HostArrayOptions,
  isHostArray,
  item,
  type NestedNumbers,
  toHostArray,
} from './host/array';
export { type Batched, collate } from './host/collate';
export { fromArrays, fromGenerator, fromItems } from './pipeline/from';
export {
  type BatchOptions,
  type CollateOptions,
  Pipeline,
  type ShuffleOptions,
} from './pipeline/pipeline';
export type { ColumnInput, ElementGenerator, RowOf } from './pipeline/sources';
export type { ElementFunction, ElementInfo } from './pipeline/stages/map';
export { Random, random } from './random/random';
