/**
 * Random programs, compiled on the device and evaluated node by node by the interpreter: outputs and gradients agree.
 */
import { compile, type Device, interpreter, type Tensor } from '@hadal/core';
import { type Result, requireClose } from '../compare';
import { type RandomGraph, randomGraph, randomInputs } from '../random-graph';
import type { Tolerance } from '../tolerance';
import type { ConformanceCase } from './case';

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

export interface RandomGraphOptions {
  /** Makes the device for the programs from this seed on; it is closed after them. */
  readonly device: (first: number) => Device | Promise<Device>;
  /** The seed of the first program (default 0). */
  readonly from?: number;
  /** How many programs there are. */
  readonly count: number;
  /** Only the program of this seed. */
  readonly only?: number;
}

/** Programs that share a device, so that what one leaves behind meets the next. */
const PER_DEVICE = 50;

/** Random programs as cases of so many each; a failure names all seeds that differ. */
export function randomGraphCases({ device, from = 0, count, only }: RandomGraphOptions): ConformanceCase[] {
  const single = only !== undefined;
  const firsts = single
    ? [only]
    : Array.from({ length: Math.ceil(count / PER_DEVICE) }, (_, group) => from + group * PER_DEVICE);
  return firsts.map((first) => ({
    group: 'random programs',
    name: `agree with the interpreter from seed ${first} on`,
    run: async () => {
      const made = await device(first);
      const failures: string[] = [];
      const end = single ? first + 1 : Math.min(first + PER_DEVICE, from + count);
      for (let seed = first; seed < end; seed++)
        await checkRandomGraph(seed, made).catch((error: unknown) => failures.push(String(error)));
      await made.close();
      if (failures.length > 0) throw new Error(failures.join('\n'));
    },
  }));
}
