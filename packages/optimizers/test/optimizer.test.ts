/** What optimizers promise besides their formulas. */
import {
  ArgumentError,
  compile,
  createDevice,
  DataError,
  gradients,
  interpreter,
  type SerializedObject,
  ShapeError,
  setDevice,
  sign,
  sum,
  type Tensor,
  tensor,
  type Variable,
  variable,
} from '@hadal/core';
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  adam,
  ftrl,
  globalNorm,
  lamb,
  lion,
  lookahead,
  muon,
  type OptimizerName,
  oneCycle,
  optimizerFromConfig,
  resolveOptimizer,
  sam,
  sgd,
  type UpdateInput,
  type UpdateOutput,
  UpdateRule,
} from '../src';

setDevice(interpreter());

describe('an optimizer', () => {
  it('takes a new learning rate between two compiled steps', async () => {
    const weight = variable(tensor([0]));
    const optimizer = sgd(1);
    optimizer.build([weight]);
    const step = compile((gradient: Tensor): void => optimizer.apply([gradient]));
    await step(tensor([1]));
    optimizer.learningRate = 0.5;
    expect(optimizer.learningRate).toBe(0.5);
    await step(tensor([1]));
    expect(await weight.value.item()).toBe(-1.5);
  });

  it('continues from saved state as if it had never stopped', async () => {
    const gradientAt = (step: number): Tensor[] => [tensor([Math.sin(step), 2]), tensor([[Math.cos(step)]])];
    const make = () => [variable(tensor([1, 2])), variable(tensor([[3]]))];
    const unbroken = make();
    const one = adam(0.1);
    for (let step = 0; step < 6; step++) one.apply(gradientAt(step), unbroken);

    const first = make();
    const two = adam(0.1);
    for (let step = 0; step < 3; step++) two.apply(gradientAt(step), first);
    const state = await two.state();
    const second = make();
    for (const [index, { value }] of first.entries()) {
      second[index]?.assign(tensor(await value.data(), { shape: value.shape }));
    }
    const three = adam(0.1);
    three.build(second);
    three.setState(state);
    for (let step = 3; step < 6; step++) three.apply(gradientAt(step), second);
    for (const [index, { value }] of unbroken.entries()) {
      expect(await second[index]?.value.data()).toEqual(await value.data());
    }
    expect(await three.iterations.value.item()).toBe(6);
  });

  it.each([
    ['one after another', () => interpreter()],
    ['as kernels', () => createDevice(new PlainBackend())],
  ])('keeps variables separate that another optimizer packed before, computed %s', async (_, makeDevice) => {
    setDevice(makeDevice());
    const run = async (packsFirst: boolean): Promise<number[][]> => {
      const variables = [variable(tensor([1, 2])), variable(tensor([[3], [4]]))];
      if (packsFirst) adam().build(variables);
      const optimizer = lamb(0.1, { clipnorm: 1 });
      optimizer.build(variables);
      const step = compile((a: Tensor, b: Tensor): void => optimizer.apply([a, b]));
      for (let count = 1; count <= 4; count++) await step(tensor([count, 1]), tensor([[-1], [count]]));
      return Promise.all(variables.map(async ({ value }) => [...(await value.data())]));
    };
    const expected = await run(false);
    expect(await run(true)).toEqual(expected);
    expect(expected[0]?.[0]).toBeLessThan(1);
    setDevice(interpreter());
  });

  it('refuses state that is incomplete, left over or of another shape, and changes nothing', async () => {
    const weight = variable(tensor([1, 2]));
    const optimizer = adam();
    optimizer.apply([tensor([1, 1])], [weight]);
    const state = new Map(await optimizer.state());
    const missing = new Map(state);
    missing.delete('velocity/0');
    expect(() => optimizer.setState(missing)).toThrow(/'velocity\/0' is missing/);
    const extra = new Map(state).set('velocity/1', {
      data: new Float32Array(1),
      shape: [1],
      dtype: 'float32',
    });
    expect(() => optimizer.setState(extra)).toThrow(/unexpected entries: velocity\/1/);
    const wrong = new Map(state).set('velocity/0', {
      data: new Float32Array(3),
      shape: [3],
      dtype: 'float32',
    });
    expect(() => optimizer.setState(wrong)).toThrow(DataError);
    expect(await optimizer.iterations.value.item()).toBe(1);
  });

  it('keeps moments of parameters without gradient from becoming subnormal', async () => {
    const weight = variable(tensor([1, 1]));
    const optimizer = adam(0.001);
    optimizer.apply([tensor([1e-20, 1])], [weight]);
    const state = await optimizer.state();
    const velocity = state.get('velocity/0')?.data;
    expect(velocity?.[0]).toBe(0);
    expect(velocity?.[1]).toBeGreaterThan(0);
  });

  it('minimizes a quadratic', async () => {
    const weight = variable(tensor([3, -2]));
    const optimizer = adam(0.1);
    optimizer.build([weight]);
    const step = compile((): undefined => {
      const loss = sum(weight.value.sub(tensor([1, 2])).square());
      optimizer.apply(gradients(loss, [weight]));
    });
    for (let index = 0; index < 300; index++) await step();
    const [a, b] = await weight.value.data();
    expect(a).toBeCloseTo(1, 2);
    expect(b).toBeCloseTo(2, 2);
  });

  it('can be a rule of the user', async () => {
    class SignDescent extends UpdateRule {
      readonly className = 'SignDescent';
      protected slotNames(): readonly string[] {
        return [];
      }
      protected update({ value, gradient, learningRate }: UpdateInput): UpdateOutput {
        return { value: value.sub(sign(gradient).mul(learningRate)), slots: {} };
      }
      getConfig() {
        return this.baseConfig();
      }
    }
    const weight = variable(tensor([1, 1]));
    new SignDescent(0.25).apply([tensor([5, -0.1])], [weight]);
    expect([...(await weight.value.data())]).toEqual([0.75, 1.25]);
  });
});

