/** Of every network that is exported: golden values, saving, seeds. A new one without a row fails here. */
import { withSeed } from '@hadal/core';
import { beforeAll, describe, expect, it } from 'vitest';
import images from './fixtures/images.json';
import golden from './fixtures/networks.json';
import text from './fixtures/text.json';
import { ALIKE, networkExports, SMALL, useCpu } from './networks';

beforeAll(useCpu);

const kinds = networkExports.filter((name) => !(name in ALIKE));

const compared = new Set([
  ...[...images.narrow, ...golden.images].map(({ network }) => network),
  ...[...Object.keys(golden), ...Object.keys(text)].map((name) => (name === 'bert' ? 'bertMaskedLM' : name)),
]);

describe('every network that is exported', () => {
  it('is of a kind, and no kind is of nothing', () => {
    expect(kinds.filter((name) => !(name in SMALL))).toEqual([]);
    expect(Object.keys(SMALL).filter((name) => !kinds.includes(name))).toEqual([]);
    expect(Object.values(ALIKE).filter((name) => !kinds.includes(name))).toEqual([]);
    expect(Object.keys(ALIKE).filter((name) => !networkExports.includes(name))).toEqual([]);
  });

  it.each(kinds)('%s has golden outputs', (name) => {
    expect(compared).toContain(name);
  });
});

describe.each(kinds.map((name) => [name, SMALL[name]!] as const))('%s', (_name, make) => {
  it('predicts the same after it was saved and loaded', async () => {
    const network = withSeed(7, make);
    expect(await network.outputsAgain()).toEqual(await network.outputs());
  });

  it('has the same weights for the same seed, and others for another', async () => {
    const weights = await withSeed(7, make).weights();
    expect(await withSeed(7, make).weights()).toEqual(weights);
    expect(await withSeed(8, make).weights()).not.toEqual(weights);
  });
});
