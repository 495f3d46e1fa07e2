/** The parameters that each kind of layer has, in the order in which contestants take them, and the shape it gives. */
import type { LayerSpec } from '../../peers/protocol.mjs';
import { sizeOf } from './random';

/** A parameter is uniform in [center - limit, center + limit). */
export interface Parameter {
  readonly shape: readonly number[];
  readonly center: number;
  readonly limit: number;
}

export interface LayerShapes {
  readonly parameters: readonly Parameter[];
  /** Shape of one example of the result. */
  readonly output: readonly number[];
}

/** ReLU keeps the variance of what goes through a kernel of this limit (He et al. 2015). */
function kernel(...shape: number[]): Parameter {
  const fanIn = sizeOf(shape.slice(0, -1));
  return { shape, center: 0, limit: Math.sqrt(6 / fanIn) };
}
/** Glorot & Bengio (2010): for what is not followed by ReLU. */
const balanced = (rows: number, columns: number): Parameter => ({
  shape: [rows, columns],
  center: 0,
  limit: Math.sqrt(6 / (rows + columns)),
});
const around = (center: number, limit: number, ...shape: number[]): Parameter => ({ shape, center, limit });
const bias = (size: number): Parameter => around(0, 0, size);
const affine = (size: number): Parameter[] => [around(1, 0, size), around(0, 0, size)];
/** Factor, summand, mean and variance of a batch normalization; the factor keeps a deep network's values in bounds. */
const batchNorm = (size: number): Parameter[] => [
  around(0.5, 0.1, size),
  around(0, 0.1, size),
  around(0, 0.1, size),
  around(1, 0.3, size),
];
const halved = (extent: number): number => Math.ceil(extent / 2);

/** @param input shape of one example: [height, width, channels], [length, features], [length] of indices or [features] */
export function parametersOf(layer: LayerSpec, input: readonly number[]): LayerShapes {
  const [height = 1, width = 1, channels = 1] = input;
  const features = input.at(-1) ?? 1;
  switch (layer.kind) {
    case 'conv':
      return {
        parameters: [kernel(layer.kernel, layer.kernel, channels, layer.filters), bias(layer.filters)],
        output: [height - layer.kernel + 1, width - layer.kernel + 1, layer.filters],
      };
    case 'pool':
      return {
        parameters: [],
        output: [Math.floor(height / layer.window), Math.floor(width / layer.window), channels],
      };
    case 'flatten':
      return { parameters: [], output: [sizeOf(input)] };
    case 'dense':
      return {
        parameters: [kernel(features, layer.units), bias(layer.units)],
        output: [...input.slice(0, -1), layer.units],
      };
    case 'embedding':
      return {
        parameters: [around(0, 0.5, layer.vocabulary, layer.width)],
        output: [...input, layer.width],
      };
    case 'lstm':
      return {
        parameters: [
          balanced(features, 4 * layer.units),
          balanced(layer.units, 4 * layer.units),
          bias(4 * layer.units),
        ],
        output: [layer.units],
      };
    case 'positions':
      return { parameters: [around(0, 0.5, ...input)], output: input };
    case 'decoder':
      return {
        parameters: [
          ...affine(features),
          balanced(features, 3 * features),
          bias(3 * features),
          balanced(features, features),
          bias(features),
          ...affine(features),
          balanced(features, 4 * features),
          bias(4 * features),
          balanced(4 * features, features),
          bias(features),
        ],
        output: input,
      };
    case 'layerNorm':
      return { parameters: affine(features), output: input };
    case 'stem':
      return {
        parameters: [kernel(7, 7, channels, layer.filters), ...batchNorm(layer.filters)],
        output: [halved(halved(height)), halved(halved(width)), layer.filters],
      };
    case 'residual': {
      const { filters, strides } = layer;
      const isSame = strides === 1 && filters === channels;
      return {
        parameters: [
          kernel(3, 3, channels, filters),
          ...batchNorm(filters),
          kernel(3, 3, filters, filters),
          ...batchNorm(filters),
          ...(isSame ? [] : [kernel(1, 1, channels, filters), ...batchNorm(filters)]),
        ],
        output: [Math.ceil(height / strides), Math.ceil(width / strides), filters],
      };
    }
    case 'averagePool':
      return { parameters: [], output: [channels] };
  }
}
