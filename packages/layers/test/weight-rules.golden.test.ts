/** Constraints and regularizers against Keras, and constraints in training. */
import { ConfigReader, interpreter, type JsonObject, setDevice, setSeed } from '@hadal/core';
import { adam } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';
import * as api from '../src';
import {
  Constraint,
  dense,
  maxNorm,
  minMaxNorm,
  nonNeg,
  Regularizer,
  type RegularizerLike,
  sequential,
  stft,
  unitNorm,
} from '../src';
import { constraintFromConfig, resolveConstraint, serializeConstraint } from '../src/constraints/table';
import { initializerFromConfig, serializeInitializer } from '../src/initializers/table';
import { readRegularizer, serializeRegularizer } from '../src/regularizers/regularizer';
import table from './fixtures/weight_rules.json';
import { expectClose, expectGolden, type GoldenArray, tensorOf } from './golden';

setDevice(interpreter());

interface RuleCase<Value> {
  readonly className: string;
  readonly config: JsonObject;
  readonly weights: { readonly shape: number[]; readonly data: number[] };
  readonly value: Value;
}

const rules = table as unknown as {
  readonly reference: string;
  readonly constraints: readonly RuleCase<RuleCase<number>['weights']>[];
  readonly regularizers: readonly RuleCase<number>[];
  readonly stft: readonly { readonly config: JsonObject; readonly value: GoldenArray }[];
};

/** Exported classes that extend `base`. */
const subclassesOf = (base: abstract new () => object): string[] =>
  Object.values(api).flatMap((value: unknown) =>
    typeof value === 'function' && value.prototype instanceof base ? [value.name] : [],
  );

describe(`constraints are those of ${rules.reference}`, () => {
  it.each(rules.constraints.map((each) => [each.className, each] as const))('%s', async (_name, each) => {
    const constraint = constraintFromConfig({ className: each.className, config: each.config });
    expect(serializeConstraint(constraint)).toEqual({ className: each.className, config: each.config });
    await expectGolden(constraint.apply(tensorOf(each.weights)), each.value);
  });

  it('all have a case', () => {
    expect(new Set(rules.constraints.map(({ className }) => className))).toEqual(
      new Set(subclassesOf(Constraint)),
    );
  });
});

describe(`Fourier kernels begin as those of ${rules.reference}`, () => {
  it.each(rules.stft.map((each) => [JSON.stringify(each.config), each] as const))(
    '%s',
    async (_name, each) => {
      const initializer = initializerFromConfig({ className: 'STFT', config: each.config });
      expect(serializeInitializer(initializer)).toEqual({ className: 'STFT', config: each.config });
      await expectGolden(initializer.make(each.value.shape, 'float32'), each.value);
    },
  );

  it('are refused for weights that are no kernels of signals, and windows of another length', () => {
    expect(() => stft().make([4, 2, 3], 'float32')).toThrow('the weight has shape [4,2,3]');
    expect(() => stft({ window: [1, 2] }).make([4, 1, 3], 'float32')).toThrow('the window has 2 values');
  });
});

describe(`regularizers are those of ${rules.reference}`, () => {
  it.each(rules.regularizers.map((each) => [JSON.stringify(each.config), each] as const))(
    '%s',
    async (_name, { className, config, weights, value }) => {
      const saved = { className, config };
      const regularizer = readRegularizer(new ConfigReader('test', { penalty: saved }), 'penalty');
      expect(serializeRegularizer(regularizer)).toEqual(saved);
      expectClose([await regularizer!.penalty(tensorOf(weights)).item()], [value], 2e-6);
    },
  );

  it('all have a case', () => {
    expect(new Set(rules.regularizers.map(({ className }) => className))).toEqual(
      new Set(subclassesOf(Regularizer)),
    );
  });
});

describe('constraints', () => {
  it('hold after every step of training, for each weight by itself', async () => {
    setSeed(3);
    const model = sequential([
      dense(4, {
        activation: 'relu',
        kernelConstraint: maxNorm(0.5),
        biasConstraint: 'non_neg',
        inputShape: [3],
      }),
      dense(2, { kernelConstraint: unitNorm(1) }),
      dense(1, { kernelConstraint: minMaxNorm({ minValue: 0.9, maxValue: 1.1 }) }),
    ]);
    model.compile({ optimizer: adam(0.2), loss: 'mse' });
    const x = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(i), Math.sin(2 * i)]);
    await model.fit(
      x,
      x.map(([a, b]) => [a! - 3 * b!]),
      { epochs: 3, batchSize: 4, verbose: 0 },
    );
    const [kernel, bias, second, , last] = await model.getWeights();
    const norm = (...values: number[]): number => Math.hypot(...values);
    for (let unit = 0; unit < 4; unit++) {
      const column = [0, 1, 2].map((row) => Number(kernel!.data[row * 4 + unit]));
      expect(norm(...column)).toBeLessThan(0.5 + 1e-6);
    }
    expect(Math.min(...Array.from(bias!.data, Number))).toBeGreaterThanOrEqual(0);
    for (let row = 0; row < 4; row++) {
      const pair = [0, 1].map((column) => Number(second!.data[row * 2 + column]));
      expect(norm(...pair)).toBeCloseTo(1, 5);
    }
    const length = norm(...Array.from(last!.data, Number));
    expect(length).toBeGreaterThan(0.9 - 1e-6);
    expect(length).toBeLessThan(1.1 + 1e-6);
  });

  it('leave frozen weights alone', async () => {
    const layer = dense(1, { kernelConstraint: nonNeg(), trainable: false });
    layer.ensureBuilt([null, 1]);
    layer.weights[0]!.assign(layer.weights[0]!.value.mul(0).sub(2));
    layer.constrainWeights();
    expect(await layer.weights[0]!.value.item()).toBe(-2);
  });

  it('and regularizers name what they do not know', () => {
    // @ts-expect-error names are checked where they are written
    expect(() => resolveConstraint('maxNrom')).toThrow(/unknown constraint 'maxNrom'.*maxNorm/s);
    const typo: string = 'l3';
    expect(() => dense(1, { kernelRegularizer: typo as RegularizerLike })).toThrow(
      /unknown regularizer 'l3'/,
    );
    expect(() => maxNorm(-1)).toThrow(/maxValue is -1/);
  });
});
