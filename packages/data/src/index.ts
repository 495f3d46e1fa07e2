/**
 * `@hadal/data`: dataset pipelines, file formats, preprocessing and ready datasets.
 */

export {
  type DatasetSource,
  type FashionMnist,
  type FashionMnistOptions,
  fashionMnist,
  type LabelledImage,
} from './datasets/fashion-mnist';
export { type DownloadOptions, download } from './files/download';
export { type GunzipOptions, gunzip } from './files/gzip';
export { encodeIdx, type IdxOptions, parseIdx, readIdx } from './files/idx';
export {
  type ArrayInput,
  type HostArrayOptions,
  isHostArray,
  item,
  type NestedNumbers,
  toHostArray,
} from './host/array';
export { type Batched, collate } from './host/collate';
export { columnsToMatrix } from './host/matrix';
export { fromArrays, fromGenerator, fromItems } from './pipeline/from';
export {
  type BatchOptions,
  type CollateOptions,
  Pipeline,
  type ShuffleOptions,
} from './pipeline/pipeline';
export type { ColumnInput, ElementGenerator, RowOf } from './pipeline/sources';
export type { ElementFunction, ElementInfo } from './pipeline/stages/map';
export { type SeriesWindowOptions, slidingWindows, type WindowWithTarget } from './pipeline/windows';
export {
  type ClassName,
  LabelEncoder,
  labelEncoder,
  labelEncoderFromJSON,
  oneHot,
} from './preprocess/labels';
export {
  type MinMaxOptions,
  MinMaxScaler,
  type MinMaxScaling,
  minMaxScaler,
  type Scaler,
  StandardScaler,
  type StandardScaling,
  scalerFromJSON,
  standardScaler,
} from './preprocess/scalers';
export { type SplitIndices, type SplitOptions, splitIndices, trainTestSplit } from './preprocess/split';
export { Random, random } from './random/random';
export { type PadOptions, padSequences, type SequenceSide } from './text/pad-sequences';
export {
  type MatrixMode,
  type TextInput,
  Tokenizer,
  type TokenizerOptions,
  type TokenizerState,
  tokenizer,
} from './text/tokenizer';
export { tokenizerFromJSON } from './text/tokenizer-from-json';
export { textToWords, type WordOptions } from './text/words';
