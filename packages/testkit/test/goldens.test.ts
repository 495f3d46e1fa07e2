/**
 * Every operation's forward on the interpreter against values from PyTorch, NumPy and SciPy. Even the judge needs a judge.
 */
import { readFileSync } from 'node:fs';
import { interpreter, type Tensor, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import { listed } from '../src/conformance/forward';
import { type GoldenTensor, readGoldens } from '../src/goldens';
import { FAMILIES, GOLDEN, requireClose, toleranceOf } from '../src/index';

const device = interpreter();
const tensorOf = ({ values, shape, dtype }: GoldenTensor): Tensor => tensor(values, { shape, dtype, device });
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`./fixtures/${name}.safetensors`, import.meta.url));

describe.each(FAMILIES)('golden values of the family $name', ({ name, goldens }) => {
  const { reference, entries } = readGoldens(fixture(name));

  it(`are there for every entry of its table, and only for those (${reference})`, () => {
    expect([...entries.keys()].sort()).toEqual(Object.keys(goldens).sort());
  });

  it.each([...entries.keys()])('%s', async (entry) => {
    const golden = entries.get(entry);
    const results = listed((await goldens[entry]?.(...(golden?.inputs ?? []).map(tensorOf))) ?? []);
    expect(results).toHaveLength(golden?.outputs.length ?? 0);
    for (const [index, result] of results.entries()) {
      const expected = golden?.outputs[index];
      if (expected === undefined) continue;
      const exact = result.dtype === 'float32' ? GOLDEN : toleranceOf(result.dtype, 'exact');
      requireClose({ shape: result.shape, values: await result.data() }, expected, exact);
    }
  });
});

describe('readGoldens', () => {
  const file = fixture('foundation');

  it('refuses a file that is cut off', () => {
    expect(() => readGoldens(file.subarray(0, 100))).toThrow('100 bytes do not hold a safetensors header');
    expect(() => readGoldens(file.subarray(0, file.length - 4))).toThrow('cannot be read');
  });
});
