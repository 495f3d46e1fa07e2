/**
 * What is measured. Each workload has a letter and a number by which `--only` chooses it; those of the default run take
 * a few minutes together.
 */
import type { Problem } from '../peers/protocol.mjs';
import { convProblem, eagerProblem, gemmProblem, rowsProblem } from './problems/kernels';
import { type InferenceSpec, inferenceProblem, type TrainingSpec, trainingProblem } from './problems/models';
import {
  convolutional,
  forecaster,
  perceptron,
  predicting,
  resNet18,
  textClassifier,
  transformer,
} from './problems/networks';

export interface Workload {
  /** By which it is chosen, such as `D2`. */
  readonly id: string;
  readonly name: string;
  /** What one repetition is called in the table, such as 'steps/s'. */
  readonly unit: string;
  /** What is reported for one repetition a second: 1, or the GFLOP of one product. */
  readonly scale: number;
  /** Most repetitions in a round. */
  readonly repetitions: number;
  /** Whether it belongs to a run without `--only`. */
  readonly byDefault: boolean;
  readonly problem: () => Problem;
  /**
   * The same with small extents, where plain loops would take too long: it is compared with Hadal's interpreter, and the
   * contestants are compared with each other on the whole problem.
   */
  readonly scaledDown?: () => Problem;
}

/** Repetitions in a round where the reference is loops over every step: so many fill half a second, or it takes long. */
const manySteps = 200;
const someSteps = 20;
const fewSteps = 8;

const gemms = [256, 512, 1024, 2048].flatMap((size) =>
  (['float32', 'bfloat16'] as const).map(
    (dtype): Workload => ({
      id: 'A',
      name: `product ${size}×${size}, ${dtype}`,
      unit: 'GFLOP/s',
      scale: (2 * size ** 3) / 1e9,
      repetitions: manySteps,
      byDefault: size === 512 && dtype === 'float32',
      problem: () => gemmProblem(size, dtype),
    }),
  ),
);

const convolutions = [64, 3].flatMap((channels) =>
  [false, true].map((backward): Workload => {
    const extents = { batch: 32, extent: 32, channels, filters: channels === 3 ? 32 : 64, kernel: 3 };
    const forward = (2 * 32 * 32 ** 2 * 9 * channels * extents.filters) / 1e9;
    return {
      id: 'B',
      name: `convolution ${channels}→${extents.filters} 3×3 on 32×32, batch 32, ${backward ? 'forward and backward' : 'forward'}`,
      unit: 'GFLOP/s',
      scale: backward ? 3 * forward : forward,
      repetitions: someSteps,
      byDefault: false,
      problem: () => convProblem(extents, backward),
    };
  }),
);

const rows = (
  [
    ['chain', 4096, 4096, 'element-wise chain of five operations on 16 M'],
    ['softmax', 4096, 1024, 'softmax of rows, 4096×1024'],
    ['layerNorm', 4096, 1024, 'layer norm of rows, 4096×1024'],
    ['sum', 4096, 4096, 'sum of 16 M'],
  ] as const
).map(
  ([operation, height, width, name]): Workload => ({
    id: 'C',
    name,
    unit: 'G elements/s',
    scale: (height * width) / 1e9,
    repetitions: someSteps,
    byDefault: false,
    problem: () => rowsProblem(operation, height, width),
  }),
);

const textExtents = { vocabulary: 10_000, width: 128, units: 64, length: 100 };
const smallText = { vocabulary: 50, width: 6, units: 5, length: 7 };
const transformerExtents = { vocabulary: 128, width: 128, heads: 4, blocks: 4, length: 128 };
const smallTransformer = { vocabulary: 11, width: 8, heads: 2, blocks: 2, length: 6 };
/** Examples in a scaled-down batch. */
const smallBatch = 3;

interface Steps {
  readonly id: string;
  readonly name: string;
  readonly spec: (batch: number) => TrainingSpec;
  readonly small?: TrainingSpec;
  readonly repetitions: (batch: number) => number;
  readonly byDefault?: boolean;
}

