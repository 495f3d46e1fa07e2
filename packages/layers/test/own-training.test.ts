/** Steps and optimizers of one's own, and products of half floats. */
import {
  ConfigReader,
  compile,
  gradients,
  interpreter,
  type JsonObject,
  matmul,
  mean,
  setDevice,
  setSeed,
  sign,
  square,
  tensor,
  withProductDType,
} from '@hadal/core';
import {
  adam,
  LossScaleOptimizer,
  sgd,
  type UpdateInput,
  type UpdateOutput,
  UpdateRule,
} from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  dense,
  FunctionalModel,
  input,
  loadModel,
  memoryStorage,
  Sequential,
  type SymbolicTensor,
  sequential,
  type TrainingStep,
} from '../src';
import { bars, spirals } from './helpers';

setDevice(interpreter());
beforeEach(() => setSeed(8));

const line = (): Sequential =>
  sequential([dense(1, { inputShape: [1], useBias: false, kernelInitializer: 'ones' })]);
const kernelOf = async (model: Sequential): Promise<number> => (await model.getWeights())[0]!.data[0]!;

describe("a step of one's own", () => {
  it('makes the updates that it says, and gathers figures where it says so', async () => {
    const once = line();
    once.compile({ optimizer: sgd(0.1), loss: 'mse' });
    await once.fit([[1]], [[3]], { epochs: 2, verbose: 0 });
    const twice = line();
    twice.compile({
      optimizer: sgd(0.1),
      loss: 'mse',
      trainStep: ({ minimize, measure }) => {
        minimize(() => measure());
        minimize(() => measure({}, false));
      },
    });
    const { history } = await twice.fit([[1]], [[3]], { verbose: 0 });
    expect(await kernelOf(twice)).toBe(await kernelOf(once));
    expect(history.loss).toEqual([4]);
  });

  it('may train on other inputs and on a loss of its own', async () => {
    const model = line();
    model.compile({
      optimizer: sgd(0.1),
      loss: 'mse',
      trainStep: ({ x, y, minimize, measure, forward }) => {
        measure();
        minimize(() => mean(square(forward(x.map((each) => each.mul(2)))[0]!.sub(y[0]!))));
      },
    });
    await model.fit([[1]], [[4]], { verbose: 0 });
    // d/dw (2w − 4)² = 4 (2w − 4) = −8 at w = 1.
    expect(await kernelOf(model)).toBeCloseTo(1.8, 6);
  });

  it('has to be given again when the model is loaded', async () => {
    const model = line();
    const trainStep = (
      step: Parameters<Required<Parameters<typeof model.compile>[0]>['trainStep']>[0],
    ): void => {
      step.minimize(() => step.measure().mul(2));
    };
    model.compile({ optimizer: sgd(0.1), loss: 'mse', trainStep });
    await model.fit([[1]], [[3]], { verbose: 0 });
    const storage = memoryStorage();
    await model.save(storage);
    await expect(loadModel(storage)).rejects.toThrow(
      /a step of its own.*\n.*loadModel\(folder, \{ trainStep \}\)/,
    );
    const later = (await loadModel(storage, { trainStep })) as Sequential;
    for (const each of [model, later]) await each.fit([[1]], [[3]], { epochs: 2, resume: true, verbose: 0 });
    expect(await kernelOf(later)).toBe(await kernelOf(model));
  });
});

/** Minimizes twice the loss. */
class Doubled extends Sequential {
  override trainStep(step: TrainingStep): void {
    step.minimize(() => step.measure().mul(2));
  }
}

class DoubledGraph extends FunctionalModel<SymbolicTensor, SymbolicTensor> {
  override trainStep(step: TrainingStep): void {
    step.minimize(() => step.measure().mul(2));
  }
}

describe('a class that extends a model', () => {
  const one = () => dense(1, { inputShape: [1], useBias: false, kernelInitializer: 'ones' });

  it('trains by the step it overrides, in chains and in graphs', async () => {
    const at = input([1]);
    for (const model of [new Doubled([one()]), new DoubledGraph({ inputs: at, outputs: one().apply(at) })]) {
      model.compile({ optimizer: sgd(0.1), loss: 'mse' });
      const { history } = await model.fit([[1]], [[3]], { verbose: 0 });
      expect(history.loss).toEqual([4]);
      // d/dw 2 (w − 3)² = −8 at w = 1.
      expect((await model.getWeights())[0]!.data[0]).toBeCloseTo(1.8, 6);
    }
  });

  it('yields to a step that compile is given', async () => {
    const model = new Doubled([one()]);
    model.compile({
      optimizer: sgd(0.1),
      loss: 'mse',
      trainStep: ({ minimize, measure }) => void minimize(() => measure()),
    });
    await model.fit([[1]], [[3]], { verbose: 0 });
    expect(await kernelOf(model)).toBeCloseTo(1.4, 6);
  });

  it('goes on from a file when its step is given', async () => {
    const model = new Doubled([one()]);
    model.compile({ optimizer: sgd(0.1), loss: 'mse' });
    await model.fit([[1]], [[3]], { verbose: 0 });
    const storage = memoryStorage();
    await model.save(storage);
    await expect(loadModel(storage)).rejects.toThrow(/a step of its own/);
    const later = await loadModel(storage, { trainStep: Doubled.prototype.trainStep });
    for (const each of [model, later]) await each.fit([[1]], [[3]], { epochs: 2, resume: true, verbose: 0 });
    expect(await later.getWeights()).toEqual(await model.getWeights());
  });
});

