/**
 * What networks of dense layers, convolutions and pools have to arrive at, computed in plain float64 loops that share
 * nothing with the contestants.
 */
import {
  type InferenceProblem,
  type LayerSpec,
  type Network,
  type Problem,
  splitBlocks,
  type TrainingProblem,
} from '../../peers/protocol.mjs';

/** Values of one layer for a whole batch, channels last. */
interface Volume {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly data: Float64Array;
}

/** What a forward pass leaves behind for the backward pass. */
interface Pass {
  readonly output: Volume;
  /** Takes the gradient of the output, adds those of the parameters to `gradients`, returns that of the input. */
  backward(outputGradient: Float64Array): Float64Array;
}

/** The losses of the first `steps` training steps. */
export function referenceLosses({ spec, blocks }: Problem, steps: number): number[] {
  if (spec.kind !== 'training')
    throw new Error(`referenceLosses: the problem is ${spec.kind}, not training.`);
  const { parameters, batches } = splitBlocks(spec, blocks);
  const weights = parameters.map(({ data }) => Float64Array.from(data));
  const means = weights.map(({ length }) => new Float64Array(length));
  const squares = weights.map(({ length }) => new Float64Array(length));
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    const batch = batches[step % batches.length]!;
    const gradients = weights.map(({ length }) => new Float64Array(length));
    losses.push(lossAndGradients(spec, weights, gradients, batch.images.data, batch.labels.data));
    const { learningRate, beta1, beta2, epsilon } = spec.optimizer;
    for (const [i, weight] of weights.entries()) {
      const [mean, square, gradient] = [means[i]!, squares[i]!, gradients[i]!];
      for (let j = 0; j < weight.length; j++) {
        mean[j] = beta1 * mean[j]! + (1 - beta1) * gradient[j]!;
        square[j] = beta2 * square[j]! + (1 - beta2) * gradient[j]! ** 2;
        const corrected = Math.sqrt(square[j]! / (1 - beta2 ** (step + 1)));
        weight[j]! -= (learningRate * (mean[j]! / (1 - beta1 ** (step + 1)))) / (corrected + epsilon);
      }
    }
  }
  return losses;
}

/** Whether the loops below know every layer and the loss. */
export function hasReference(spec: TrainingProblem | InferenceProblem): boolean {
  const known: readonly LayerSpec['kind'][] = ['conv', 'pool', 'flatten', 'dense'];
  const isKnown = spec.layers.every(({ kind }) => known.includes(kind));
  return (
    isKnown && (spec.kind === 'inference' || (spec.loss === 'crossEntropy' && !spec.optimizer.weightDecay))
  );
}

/** The probed values of a prediction for one of the batches. */
export function referencePrediction({ spec, blocks }: Problem, batch: number): number[] {
  if (spec.kind !== 'inference')
    throw new Error(`referencePrediction: the problem is ${spec.kind}, not inference.`);
  const count = blocks.length - spec.batches;
  const weights = blocks.slice(0, count).map(({ data }) => Float64Array.from(data));
  const gradients = weights.map(({ length }) => new Float64Array(length));
  const { output } = forwardAll(spec, weights, gradients, blocks[count + batch]!.data);
  return spec.probes.map((at) => output.data[at] ?? Number.NaN);
}

/** Runs all layers; the gradients of the parameters are added up by the passes that come back. */
function forwardAll(
  spec: Network,
  weights: readonly Float64Array[],
  gradients: readonly Float64Array[],
  images: Float32Array,
): { output: Volume; passes: readonly Pass[] } {
  const [height = 1, width = 1, channels = 1] = spec.input.length === 3 ? spec.input : [1, 1, spec.input[0]];
  let volume: Volume = { height, width, channels, data: Float64Array.from(images) };
  const passes: Pass[] = [];
  let at = 0;
  for (const layer of spec.layers) {
    const pass = forward(layer, volume, spec.batch, weights.slice(at, at + 2), gradients.slice(at, at + 2));
    if (layer.kind === 'conv' || layer.kind === 'dense') at += 2;
    passes.push(pass);
    volume = pass.output;
  }
  return { output: volume, passes };
}

function lossAndGradients(
  spec: TrainingProblem,
  weights: readonly Float64Array[],
  gradients: readonly Float64Array[],
  images: Float32Array,
  labels: Float32Array,
): number {
  const { output, passes } = forwardAll(spec, weights, gradients, images);
  const { loss, gradient } = crossEntropy(output.data, labels, output.channels);
  passes.reduceRight((outputGradient, pass) => pass.backward(outputGradient), gradient);
  return loss;
}

