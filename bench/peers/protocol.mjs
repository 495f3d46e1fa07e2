/**
 * How the runner talks to a contestant: one process each, one JSON object a line.
 *
 * A contestant gets `{ prepare: problemFile }` and later `{ round: count }`. It answers the second with the seconds
 * that `count` repetitions took and with what they computed, which the runner compares with its own reference.
 */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * @typedef {object} GemmProblem
 * @property {'gemm'} kind
 * @property {number} size      both operands are size × size
 * @property {number[]} probes  flat positions of the product that are sent back
 *
 * @typedef {object} EagerProblem
 * @property {'eager'} kind
 * @property {number} chains  how often the chain is computed and its result read, one after the other
 * @property {number} pairs   the chain is x · a + b, this many times over: two operations each
 *
 * @typedef {{ kind: 'conv', filters: number, kernel: number }
 *   | { kind: 'pool', window: number }
 *   | { kind: 'flatten' }
 *   | { kind: 'dense', units: number, relu: boolean }} LayerSpec
 *
 * @typedef {object} TrainingProblem
 * @property {'training'} kind
 * @property {number[]} input        shape of one example, channels last
 * @property {number} classes
 * @property {number} batch          examples in a batch
 * @property {number} batches        how many different batches there are; step i takes batch i modulo this
 * @property {LayerSpec[]} layers    convolutions are followed by ReLU and pad nothing
 * @property {{ learningRate: number, beta1: number, beta2: number, epsilon: number }} adam
 *
 * @typedef {{ shape: number[], data: Float32Array }} Block an array of the problem
 *
 * @typedef {object} Problem
 * @property {GemmProblem | TrainingProblem | EagerProblem} spec
 * @property {Block[]} blocks gemm: A, B. Eager: x, a, b. Training: kernel and bias of each layer (HWIO, in × out), then the images
 *   and the labels (as floats) of every batch
 *
 * @typedef {object} Contestant
 * @property {() => Promise<void>} [reset] goes back to the initial state; not timed
 * @property {(count: number) => Promise<number[]>} run repeats the work; gemm: the probed values
 *   of the last product; eager: the last result; training: the loss of every step
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
    const data = new Float32Array(
      bytes.buffer.slice(bytes.byteOffset + at, bytes.byteOffset + at + length * 4),
    );
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
        answer = { seconds: (performance.now() - start) / 1000, values };
      } else {
        answer = { failed: 'no problem was prepared' };
      }
    } catch (error) {
      answer = { failed: error instanceof Error ? error.message.split('\n')[0] : String(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}