const trainings: readonly Steps[] = [
  { id: 'D1', name: 'MLP 784-64-64-10', spec: perceptron, repetitions: () => manySteps, byDefault: true },
  {
    id: 'D2',
    name: 'CNN on 28×28×1',
    spec: convolutional,
    repetitions: (batch) => (batch > 32 ? fewSteps : someSteps),
    byDefault: true,
  },
  {
    id: 'D3',
    name: 'CNN on 32×32×3',
    spec: (batch) => convolutional(batch, [32, 32, 3]),
    repetitions: (batch) => (batch > 32 ? fewSteps : someSteps),
  },
  {
    id: 'D4',
    name: 'Embedding 10000×128, LSTM 64, Dense 1, length 100',
    spec: (batch) => textClassifier(batch, textExtents),
    small: textClassifier(smallBatch, smallText),
    repetitions: () => someSteps,
  },
  {
    id: 'D5',
    name: 'transformer of 4 decoder blocks, width 128, 4 heads, length 128, vocabulary 128, AdamW',
    spec: (batch) => transformer(batch, transformerExtents),
    small: transformer(smallBatch, smallTransformer),
    repetitions: () => fewSteps,
  },
  {
    id: 'D6',
    name: 'LSTM 50 on [batch, 100, 1], Dense 1',
    spec: (batch) => forecaster(batch, 50, 100),
    small: forecaster(smallBatch, 5, 7),
    repetitions: () => someSteps,
  },
];

const steps = trainings.flatMap(({ id, name, spec, small, repetitions, byDefault = false }) =>
  [32, 128].map(
    (batch): Workload => ({
      id,
      name: `training step, batch ${batch}: ${name}`,
      unit: 'steps/s',
      scale: 1,
      repetitions: repetitions(batch),
      byDefault: byDefault && batch === 32,
      problem: () => trainingProblem(spec(batch)),
      ...(small && { scaledDown: () => trainingProblem(small) }),
    }),
  ),
);

interface Prediction {
  readonly name: string;
  readonly spec: (batch: number) => InferenceSpec;
  readonly small?: InferenceSpec;
}

const predictions: readonly Prediction[] = [
  { name: 'CNN on 28×28×1', spec: (batch) => predicting(convolutional(batch)) },
  {
    name: 'transformer of 4 decoder blocks',
    spec: (batch) => predicting(transformer(batch, transformerExtents)),
    small: predicting(transformer(smallBatch, smallTransformer)),
  },
  { name: 'ResNet-18 on 224×224×3', spec: resNet18, small: resNet18(2, 32, 4, 5) },
];

const inferences = predictions.flatMap(({ name, spec, small }) =>
  [1, 32].map(
    (batch): Workload => ({
      id: 'E',
      name: `prediction, batch ${batch}: ${name}`,
      unit: 'batches/s',
      scale: 1,
      repetitions: manySteps,
      byDefault: false,
      problem: () => inferenceProblem(spec(batch)),
      ...(small && { scaledDown: () => inferenceProblem(small) }),
    }),
  ),
);

/** Additions in the chain, and in the run that awaits each. */
const chained = 10_000;
const awaited = 1000;

const eager: readonly Workload[] = [
  {
    id: 'F',
    name: 'chain of 10,000 eager additions of [8, 8], one read',
    unit: 'op/ms',
    scale: chained / 1000,
    repetitions: someSteps,
    byDefault: true,
    problem: () => eagerProblem({ length: chained, awaited: false }),
  },
  {
    id: 'F',
    name: 'eager additions of [8, 8], each awaited',
    unit: 'op/ms',
    scale: awaited / 1000,
    repetitions: someSteps,
    byDefault: true,
    problem: () => eagerProblem({ length: awaited, awaited: true }),
  },
];

export const workloads: readonly Workload[] = [
  ...gemms,
  ...convolutions,
  ...rows,
  ...steps,
  ...inferences,
  ...eager,
];
