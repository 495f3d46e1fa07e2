/**
 * `@hadal/dataset-fashion-mnist`: a balanced subset of Fashion-MNIST that works offline.
 */
export { card, classNames, type DatasetCard, type DatasetFile } from './card';
export { fashionMnistSubset, type ImagePart, readGzippedIdx } from './subset';
