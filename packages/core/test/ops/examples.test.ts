import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as hadal from '../../src/index';
import { agree, examplesOf, run } from '../support/examples';

const source = new URL('../../src/', import.meta.url);
const files = [
  'tensor.ts',
  ...['ops', 'autograd', 'random'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, source)).map((name) => `${folder}/${name}`),
  ),
].filter((name) => name.endsWith('.ts'));

/** What examples may use besides the exports: things a reader has at hand. */
const scope = {
  ...hadal,
  cpu: async () => hadal.interpreter(),
  encoder: (x: hadal.Tensor) => x.mul(2),
  x: hadal.tensor([1, 2]),
  y: hadal.tensor([1, 2]),
  model: { loss: (x: hadal.Tensor, y: hadal.Tensor) => x.sub(y).square().sum() },
};

beforeAll(() => {
  hadal.setDevice(hadal.interpreter());
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
});
afterAll(() => vi.restoreAllMocks());

describe('the examples of docstrings', () => {
  for (const file of files) {
    const examples = examplesOf(new URL(file, source));
    if (examples.length === 0) continue;
    it(`${file}: run and give what they show`, async () => {
      for (const example of examples) {
        const shown = await run(example, scope);
        const wrong = shown.filter(({ expected, actual }) => !agree(expected, actual));
        expect(wrong, example.name).toEqual([]);
      }
    });
  }
});
