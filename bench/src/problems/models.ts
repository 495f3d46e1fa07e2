/** Networks with seeded parameters and data: training steps and predictions. */
import type {
  Block,
  InferenceProblem,
  LayerSpec,
  Network,
  Problem,
  TrainingProblem,
} from '../../peers/protocol.mjs';
import { parametersOf } from './parameters';
import { block, probesOf, sizeOf, symmetric, uniforms } from './random';

export type TrainingSpec = Omit<TrainingProblem, 'kind'>;
export type InferenceSpec = Omit<InferenceProblem, 'kind' | 'probes'>;

/** The parameters of all layers, and the shape of one example of the result. */
function initialParameters(
  { input, layers }: Network,
  next: () => number,
): { blocks: Block[]; output: readonly number[] } {
  let shape: readonly number[] = input;
  const blocks: Block[] = [];
  for (const layer of layers) {
    const { parameters, output } = parametersOf(layer, shape);
    for (const { shape: extents, center, limit } of parameters)
      blocks.push(block(extents, () => (limit === 0 ? center : center + (next() * 2 - 1) * limit)));
    shape = output;
  }
  return { blocks, output: shape };
}

/** The number of different indices that the first layer takes. */
function vocabularyOf(layers: readonly LayerSpec[]): number {
  const [first] = layers;
  if (first?.kind !== 'embedding') throw new Error('A network of indices begins with an embedding.');
  return first.vocabulary;
}

/** A batch of examples: indices, or values in [0, 1). */
function examples({ input, integers, layers, batch }: Network, next: () => number): Block {
  const vocabulary = integers ? vocabularyOf(layers) : 1;
  return block([batch, ...input], integers ? () => Math.floor(next() * vocabulary) : next);
}

/** Targets that fit the loss: a class for every row of logits, 0 or 1, or numbers. */
function targets({ loss, batch }: TrainingSpec, output: readonly number[], next: () => number): Block {
  switch (loss) {
    case 'crossEntropy': {
      const classes = output.at(-1) ?? 1;
      return block([batch, ...output.slice(0, -1)], () => Math.floor(next() * classes));
    }
    case 'binaryCrossEntropy':
      return block([batch, ...output], () => Math.round(next()));
    case 'meanSquaredError':
      return symmetric([batch, ...output], next);
  }
}

export function trainingProblem(spec: TrainingSpec): Problem {
  const next = uniforms(2);
  const { blocks, output } = initialParameters(spec, next);
  const data = Array.from({ length: spec.batches }, () => [
    examples(spec, next),
    targets(spec, output, next),
  ]);
  return { spec: { kind: 'training', ...spec }, blocks: [...blocks, ...data.flat()] };
}

export function inferenceProblem(spec: InferenceSpec): Problem {
  const next = uniforms(6);
  const { blocks, output } = initialParameters(spec, next);
  const probes = probesOf(spec.batch * sizeOf(output), next, 64);
  const data = Array.from({ length: spec.batches }, () => examples(spec, next));
  return { spec: { kind: 'inference', probes, ...spec }, blocks: [...blocks, ...data] };
}
