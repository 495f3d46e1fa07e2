/**
 * Random programs, compiled on the device and evaluated node by node by the interpreter: outputs and gradients agree.
 */
import { compile, type Device, interpreter, type Tensor } from '@hadal/core';
import { type Result, requireClose } from '../compare';
import { type RandomGraph, randomGraph, randomInputs } from '../random-graph';
import type { Tolerance } from '../tolerance';

/** Errors of dozens of operations add up, and gradients pass through them twice. */
const LONG_CHAIN: Tolerance = { relative: 2e-4, absolute: 5e-5 };

const reference = interpreter();

const read = async (tensors: readonly Tensor[]): Promise<Result[]> =>
  Promise.all(tensors.map(async (each) => ({ shape: each.shape, values: await each.data() })));

/**
 * Holds the program of a seed on `device` against the interpreter.
 *
 * @throws {Error} naming the seed, the operations and the output that differs
 */
export async function checkRandomGraph(seed: number, device: Device): Promise<void> {
  const graph = randomGraph(seed);
  const expected = await read(graph.build(randomInputs(graph, reference)));
  const compiled = compile((inputs: Tensor[]) => graph.build(inputs), { name: `random graph ${seed}` });
  const actual = await read(await compiled(randomInputs(graph, device)));
  expected.forEach((result, index) => {
    try {
      requireClose(actual[index] ?? { shape: [], values: new Float32Array() }, result, LONG_CHAIN);
    } catch (error) {
      throw new Error(describe(graph, index, error), { cause: error });
    }
  });
}

const describe = ({ seed, operations, inputs }: RandomGraph, index: number, error: unknown): string =>
  `random graph of seed ${seed}, result ${index}: ${error instanceof Error ? error.message : String(error)}\n` +
  `  inputs ${inputs.map(({ shape }) => `[${shape}]`).join(' ')}\n  ${operations.join(' ')}`;