describe('advice', () => {
  it('names what is wrong with the arguments', () => {
    expect(() => sgd(-1)).toThrow(/learningRate is -1/);
    expect(() => sgd(0.1, { momentum: 2 })).toThrow(/momentum is 2; expected a number in \[0, 1\]/);
    expect(() => adam(0.1, { clipnorm: 1, clipvalue: 1 })).toThrow(/clipped in one way only/);
    expect(() => adam().apply([tensor([1])])).toThrow(/does not know its variables yet/);
    expect(() => adam().build([])).toThrow(ArgumentError);
  });

  it('says that building belongs outside of compile', async () => {
    const weight = variable(tensor([1]));
    const optimizer = sgd();
    const step = compile((gradient: Tensor): void => optimizer.apply([gradient], [weight]));
    await expect(step(tensor([1]))).rejects.toThrow(/optimizer\.build\(variables\) once, before/);
  });

  it('names gradients that do not fit', () => {
    const weight = variable(tensor([1, 2]), { name: 'dense/kernel' });
    const optimizer = sgd();
    expect(() => optimizer.apply([tensor([1, 2, 3])], [weight])).toThrow(ShapeError);
    expect(() => optimizer.apply([tensor([1, 2, 3])])).toThrow(
      /gradient of 'dense\/kernel' is \[3\], expected \[2\]/,
    );
    expect(() => optimizer.apply([])).toThrow(/0 gradients for 1 variables/);
    expect(() => optimizer.build([variable(tensor([1]))])).toThrow(/Make a new optimizer/);
  });

  it('names options that contradict each other or are out of range', () => {
    expect(() => adam(0.1, { gradientAccumulationSteps: 1 })).toThrow(/integer of at least 2/);
    expect(() => adam(0.1, { useEma: true, emaMomentum: 1.5 })).toThrow(/emaMomentum is 1.5/);
    expect(() => adam(0.1, { emaOverwriteFrequency: 3 })).toThrow(/Add useEma: true/);
    expect(() => adam(0.1, { lossScaleFactor: 0 })).toThrow(/lossScaleFactor is 0/);
    const both = [{ match: ['bias'], learningRate: 1, learningRateScale: 2 }];
    expect(() => adam(0.1, { parameterGroups: both })).toThrow(/parameterGroups\[0\]: both learningRate/);
    expect(() => lion(0.1, { beta1: 0 })).toThrow(/beta1 is 0; expected a number in \(0, 1\]/);
    expect(() => ftrl(0.1, { learningRatePower: 1 })).toThrow(/expected at most 0/);
    expect(() => muon(0.1, { nsSteps: 0 })).toThrow(/nsSteps is 0; expected a positive integer/);
    expect(() => lookahead(adam(), { syncPeriod: 0 })).toThrow(/syncPeriod is 0/);
    expect(() => sam(adam(), { rho: 0 })).toThrow(/rho is 0/);
    expect(() => oneCycle(0.1, 3)).toThrow(/Use more steps/);
  });

  it('says that SAM needs the loss itself', () => {
    expect(() => sam(sgd()).apply()).toThrow(/Call optimizer\.minimize/);
  });

  it('says that groups chosen by functions cannot be saved', async () => {
    const [kernel, bias] = [
      variable(tensor([1]), { name: 'kernel' }),
      variable(tensor([1]), { name: 'bias' }),
    ];
    const parameterGroups = [{ match: (each: Variable) => each === bias, learningRate: 0.25 }];
    const optimizer = sgd(1, { parameterGroups });
    optimizer.apply([tensor([1]), tensor([1])], [kernel, bias]);
    expect([await kernel.value.item(), await bias.value.item()]).toEqual([0, 0.75]);
    expect(() => optimizer.getConfig()).toThrow(/match: \['encoder\/'\]/);
  });

  it('refuses optimizers that are nested without end', () => {
    let serialized: SerializedObject = { className: 'SGD', config: { learningRate: 0.1 } };
    for (let depth = 0; depth < 40; depth++) {
      serialized = { className: 'Lookahead', config: { innerOptimizer: serialized } };
    }
    expect(() => optimizerFromConfig(serialized)).toThrow(/nested more than 16 deep/);
  });

  it('knows all rules by name, as users and as Keras write them', () => {
    const names: readonly OptimizerName[] = [
      'sgd',
      'adam',
      'adamw',
      'adamW',
      'adamax',
      'nadam',
      'rmsprop',
      'adagrad',
      'adadelta',
      'adafactor',
      'lion',
      'lamb',
      'ftrl',
      'muon',
      'scheduleFreeAdamW',
      'schedule_free_adamw',
    ];
    const made = names.map((name) => resolveOptimizer(name).className.toLowerCase());
    expect(made).toEqual(names.map((name) => name.toLowerCase().replaceAll('_', '')));
    expect(() => Reflect.apply(resolveOptimizer, undefined, ['scheduleFree'])).toThrow(/'scheduleFreeAdamW'/);
  });

  it('suggests names', () => {
    expect(resolveOptimizer('adam').className).toBe('Adam');
    expect(() => Reflect.apply(resolveOptimizer, undefined, ['adan'])).toThrow(/Did you mean 'adam'/);
    expect(() => optimizerFromConfig({ className: 'Adan', config: {} })).toThrow(
      /unknown optimizer class 'Adan'/,
    );
    expect(() =>
      optimizerFromConfig({ className: 'SGD', config: { learningRate: 0.1, momentun: 1 } }),
    ).toThrow(/unknown entry 'momentun'/);
  });
});

it('the global norm is the length of all tensors as one vector', async () => {
  expect(await globalNorm([tensor([3, 0]), tensor([[4]])]).item()).toBe(5);
});
