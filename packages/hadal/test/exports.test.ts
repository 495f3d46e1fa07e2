/** The umbrella leaves nothing out, and where packages share a name, it means that of the one further up. */
import * as cpuBackend from '@hadal/backend-cpu';
import * as core from '@hadal/core';
import * as data from '@hadal/data';
import * as layers from '@hadal/layers';
import * as optimizers from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import * as hadalCore from '../src/core';
import * as hadal from '../src/index';

type Exports = Readonly<Record<string, unknown>>;

/** The one further up first. */
const sources: readonly Exports[] = [layers, optimizers, data, core];
const umbrella: Exports = { ...hadal };

describe('hadal', () => {
  it('has every export of its packages, each as the package further up means it', () => {
    const names = new Set(sources.flatMap((source) => Object.keys(source)));
    const wrong = [...names].filter(
      (name) => umbrella[name] !== sources.find((source) => name in source)?.[name],
    );
    expect(names.size).toBeGreaterThan(500);
    expect(wrong).toEqual([]);
  });

  it('adds the devices alone', () => {
    const added = Object.keys(umbrella).filter((name) => !sources.some((source) => name in source));
    expect(added.sort()).toEqual(['best', 'cpu']);
    expect(hadal.cpu).toBe(cpuBackend.cpu);
  });

  it('has all of core apart', () => {
    expect({ ...hadalCore }).toEqual({ ...core });
  });
});
