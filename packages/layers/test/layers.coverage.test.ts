/** No layer is exported without a golden case. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as api from '../src';
import type { LayerTable } from './layer-cases';
import { layerClasses } from './layer-classes';

/** What computes nothing: it stands for what comes into a model. */
const WITHOUT_CASE = ['InputLayer'];

const folder = new URL('./fixtures/', import.meta.url);

/** The tables of all families of layers. */
const tables = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Partial<LayerTable>)
  .filter(({ kind }) => kind === 'layers');

describe('every exported layer class', () => {
  const covered = new Set(tables.flatMap(({ cases = [] }) => cases.map(({ className }) => className)));

  it.each(Object.keys(layerClasses(api)).filter((name) => !WITHOUT_CASE.includes(name)))(
    '%s has a golden case',
    (name) => {
      expect(covered).toContain(name);
    },
  );
});
