/**
 * How the runner talks to a contestant: one process each, one JSON object a line.
 *
 * A contestant gets `{ prepare: problemFile }` and later `{ round: count }`. It answers the second with the seconds
 * that `count` repetitions took, with what they computed, which the runner compares with its own reference, and with
 * the bytes that the process holds then.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * A run repeats its work `count` times; iteration i takes the input i modulo the number of inputs, so that no two in a
 * row are the same. `probes` are flat positions of a result that are sent back.
 *
 * @typedef {object} GemmProblem
 * @property {'gemm'} kind
 * @property {number} size      both operands are size × size
 * @property {'float32' | 'bfloat16'} dtype  the operands have no bits beyond it, and the product is computed in it
 * @property {number} inputs    how many left operands there are
 * @property {number[]} probes
 *
 * @typedef {object} ConvProblem stride 1, as much padding as keeps height and width
 * @property {'conv'} kind
 * @property {boolean} backward also the gradients of sum(result · cotangent) for the images and the kernel
 * @property {number} inputs    how many batches of images there are
 * @property {number[][]} probes of the result and, with `backward`, of the two gradients: images, kernel (HWIO)
 *
 * @typedef {object} RowsProblem
 * @property {'rows'} kind
 * @property {'chain' | 'softmax' | 'layerNorm' | 'sum'} operation chain: relu(x · 1.7 - 0.3) · x + x. Layer norm has an
 *   epsilon of 1e-5 and neither factor nor summand
 * @property {number} inputs    how many matrices there are
 * @property {number[]} probes
 *
 * @typedef {object} EagerProblem additions of matrices, called one by one
 * @property {'eager'} kind
 * @property {number} length    additions in a repetition
 * @property {boolean} awaited  whether each is computed before the next is called; else one read ends the chain
 *
 * @typedef {{ kind: 'conv', filters: number, kernel: number }
 *   | { kind: 'pool', window: number }
 *   | { kind: 'flatten' }
 *   | { kind: 'dense', units: number, relu: boolean }
 *   | { kind: 'embedding', vocabulary: number, width: number }
 *   | { kind: 'lstm', units: number }
 *   | { kind: 'positions' }
 *   | { kind: 'decoder', heads: number }
 *   | { kind: 'layerNorm' }
 *   | { kind: 'stem', filters: number }
 *   | { kind: 'residual', filters: number, strides: number }
 *   | { kind: 'averagePool' }} LayerSpec
 *   `conv` is followed by ReLU and pads nothing. `lstm` has the gates i, f, g, o and returns its last state. `decoder` is
 *   a causal transformer block that normalizes first, its hidden layer four times as wide, with GELU (erf). `stem` and
 *   `residual` are the first layers and the basic block of ResNet, with batch normalization as at inference
 *
 * @typedef {object} Network
 * @property {number[]} input    shape of one example, channels last
 * @property {boolean} integers  whether the input is indices
 * @property {LayerSpec[]} layers
 * @property {number} batch      examples in a batch
 * @property {number} batches    how many different batches there are
 *
 * @typedef {object} OptimizerSpec
 * @property {number} learningRate
 * @property {number} beta1
 * @property {number} beta2
 * @property {number} epsilon
 * @property {number} weightDecay 0: Adam; else AdamW
 *
 * @typedef {Network & {
 *   kind: 'training',
 *   loss: 'crossEntropy' | 'binaryCrossEntropy' | 'meanSquaredError',
 *   optimizer: OptimizerSpec
 * }} TrainingProblem the loss is the mean over the batch (and over positions), of logits
 *
 * @typedef {Network & { kind: 'inference', probes: number[] }} InferenceProblem every output is read
 *
 * @typedef {{ shape: number[], data: Float32Array }} Block an array of the problem
 *
 * @typedef {GemmProblem | ConvProblem | RowsProblem | EagerProblem | TrainingProblem | InferenceProblem} ProblemSpec
 *
 * @typedef {object} Problem
 * @property {ProblemSpec} spec
 * @property {Block[]} blocks gemm: the left operands, the right one. conv: the images, the kernel (HWIO), with `backward`
 *   the cotangent. rows: the matrices. eager: the first summand, then those that are added in turn. training: the
 *   parameters of each layer (HWIO, in × out), then the inputs and the targets (as floats) of every batch. inference: the
 *   parameters, then the inputs
 *
 * @typedef {object} Contestant
 * @property {() => Promise<void>} [reset] goes back to the initial state; not timed
 * @property {(count: number) => Promise<number[]>} run repeats the work and reads its result; training: the loss of
 *   every step; else the probed values of the last result
 */

/**
 * @param {string} path a file written by the runner: a line of JSON, then the blocks as little-endian float32
 * @returns {Problem}
 */
export function readProblem(path) {
  const bytes = readFileSync(path);
  const end = bytes.indexOf(10);
  const { spec, shapes } = JSON.parse(bytes.toString('utf8', 0, end));
  let at = end + 1;
  const blocks = shapes.map((/** @type {number[]} */ shape) => {
    const length = shape.reduce((a, b) => a * b, 1);
    const begin = bytes.byteOffset + at;
    const data = new Float32Array(bytes.buffer.slice(begin, begin + length * 4));
    at += length * 4;
    return { shape, data };
  });
  return { spec, blocks };
}

/**
 * @param {TrainingProblem} spec
 * @param {Block[]} blocks
 * @returns {{ parameters: Block[], batches: { images: Block, labels: Block }[] }}
 */
export function splitBlocks(spec, blocks) {
  const count = blocks.length - 2 * spec.batches;
  const batches = Array.from({ length: spec.batches }, (_, i) => ({
    images: /** @type {Block} */ (blocks[count + 2 * i]),
    labels: /** @type {Block} */ (blocks[count + 2 * i + 1]),
  }));
  return { parameters: blocks.slice(0, count), batches };
}

/**
 * @param {ArrayLike<number>} values
 * @param {number[]} at flat positions
 * @returns {number[]} the values there
 */
export const probed = (values, at) => at.map((position) => values[position] ?? Number.NaN);

/**
 * Why a contestant takes no part, in the words of the report.
 *
 * @param {string} reason
 */
export const cannot = (reason) => new Error(`cannot: ${reason}`);

/**
 * Answers the runner until it closes the connection.
 *
 * @param {(problem: Problem) => Promise<Contestant>} prepare throws when this contestant cannot do the work
 */
export async function serveContestant(prepare) {
  /** @type {Contestant | undefined} */
  let contestant;
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line);
    let answer;
    try {
      if (request.prepare) {
        contestant = await prepare(readProblem(request.prepare));
        answer = { ready: true };
      } else if (contestant) {
        await contestant.reset?.();
        const start = performance.now();
        const values = await contestant.run(request.round);
        const seconds = (performance.now() - start) / 1000;
        answer = { seconds, values, residentBytes: process.memoryUsage.rss() };
      } else {
        answer = { failed: 'no problem was prepared' };
      }
    } catch (error) {
      answer = { failed: error instanceof Error ? error.message.split('\n')[0] : String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