class SignDescent extends UpdateRule {
  static readonly className = 'SignDescent';
  readonly className = SignDescent.className;
  protected slotNames(): readonly string[] {
    return [];
  }
  protected update({ value, gradient, learningRate }: UpdateInput): UpdateOutput {
    return { value: value.sub(sign(gradient).mul(learningRate)), slots: {} };
  }
  getConfig(): JsonObject {
    return this.baseConfig();
  }
  static fromConfig(config: JsonObject): SignDescent {
    const reader = new ConfigReader(SignDescent.className, config);
    return new SignDescent(reader.number('learningRate'));
  }
}

describe("an optimizer of one's own", () => {
  it('is made again from a file when its class is given, also inside a wrapper', async () => {
    for (const optimizer of [new SignDescent(0.25), new LossScaleOptimizer(new SignDescent(0.25))]) {
      const model = line();
      model.compile({ optimizer, loss: 'mse' });
      await model.fit([[1]], [[3]], { verbose: 0 });
      const storage = memoryStorage();
      await model.save(storage);
      await expect(loadModel(storage)).rejects.toThrow(/unknown optimizer class 'SignDescent'/);
      const later = (await loadModel(storage, { optimizers: [SignDescent] })) as Sequential;
      await later.fit([[1]], [[3]], { epochs: 2, resume: true, verbose: 0 });
      expect(await kernelOf(later)).toBe(1.5);
    }
  });
});

describe('mixed precision', () => {
  it('rounds operands to float16 in products and their gradients, and gives float32', async () => {
    const [a, b] = [tensor([[1 + 2 ** -12, 70000]]), tensor([[1], [0]])];
    const product = withProductDType('float16', () => matmul(a, b));
    expect(product.dtype).toBe('float32');
    expect(await product.data()).toEqual(Float32Array.of(Number.NaN));
    const fine = tensor([[1 + 2 ** -12]]);
    expect(await withProductDType('float16', () => matmul(fine, fine)).data()).toEqual(Float32Array.of(1));
    expect(await matmul(fine, fine).data()).toEqual(Float32Array.of(Math.fround((1 + 2 ** -12) ** 2)));
  });

  it('marks products and their gradients where bfloat16 is allowed, and nothing outside', async () => {
    const step = compile((x: typeof a) => {
      const y = withProductDType('bfloat16', () => matmul(x, x));
      return gradients(mean(y), [x])[0]!;
    });
    const a = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(await (await step(a)).array()).toEqual(
      await (await compile((x: typeof a) => gradients(mean(matmul(x, x)), [x])[0]!)(a)).array(),
    );
  });

  it.each(['mixedBfloat16', 'mixed_float16'] as const)('trains like float32: %s', async (precision) => {
    const losses: number[] = [];
    for (const each of ['float32', precision] as const) {
      setSeed(8);
      const model = sequential([
        dense(24, { activation: 'tanh', inputShape: [2] }),
        dense(2, { activation: 'softmax' }),
      ]);
      model.compile({ optimizer: adam(0.02), loss: 'sparseCategoricalCrossentropy', precision: each });
      const { x, y } = spirals(64);
      const { history } = await model.fit(x, y, { epochs: 8, batchSize: 16, verbose: 0 });
      losses.push(history.loss.at(-1)!);
    }
    expect(Math.abs(losses[1]! / losses[0]! - 1)).toBeLessThan(0.005);
  });

  it('scales the loss for float16, and lowers the factor where gradients overflow', async () => {
    const { x, y } = bars(16);
    const model = sequential([dense(1)]);
    model.compile({ optimizer: sgd(1e-9), loss: 'mse', precision: 'mixedFloat16' });
    const { optimizer } = model;
    if (!(optimizer instanceof LossScaleOptimizer)) throw new Error('no loss scale');
    const flat = { ...x, shape: [16, 64], data: (x.data as Float32Array).map((each) => each * 3000) };
    await model.fit(flat, y, { epochs: 30, batchSize: 16, verbose: 0 });
    expect(await optimizer.dynamicScale.value.item()).toBeLessThan(2 ** 15);
    expect((await model.getWeights()).every(({ data }) => data.every(Number.isFinite))).toBe(true);
    const storage = memoryStorage();
    await model.save(storage);
    expect((await loadModel(storage)).optimizer.className).toBe('LossScaleOptimizer');
  });

  it('names what there is', () => {
    const precision = 'mixedFloat8' as 'mixedFloat16';
    expect(() => line().compile({ loss: 'mse', precision })).toThrow(
      /unknown precision 'mixedFloat8'.*\n.*'mixedBfloat16'/,
    );
  });
});
