/** Every loss against Keras and PyTorch: values, gradients, configurations. One table, which no loss may be missing from. */
import { compile, grad, interpreter, type JsonObject, setDevice, type Tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import * as layers from '../src';
import { Loss, withMask } from '../src';
import { FunctionLoss } from '../src/losses/function';
import { lossFromConfig, resolveLoss } from '../src/losses/table';
import losses from './fixtures/losses.json';
import { expectGolden, type GoldenArray, tensorOf } from './golden';

setDevice(interpreter());

interface LossCase {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly y: GoldenArray;
  readonly p: GoldenArray;
  readonly w: GoldenArray | null;
  readonly mask: GoldenArray | null;
  readonly value: GoldenArray;
  readonly gradient: GoldenArray;
}

// The compiler gives every configuration the keys of all others, as undefined.
const cases = losses.cases as unknown as readonly LossCase[];

describe(`losses are those of ${losses.reference}`, () => {
  it.each(cases)('$name', async ({ className, config, y, p, w, mask, value, gradient }) => {
    const loss = lossFromConfig({ className, config });
    const shown = mask === null ? undefined : tensorOf(mask).cast('bool');
    const weights = w === null ? undefined : tensorOf(w);
    const apply = (outputs: Tensor): Tensor => {
      // Whoever applies a loss may hold the tensor that is differentiated: the mask goes to one of its own.
      const masked = shown === undefined ? outputs : withMask(outputs.mul(1), shown);
      return loss.apply(tensorOf(y), masked, weights);
    };
    const outputs = tensorOf(p);
    await expectGolden(apply(outputs), value, 5e-6);
    await expectGolden(grad((x: Tensor) => apply(x).sum())(outputs), gradient, 2e-5);
    const compiled = compile((x: Tensor) => apply(x));
    await expectGolden(await compiled(outputs), value, 5e-6);
  });

  it.each(cases)('$name: configuration', ({ className, config }) => {
    const loss = lossFromConfig({ className, config });
    const written = loss.getConfig();
    expect(written).toMatchObject(config);
    expect(loss.className).toBe(className);
    expect(lossFromConfig({ className, config: written }).getConfig()).toEqual(written);
    expect(() => lossFromConfig({ className, config: { ...written, unheard: 1 } })).toThrow(/unheard/);
  });
});

const exported = Object.entries(layers).flatMap(([name, value]) =>
  typeof value === 'function' && value.prototype instanceof Loss ? [name] : [],
);

describe('the table of losses', () => {
  it('has a case for every loss that is exported', () => {
    const covered = new Set(cases.map(({ className }) => className));
    expect(exported.filter((name) => !covered.has(name))).toEqual([]);
    expect(covered.size).toBe(exported.length);
  });

  it('knows every loss by its name in camelCase and snake_case', () => {
    for (const name of exported) {
      const spelled = name === 'InferredCrossentropy' ? 'crossentropy' : name;
      expect(resolveLoss(spelled as layers.LossName).className).toBe(name);
    }
    expect(resolveLoss('kl_divergence').className).toBe('KLDivergence');
    expect(resolveLoss('mape').className).toBe('MeanAbsolutePercentageError');
    expect(resolveLoss((y, p) => y.sub(p))).toBeInstanceOf(FunctionLoss);
    expect(() => resolveLoss('hubert' as layers.LossName)).toThrow(/Did you mean 'huber'/);
  });

  it('has a factory beside every class', () => {
    for (const name of exported) {
      const factory = Object.entries(layers).find(
        ([each]) => each !== name && each.toLowerCase() === name.toLowerCase(),
      )?.[1] as (() => Loss) | undefined;
      expect(factory?.().className, name).toBe(name);
    }
  });
});
