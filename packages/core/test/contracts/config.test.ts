/** Configurations from files are read with their expected kinds, and names that people type are understood. */
import { describe, expect, it } from 'vitest';
import {
  ConfigReader,
  DataError,
  isBlobName,
  type JsonValue,
  requireSerialized,
  suggestName,
} from '../../src';

describe('a configuration reader', () => {
  it('gives values of the expected kind, and fallbacks for what is absent or null', () => {
    const reader = new ConfigReader('Dense', { units: 3, bias: null, list: [1, 2], inner: { a: 1 } });
    expect(reader.integer('units')).toBe(3);
    expect(reader.boolean('bias', true)).toBe(true);
    expect(reader.numbers('list')).toEqual([1, 2]);
    expect(reader.object('inner')).toEqual({ a: 1 });
    expect(reader.optionalString('name')).toBeUndefined();
    expect(() => reader.done()).not.toThrow();
  });

  it('names the entry, what it must be and what was found', () => {
    const reader = new ConfigReader('Dense', { units: 2.5, rate: 'x', mode: 'slow', big: 'a'.repeat(100) });
    expect(() => reader.integer('units')).toThrow("Dense: 'units' must be an integer, found 2.5.");
    expect(() => reader.number('rate')).toThrow(/must be a finite number, found "x"/);
    expect(() => reader.choice('mode', ['fast', 'safe'])).toThrow(/one of 'fast', 'safe', found "slow"/);
    expect(() => reader.boolean('absent')).toThrow(/'absent' must be true or false, found nothing/);
    expect(() => reader.boolean('big')).toThrow(/found "a{56}\.\.\./);
  });

  it('refuses entries that nobody asked for, suggesting those that were', () => {
    const reader = new ConfigReader('SGD', { momentun: 0.9 });
    reader.number('momentum', 0);
    expect(() => reader.done()).toThrow(/unknown entry 'momentun'[\s\S]*Did you mean 'momentum'/);
  });

  it('sees only what the file says, never what objects inherit', () => {
    const reader = new ConfigReader('evil', JSON.parse('{"__proto__": {"units": 3}}'));
    expect(() => reader.integer('units')).toThrow(DataError);
    expect(new ConfigReader('plain', {}).value('toString')).toBeUndefined();
  });

  it('takes apart what was saved as class name and configuration', () => {
    expect(requireSerialized('layer', { className: 'Dense', config: { units: 1 } })).toEqual({
      className: 'Dense',
      config: { units: 1 },
    });
    const wrongs: readonly JsonValue[] = [null, 3, [], { className: 'Dense' }, { className: 1, config: {} }];
    for (const wrong of wrongs) {
      expect(() => requireSerialized('layer', wrong)).toThrow(/expected an object \{ className, config \}/);
    }
  });
});

describe('suggestions', () => {
  const known = ['relu', 'softmax', 'sparseCategoricalCrossentropy'];

  it('name what is near, and everything when nothing is', () => {
    expect(suggestName('rleu', known)).toBe("Did you mean 'relu'?");
    expect(suggestName('sparse_categorical_crossentropi', known)).toBe(
      "Did you mean 'sparseCategoricalCrossentropy'?",
    );
    expect(suggestName('banana', known)).toBe(
      "Known names: 'relu', 'softmax', 'sparseCategoricalCrossentropy'.",
    );
  });

  it('stay quick for names of any length', () => {
    const started = performance.now();
    suggestName('x'.repeat(1e6), known);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('blob names', () => {
  it('are plain file names that lead nowhere else', () => {
    for (const name of ['model.json', 'a-b_c.1', 'x']) expect(isBlobName(name)).toBe(true);
    for (const name of ['', '.', '..', '../x', 'a/b', 'a\\b', '.x', 'a b', 'ä', 'x'.repeat(129), 'a\n']) {
      expect(isBlobName(name), name).toBe(false);
    }
  });
});
