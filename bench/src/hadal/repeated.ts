/**
 * What is computed again and again, a new input each time. Results are dropped at once, as peers drop theirs; of the last,
 * only the probed values are read, which is what PyTorch does: reading all of a large result touches megabytes of fresh
 * memory, which can take longer than computing them.
 */
import { compile, gather, reshape, type Tensor, tensor } from '@hadal/core';
import type { Contestant } from '../../peers/protocol.mjs';
import { required } from './upload';

/** Calls `step` with the inputs in turn, and reads the last results at the probes of each. */
export function repeated(
  inputs: readonly Tensor[],
  probes: readonly (readonly number[])[],
  step: (input: Tensor) => Promise<readonly Tensor[]>,
): Contestant {
  const positions = probes.map((each) => tensor(each, { dtype: 'int32' }));
  const pick = compile((result: Tensor, at: Tensor) => gather(reshape(result, [-1]), at));
  return {
    async run(count) {
      let results: readonly Tensor[] = [];
      for (let i = 0; i < count; i++) {
        for (const result of results) result.dispose();
        results = await step(required(inputs, i % inputs.length));
      }
      const values: number[] = [];
      for (const [i, result] of results.entries()) {
        const picked = await pick(result, required(positions, i));
        values.push(...(await picked.data()));
        picked.dispose();
        result.dispose();
      }
      return values;
    },
  };
}
