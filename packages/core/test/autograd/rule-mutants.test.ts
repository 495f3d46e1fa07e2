/**
 * A saboteur among the gradient rules: each rule in turn is made slightly wrong, or forgotten, for one input. The checks
 * by finite differences must notice every time.
 */
import { gradientCheck, gradientCheckInputs, hasCheckedGradient, SAMPLES, type Sample } from '@hadal/testkit';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { binaryRules, unaryRules } from '../../src/autograd/rules/elementwise';
import { mul } from '../../src/graph/build';
import type { Node } from '../../src/graph/node';
import { gradients, interpreter, tensor } from '../../src/index';

/** What is broken now, and which rules were used. A rule is named by operation and input. */
const sabotage = vi.hoisted(() => ({
  broken: undefined as { rule: string; how: 'scaled' | 'forgotten' } | undefined,
  used: new Set<string>(),
}));

function nameOf(node: Node): string {
  switch (node.op) {
    case 'reduce':
      return `reduce ${node.attributes.kind}`;
    case 'composite':
      return `composite ${node.attributes.definition.name}`;
    case 'identity':
      return `identity ${node.attributes.kind}`;
    default:
      return node.op;
  }
}

vi.mock('../../src/autograd/rules', async (original) => {
  const rules = await original<typeof import('../../src/autograd/rules')>();
  const inputCotangents: typeof rules.inputCotangents = (node, g, pullback) =>
    rules.inputCotangents(node, g, pullback).map((cotangent, index) => {
      const rule = `${nameOf(node)}, input ${index}`;
      if (cotangent === undefined) return undefined;
      sabotage.used.add(rule);
      if (sabotage.broken?.rule !== rule) return cotangent;
      return sabotage.broken.how === 'scaled' ? mul(cotangent, 1.001) : undefined;
    });
  return { ...rules, inputCotangents };
});

const checked = SAMPLES.filter(hasCheckedGradient);
/** For every rule the samples that use it. */
const users = new Map<string, Sample[]>();

const check = (sample: Sample): Promise<void> =>
  gradientCheck(sample.compute, gradientCheckInputs(sample), {
    order: sample.derivatives === 2 ? 2 : 1,
    directions: 1,
  });

const isCaught = async (sample: Sample): Promise<boolean> =>
  check(sample).then(
    () => false,
    () => true,
  );

beforeAll(async () => {
  for (const sample of checked) {
    sabotage.used.clear();
    await check(sample);
    for (const rule of sabotage.used) users.set(rule, [...(users.get(rule) ?? []), sample]);
  }
});

afterEach(() => {
  sabotage.broken = undefined;
});

describe('the gradient checks', () => {
  it('reach every rule', () => {
    const elementwise = [
      ...Object.keys(unaryRules).map((op) => `${op}, input 0`),
      ...Object.keys(binaryRules).flatMap((op) => [`${op}, input 0`, `${op}, input 1`]),
    ];
    const others = [
      'where, input 1',
      'where, input 2',
      'reshape, input 0',
      'permute, input 0',
      'expand, input 0',
      'flip, input 0',
      'slice, input 0',
      'pad, input 0',
      'pad, input 1',
      'window, input 0',
      'concat, input 0',
      'concat, input 1',
      'reduce sum, input 0',
      'reduce prod, input 0',
      'reduce max, input 0',
      'reduce min, input 0',
      'dot, input 0',
      'dot, input 1',
      'conv, input 0',
      'conv, input 1',
      'gather, input 0',
      'scatterAdd, input 0',
      'scatterAdd, input 2',
    ];
    expect([...elementwise, ...others].filter((rule) => !users.has(rule))).toEqual([]);
  });

  // Rounding to float32 is a staircase to finite differences, so this rule is held against its definition.
  it('leave out cast, which hands the cotangent on in its own dtype', async () => {
    const x = tensor([1, 2], { dtype: 'float64', device: interpreter() });
    const [gradient] = gradients(
      x
        .cast('float32')
        .mul(tensor([3, 5]))
        .sum(),
      [x],
    );
    expect(gradient?.dtype).toBe('float64');
    expect(await gradient?.array()).toEqual([3, 5]);
  });

  it.each(['scaled', 'forgotten'] as const)('notice every rule that is %s', async (how) => {
    const survivors: string[] = [];
    for (const [rule, samples] of users) {
      sabotage.broken = { rule, how };
      let isKilled = false;
      for (const sample of samples) {
        isKilled = await isCaught(sample);
        if (isKilled) break;
      }
      if (!isKilled) survivors.push(rule);
    }
    expect(survivors).toEqual([]);
  });
});
