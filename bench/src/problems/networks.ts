/** The networks of the workloads. */
import type { LayerSpec, OptimizerSpec } from '../../peers/protocol.mjs';
import type { InferenceSpec, TrainingSpec } from './models';

/**
 * Some add epsilon before the correction of the second moment, some after. It is so small that this makes no difference.
 */
const epsilon = 1e-10;

const adam: OptimizerSpec = {
  learningRate: 1e-3,
  beta1: 0.9,
  beta2: 0.999,
  epsilon,
  weightDecay: 0,
};
const adamW: OptimizerSpec = { ...adam, weightDecay: 0.01 };

const classifier = { integers: false, loss: 'crossEntropy', optimizer: adam, batches: 4 } as const;

/** 784-64-64-10. */
export const perceptron = (batch: number): TrainingSpec => ({
  ...classifier,
  input: [784],
  batch,
  layers: [
    { kind: 'dense', units: 64, relu: true },
    { kind: 'dense', units: 64, relu: true },
    { kind: 'dense', units: 10, relu: false },
  ],
});

const convolutionalLayers: LayerSpec[] = [
  { kind: 'conv', filters: 32, kernel: 3 },
  { kind: 'pool', window: 2 },
  { kind: 'conv', filters: 64, kernel: 3 },
  { kind: 'pool', window: 2 },
  { kind: 'conv', filters: 64, kernel: 3 },
  { kind: 'flatten' },
  { kind: 'dense', units: 64, relu: true },
  { kind: 'dense', units: 10, relu: false },
];

/** The network of the examples. */
export const convolutional = (batch: number, input: number[] = [28, 28, 1]): TrainingSpec => ({
  ...classifier,
  input,
  batch,
  layers: convolutionalLayers,
});

export interface TextExtents {
  readonly vocabulary: number;
  readonly width: number;
  readonly units: number;
  readonly length: number;
}

/** Is a text of one kind or the other: an embedding, an LSTM, one number. */
export const textClassifier = (
  batch: number,
  { vocabulary, width, units, length }: TextExtents,
): TrainingSpec => ({
  input: [length],
  integers: true,
  batch,
  batches: 4,
  loss: 'binaryCrossEntropy',
  optimizer: adam,
  layers: [
    { kind: 'embedding', vocabulary, width },
    { kind: 'lstm', units },
    { kind: 'dense', units: 1, relu: false },
  ],
});

/** The next value of a series. */
export const forecaster = (batch: number, units: number, length: number): TrainingSpec => ({
  input: [length, 1],
  integers: false,
  batch,
  batches: 4,
  loss: 'meanSquaredError',
  optimizer: adam,
  layers: [
    { kind: 'lstm', units },
    { kind: 'dense', units: 1, relu: false },
  ],
});

export interface TransformerExtents {
  readonly vocabulary: number;
  readonly width: number;
  readonly heads: number;
  readonly blocks: number;
  readonly length: number;
}

/** A decoder that predicts the next symbol at every position. */
export const transformer = (
  batch: number,
  { vocabulary, width, heads, blocks, length }: TransformerExtents,
): TrainingSpec => ({
  input: [length],
  integers: true,
  batch,
  batches: 4,
  loss: 'crossEntropy',
  optimizer: adamW,
  layers: [
    { kind: 'embedding', vocabulary, width },
    { kind: 'positions' },
    ...Array.from({ length: blocks }, (): LayerSpec => ({ kind: 'decoder', heads })),
    { kind: 'layerNorm' },
    { kind: 'dense', units: vocabulary, relu: false },
  ],
});

/** ResNet-18 for images of this height and width; `width` is the number of filters of its first stage. */
export function resNet18(batch: number, extent = 224, width = 64, classes = 1000): InferenceSpec {
  const stages = [1, 2, 4, 8].flatMap((factor, stage): LayerSpec[] => [
    { kind: 'residual', filters: width * factor, strides: stage === 0 ? 1 : 2 },
    { kind: 'residual', filters: width * factor, strides: 1 },
  ]);
  return {
    input: [extent, extent, 3],
    integers: false,
    batch,
    batches: 2,
    layers: [
      { kind: 'stem', filters: width },
      ...stages,
      { kind: 'averagePool' },
      { kind: 'dense', units: classes, relu: false },
    ],
  };
}

/** The same network, of which only predictions are asked. */
export const predicting = ({ input, integers, batch, batches, layers }: TrainingSpec): InferenceSpec => ({
  input,
  integers,
  batch,
  batches,
  layers,
});