function forward(
  layer: LayerSpec,
  input: Volume,
  batch: number,
  weights: readonly Float64Array[],
  gradients: readonly Float64Array[],
): Pass {
  switch (layer.kind) {
    case 'conv':
      return convolve(input, batch, layer.kernel, layer.filters, true, weights, gradients);
    case 'dense':
      return convolve(input, batch, 1, layer.units, layer.relu, weights, gradients);
    case 'pool':
      return maxPool(input, batch, layer.window);
    case 'flatten': {
      const channels = input.height * input.width * input.channels;
      return {
        output: { height: 1, width: 1, channels, data: input.data },
        backward: (gradient) => gradient,
      };
    }
    default:
      throw new Error(`The reference has no layer ${layer.kind}.`);
  }
}

/** Convolution without padding, with bias and optional ReLU; a dense layer is one of a 1×1 image. */
function convolve(
  input: Volume,
  batch: number,
  kernel: number,
  filters: number,
  relu: boolean,
  [weight, bias]: readonly Float64Array[],
  [weightGradient, biasGradient]: readonly Float64Array[],
): Pass {
  if (!weight || !bias || !weightGradient || !biasGradient)
    throw new Error('reference: a layer lacks its parameters.');
  const { channels } = input;
  const height = input.height - kernel + 1;
  const width = input.width - kernel + 1;
  const data = new Float64Array(batch * height * width * filters);
  /** Calls `visit` with where an output pixel, an input value and the weights that join them begin. */
  const eachTap = (visit: (output: number, input: number, weight: number) => void): void => {
    for (let n = 0; n < batch; n++)
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const output = ((n * height + y) * width + x) * filters;
          for (let ky = 0; ky < kernel; ky++)
            for (let kx = 0; kx < kernel; kx++) {
              const from = ((n * input.height + y + ky) * input.width + x + kx) * channels;
              const weights = (ky * kernel + kx) * channels * filters;
              for (let c = 0; c < channels; c++) visit(output, from + c, weights + c * filters);
            }
        }
  };
  for (let i = 0; i < data.length; i++) data[i] = bias[i % filters]!;
  eachTap((output, from, at) => {
    const value = input.data[from]!;
    for (let f = 0; f < filters; f++) data[output + f]! += value * weight[at + f]!;
  });
  if (relu) for (let i = 0; i < data.length; i++) data[i] = Math.max(0, data[i]!);
  return {
    output: { height, width, channels: filters, data },
    backward(outputGradient) {
      const masked = relu ? outputGradient.map((value, i) => (data[i]! > 0 ? value : 0)) : outputGradient;
      const inputGradient = new Float64Array(input.data.length);
      for (let i = 0; i < masked.length; i++) biasGradient[i % filters]! += masked[i]!;
      eachTap((output, from, at) => {
        const value = input.data[from]!;
        let sum = 0;
        for (let f = 0; f < filters; f++) {
          const gradient = masked[output + f]!;
          weightGradient[at + f]! += value * gradient;
          sum += weight[at + f]! * gradient;
        }
        inputGradient[from]! += sum;
      });
      return inputGradient;
    },
  };
}

/** Maximum over square windows that do not overlap; what does not fill a window is dropped. */
function maxPool(input: Volume, batch: number, window: number): Pass {
  const { channels } = input;
  const height = Math.floor(input.height / window);
  const width = Math.floor(input.width / window);
  const data = new Float64Array(batch * height * width * channels).fill(Number.NEGATIVE_INFINITY);
  const from = new Int32Array(data.length);
  for (let n = 0; n < batch; n++)
    for (let y = 0; y < height * window; y++)
      for (let x = 0; x < width * window; x++)
        for (let c = 0; c < channels; c++) {
          const source = ((n * input.height + y) * input.width + x) * channels + c;
          const target =
            ((n * height + Math.floor(y / window)) * width + Math.floor(x / window)) * channels + c;
          if (input.data[source]! > data[target]!) {
            data[target] = input.data[source]!;
            from[target] = source;
          }
        }
  return {
    output: { height, width, channels, data },
    backward(outputGradient) {
      const inputGradient = new Float64Array(input.data.length);
      for (let i = 0; i < from.length; i++) inputGradient[from[i]!]! += outputGradient[i]!;
      return inputGradient;
    },
  };
}

/** The mean over the batch of -log softmax(logits)[label], and its gradient: (softmax - one hot) / batch. */
function crossEntropy(
  logits: Float64Array,
  labels: Float32Array,
  classes: number,
): { loss: number; gradient: Float64Array } {
  const gradient = new Float64Array(logits.length);
  let loss = 0;
  for (const [row, label] of labels.entries()) {
    const scores = logits.subarray(row * classes, (row + 1) * classes);
    const largest = Math.max(...scores);
    const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
    loss += (Math.log(total) + largest - scores[label]!) / labels.length;
    for (let k = 0; k < classes; k++) {
      const probability = Math.exp(scores[k]! - largest) / total;
      gradient[row * classes + k] = (probability - (k === label ? 1 : 0)) / labels.length;
    }
  }
  return { loss, gradient };
}
