/** Models whose layers form a graph: several inputs and outputs, shared layers, models within models, masks. */
import {
  ArgumentError,
  add,
  any,
  ConfigReader,
  concat,
  DataError,
  type HostArray,
  interpreter,
  type JsonObject,
  notEqual,
  ShapeError,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
  zeros,
} from '@hadal/core';
import { sgd } from '@hadal/optimizers';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  type CallContext,
  dense,
  flatten,
  input,
  Layer,
  type LayerShape,
  loadModel,
  MeanSquaredError,
  type Model,
  maskOf,
  memoryStorage,
  model,
  readLayerOptions,
  sequential,
} from '../src';

setDevice(interpreter());

/** Adds two inputs by position. */
class Sum extends Layer<readonly [Tensor, Tensor]> {
  static readonly className = 'Sum';
  readonly className = Sum.className;

  override get takesSeveral(): boolean {
    return true;
  }

  override call([a, b]: readonly [Tensor, Tensor]): Tensor {
    return add(a, b);
  }

  override computeOutputShape([a]: readonly [LayerShape, LayerShape]): LayerShape {
    return a;
  }

  static fromConfig(config: JsonObject): Sum {
    const reader = new ConfigReader(Sum.className, config);
    const options = readLayerOptions(reader);
    reader.done();
    return new Sum(options);
  }
}

/** Gives two results by name. */
class Halves extends Layer<Tensor, { readonly low: Tensor; readonly high: Tensor }> {
  static readonly className = 'Halves';
  readonly className = Halves.className;

  override call(inputs: Tensor): { readonly low: Tensor; readonly high: Tensor } {
    return { low: inputs.slice([0, 0], [inputs.shape[0] ?? 0, 2]), high: inputs.slice([0, 2]) };
  }

  override computeOutputShape([batch = null]: LayerShape): {
    readonly low: LayerShape;
    readonly high: LayerShape;
  } {
    return { low: [batch, 2], high: [batch, 2] };
  }

  static fromConfig(config: JsonObject): Halves {
    const reader = new ConfigReader(Halves.className, config);
    const options = readLayerOptions(reader);
    reader.done();
    return new Halves(options);
  }
}

/** Hides steps that are 0 throughout, as Keras' Masking does. */
class HideZeros extends Layer {
  readonly className = 'HideZeros';

  override get supportsMasking(): boolean {
    return true;
  }

  override call(inputs: Tensor): Tensor {
    return inputs.mul(1);
  }

  override computeMask(inputs: Tensor): readonly Tensor[] {
    return [any(notEqual(inputs, 0), { axis: -1 })];
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }
}

/** Doubles its input and leaves masks as they are. */
class Twice extends Layer {
  readonly className = 'Twice';

  override get supportsMasking(): boolean {
    return true;
  }

  override call(inputs: Tensor): Tensor {
    return inputs.mul(2);
  }

  override computeOutputShape(inputShape: LayerShape): LayerShape {
    return inputShape;
  }
}

const values = async (x: Tensor): Promise<number[]> => [...(await x.data())].map(Number);

describe('a graph of layers', () => {
  it('computes what its layers compute, one after the other', async () => {
    setSeed(1);
    const x = input([3]);
    const first = dense(4, { activation: 'relu' });
    const second = dense(2);
    const graph = model({ inputs: x, outputs: second.apply(first.apply(x)) });
    const data = tensor([
      [1, -2, 3],
      [0.5, 0, -1],
    ]);
    const expected = second.apply(first.apply(data));
    expect(await values(await graph.predict(data))).toStrictEqual(await values(expected));
    expect(graph.layers.map(({ name }) => name)).toStrictEqual(['input_layer', 'dense', 'dense_1']);
    expect(graph.builtShape).toStrictEqual([null, 3]);
    expect(graph.outputShape).toStrictEqual([null, 2]);
    expectTypeOf(graph).toEqualTypeOf<Model<Tensor, Tensor>>();
  });

  it('takes several inputs by position and gives several outputs by name', async () => {
    const [a, b] = [input([2], { name: 'a' }), input([2], { name: 'b' })];
    const sum = new Sum().apply([a, b]);
    const graph = model({ inputs: [a, b], outputs: { sum, twice: new Twice().apply(sum) } });
    const given = await graph.predict([tensor([[1, 2]]), tensor([[10, 20]])]);
    expect(await values(given.sum)).toStrictEqual([11, 22]);
    expect(await values(given.twice)).toStrictEqual([22, 44]);
    expect(graph.outputShape).toStrictEqual({ sum: [null, 2], twice: [null, 2] });
    expectTypeOf(graph).toEqualTypeOf<
      Model<readonly [Tensor, Tensor], { readonly sum: Tensor; readonly twice: Tensor }>
    >();
    // @ts-expect-error two inputs are needed
    await expect(graph.predict([tensor([[1, 2]])])).rejects.toThrow(/list of 1, expected a list of 2/);
  });

  it('predicts batch by batch as at once', async () => {
    setSeed(2);
    const [a, b] = [input([2]), input([2])];
    const graph = model({ inputs: { a, b }, outputs: [dense(3).apply(new Sum().apply([a, b])), b] });
    const rows = Array.from({ length: 7 }, (_, row) => [row, row * 0.5]);
    const once = await graph.predict({ a: rows, b: rows }, { batchSize: 7 });
    const pieces = await graph.predict({ a: rows, b: rows }, { batchSize: 3 });
    for (const index of [0, 1] as const) {
      expect(pieces[index].shape).toStrictEqual(once[index].shape);
      expect(await values(pieces[index])).toStrictEqual(await values(once[index]));
    }
  });

  it('uses one set of weights for a layer that is applied twice', () => {
    const [a, b] = [input([3]), input([3])];
    const shared = dense(2);
    const graph = model({ inputs: [a, b], outputs: new Sum().apply([shared.apply(a), shared.apply(b)]) });
    expect(graph.weights).toHaveLength(2);
    expect(graph.namedWeights().map(({ path }) => path)).toStrictEqual(['dense/kernel', 'dense/bias']);
  });

  it('gives layers of several results their results by name', async () => {
    const x = input([4]);
    const { low, high } = new Halves().apply(x);
    const graph = model({ inputs: x, outputs: [high, low] });
    const [upper, lower] = await graph.predict(tensor([[1, 2, 3, 4]]));
    expect(await values(upper)).toStrictEqual([3, 4]);
    expect(await values(lower)).toStrictEqual([1, 2]);
  });

  it('may contain models, chains and graphs alike', async () => {
    setSeed(3);
    const encoder = sequential([dense(4, { inputShape: [3] }), dense(2)], { name: 'encoder' });
    const code = input([2]);
    const decoder = model({ inputs: code, outputs: dense(3).apply(code), name: 'decoder' });
    const x = input([3]);
    const whole = model({ inputs: x, outputs: decoder.apply(encoder.apply(x)) });
    const data = tensor([[1, 2, 3]]);
    const expected = await decoder.predict(await encoder.predict(data));
    expect(await values(await whole.predict(data))).toStrictEqual(await values(expected));
    expect(whole.namedWeights().map(({ path }) => path)).toStrictEqual([
      'encoder/dense/kernel',
      'encoder/dense/bias',
      'encoder/dense_1/kernel',
      'encoder/dense_1/bias',
      'decoder/dense/kernel',
      'decoder/dense/bias',
    ]);
    expect(encoder.namedWeights().map(({ path }) => path)).toContain('dense/kernel');
  });

  it('refuses outputs that its inputs do not lead to, and inputs without effect', () => {
    const [a, b] = [input([2], { name: 'a' }), input([2], { name: 'b' })];
    expect(() => model({ inputs: a, outputs: new Sum().apply([a, b]) })).toThrow(
      /need the input "b", which is not among the inputs/,
    );
    expect(() => model({ inputs: [a, b], outputs: new Twice().apply(a) })).toThrow(
      /no output depends on the input "b"/,
    );
    expect(() => model({ inputs: [a, a], outputs: new Twice().apply(a) })).toThrow(/listed twice/);
    const twice = new Twice().apply(a);
    expect(() => model({ inputs: twice, outputs: new Twice().apply(twice) })).toThrow(
      /an input is the result of layer "twice"/,
    );
  });

  it('refuses names that are taken twice, and inputs of the wrong kind', () => {
    const x = input([2]);
    const named = dense(2, { name: 'same' }).apply(x);
    expect(() => model({ inputs: x, outputs: dense(2, { name: 'same' }).apply(named) })).toThrow(
      /two layers are named "same"/,
    );
    // @ts-expect-error a layer of one input
    expect(() => dense(2).apply([x, x])).toThrow(/got 2 inputs, but takes one/);
    // @ts-expect-error one is a tensor, the other stands for one
    expect(() => new Sum().apply([x, zeros([1, 2])])).toThrow(ArgumentError);
    expect(() => flatten().apply({} as Tensor)).toThrow(/got 0 inputs/);
    expect(() => flatten().apply(3 as unknown as Tensor)).toThrow(/no tensor/);
  });

  it('says which input has a wrong shape', async () => {
    const [a, b] = [input([2]), input([3])];
    const graph = model({ inputs: [a, b], outputs: [new Twice().apply(a), new Twice().apply(b)] });
    await expect(graph.predict([zeros([1, 2]), zeros([1, 4])])).rejects.toThrow(ShapeError);
    await expect(graph.predict([zeros([1, 2]), zeros([1, 4])])).rejects.toThrow(
      /input 1 has shape \[1, 4\], expected \[batch, 3\]/,
    );
  });

  it('goes as deep as anybody likes', async () => {
    const x = input([1]);
    let y = x;
    for (let depth = 0; depth < 2000; depth++) y = new Twice().apply(y);
    expect(model({ inputs: x, outputs: y }).layers).toHaveLength(2001);
  });

  it('shows its connections in the summary', () => {
    const [a, b] = [input([2], { name: 'a' }), input([2], { name: 'b' })];
    const shared = dense(2, { name: 'shared' });
    const graph = model({ inputs: [a, b], outputs: new Sum().apply([shared.apply(a), shared.apply(b)]) });
    const lines: string[] = [];
    graph.summary({ print: (line) => lines.push(line) });
    expect(lines.find((line) => line.includes('sum (Sum)'))).toMatch(/\[batch, 2\] .* shared, shared/);
    expect(lines.filter((line) => line.includes('shared (Dense)'))[1]).toMatch(/│ +shared │/);
    expect(lines.at(-1)).toMatch(/Parameters: 6 /);
  });
});

describe('training with several outputs', () => {
  const x: HostArray = { data: Float32Array.of(1, 2, 3, 4), shape: [4, 1], dtype: 'float32' };
  const twice: HostArray = { data: Float32Array.of(2, 4, 6, 8), shape: [4, 1], dtype: 'float32' };
  const minus: HostArray = { data: Float32Array.of(-1, -2, -3, -4), shape: [4, 1], dtype: 'float32' };

  const forked = () => {
    setSeed(4);
    const value = input([1]);
    const shared = dense(1, { useBias: false, kernelInitializer: 'ones' }).apply(value);
    return model({
      inputs: value,
      outputs: {
        twice: dense(1, { useBias: false, kernelInitializer: 'ones' }).apply(shared),
        minus: dense(1, { useBias: false, kernelInitializer: 'ones' }).apply(shared),
      },
    });
  };

  it('adds the weighted losses and reports each', async () => {
    const both = forked();
    both.compile({ optimizer: sgd(0.01), loss: 'mse', lossWeights: { twice: 1, minus: 0.5 } });
    const logs = await both.evaluate(x, { twice, minus }, { verbose: 0 });
    // The outputs are x: the errors x and 2x have mean squares 7.5 and 30.
    expect(logs).toStrictEqual({ loss: 22.5, twice_loss: 7.5, minus_loss: 30 });
  });

  it('follows the gradient of that sum', async () => {
    const both = forked();
    both.compile({
      optimizer: sgd(0.01),
      loss: { twice: new MeanSquaredError(), minus: 'mse' },
      lossWeights: { twice: 1, minus: 0.5 },
    });
    await both.trainOnBatch(x, { twice, minus });
    // d/dw of mean((w·v·x − t)²) at w = v = 1: −2·mean(x²) = −15 for 2x, and 0.5 · 4·mean(x²) = 15 for −x.
    const [shared, first, second] = await Promise.all(both.weights.map(({ value }) => value.item()));
    expect(shared).toBeCloseTo(1, 6);
    expect(first).toBeCloseTo(1 + 0.15, 6);
    expect(second).toBeCloseTo(1 - 0.15, 6);
  });

  it('learns both, with a split, from arrays arranged as the outputs are', async () => {
    const both = forked();
    both.compile({ optimizer: sgd(0.02), loss: 'mse', metrics: { twice: ['mse'], minus: [] } });
    const history = await both.fit(
      x,
      { twice, minus },
      { epochs: 60, batchSize: 2, validationSplit: 0.25, verbose: 0 },
    );
    const last = (name: string): number => history.history[name]?.at(-1) ?? Number.NaN;
    expect(last('loss')).toBeLessThan(1e-3);
    expect(last('val_minus_loss')).toBeLessThan(1e-2);
    expect(last('twice_mse')).toBeCloseTo(last('twice_loss'), 6);
  });

  it('leaves an output without a loss alone', async () => {
    const both = forked();
    both.compile({ optimizer: sgd(0.01), loss: { twice: 'mse', minus: null } });
    const logs = await both.evaluate(x, { twice, minus }, { verbose: 0 });
    expect(logs).toStrictEqual({ loss: 7.5, twice_loss: 7.5 });
  });

  it('weighs samples of one output or of all', async () => {
    const both = forked();
    both.compile({ optimizer: sgd(0), loss: 'mse' });
    const first: HostArray = { data: Float32Array.of(4, 0, 0, 0), shape: [4], dtype: 'float32' };
    const none: HostArray = { data: new Float32Array(4), shape: [4], dtype: 'float32' };
    const one = await both.testOnBatch(x, { twice, minus }, { sampleWeight: { twice: first, minus: none } });
    expect(one).toStrictEqual({ loss: 1, twice_loss: 1, minus_loss: 0 });
    both.resetMetrics();
    const all = await both.testOnBatch(x, { twice, minus }, { sampleWeight: first });
    expect(all).toStrictEqual({ loss: 5, twice_loss: 1, minus_loss: 4 });
  });

  it('refuses losses, targets and class weights that do not fit the outputs', async () => {
    const both = forked();
    expect(() => both.compile({ loss: { twice: 'mse' } as never })).toThrow(/Missing: minus/);
    expect(() => both.compile({ loss: { twice: null, minus: null } })).toThrow(/no loss is given/);
    both.compile({ loss: 'mse' });
    await expect(both.fit(x, { twice } as never)).rejects.toThrow(/Missing: minus/);
    await expect(both.fit(x, { twice, minus }, { classWeight: { 0: 1 }, verbose: 0 })).rejects.toThrow(
      /classWeight is for models with one output/,
    );
    const short: HostArray = { ...minus, data: minus.data.slice(0, 2), shape: [2, 1] };
    await expect(both.fit(x, { twice, minus: short }, { verbose: 0 })).rejects.toThrow(
      /x has 4 samples and y.minus has 2/,
    );
  });
});

describe('a saved graph', () => {
  const joined = () => {
    setSeed(5);
    const [a, b] = [input([3], { name: 'a' }), input([3], { name: 'b' })];
    const shared = dense(4, { activation: 'tanh', name: 'shared' });
    const sum = new Sum().apply([shared.apply(a), shared.apply(b)]);
    const inner = sequential([dense(4, { inputShape: [4] })], { name: 'inner' });
    const { low, high } = new Halves().apply(inner.apply(sum));
    return model({ inputs: { a, b }, outputs: [low, high] as const });
  };
  const data = { a: tensor([[1, 2, 3]]), b: tensor([[-1, 0.5, 2]]) };

  it('predicts the same, and trains on with the state it had', async () => {
    const original = joined();
    original.compile({
      optimizer: sgd(0.1, { momentum: 0.9 }),
      loss: ['mse', 'mse'],
      metrics: [['mse'], []],
    });
    const targets = [zeros([1, 2]), zeros([1, 2])] as const;
    await original.trainOnBatch(data, targets);
    const storage = memoryStorage();
    await original.save(storage);
    const loaded = await loadModel<{ readonly a: Tensor; readonly b: Tensor }, readonly [Tensor, Tensor]>(
      storage,
      {
        layers: [Sum, Halves],
      },
    );
    for (const each of [original, loaded]) await each.trainOnBatch(data, targets);
    const [expected, found] = [await original.predict(data), await loaded.predict(data)];
    expect(await values(concat([...found]))).toStrictEqual(await values(concat([...expected])));
    expect(loaded.getConfig()).toStrictEqual(original.getConfig());
    expect(loaded.figures.map(({ name }) => name)).toStrictEqual(original.figures.map(({ name }) => name));
  });

  it('is refused when a call names what is not there', async () => {
    const storage = memoryStorage();
    await joined().save(storage);
    const manifest = JSON.parse(new TextDecoder().decode(await storage.read('model.json')));
    const refuse = async (
      change: (config: { calls: JsonObject[] }) => void,
      message: RegExp,
    ): Promise<void> => {
      const changed = structuredClone(manifest);
      change(changed.model.config);
      const other = memoryStorage();
      await other.write(
        new Map([
          ['model.json', new TextEncoder().encode(JSON.stringify(changed))],
          ['model.safetensors', await storage.read('model.safetensors')],
        ]),
      );
      const loading = loadModel(other, { layers: [Sum, Halves] });
      await expect(loading).rejects.toThrow(message);
      await expect(loading).rejects.toThrow(DataError);
    };
    await refuse(({ calls }) => {
      calls[2] = { layer: 2, inputs: '9:0' };
    }, /calls\[2\] refers to "9:0"/);
    await refuse(({ calls }) => {
      calls[2] = { layer: 77, inputs: '0:0' };
    }, /calls\[2\] uses layer 77 of/);
    await refuse(({ calls }) => {
      calls[3] = { layer: 2, inputs: null };
    }, /calls\[3\] has no inputs and is no input/);
  });
});

describe('masks', () => {
  const steps = tensor([
    [[1], [0], [3]],
    [[0], [0], [0]],
  ]);

  it('go on through layers that heed them, and models', async () => {
    const hidden = new HideZeros().apply(steps);
    expect(await values(maskOf(hidden)!)).toStrictEqual([1, 0, 1, 0, 0, 0]);
    const chain = sequential([new Twice(), new Twice()]);
    expect(maskOf(chain.apply(hidden))).toBeDefined();
  });

  it('end where a layer has no use for them, and not before', () => {
    const hidden = new HideZeros().apply(steps);
    expect(maskOf(flatten().apply(hidden))).toBeUndefined();
    expect(maskOf(dense(2).apply(hidden))).toBeDefined();
  });

  it('take hidden steps out of the loss, the others making up for them', async () => {
    const chain = sequential([new HideZeros(), new Twice()]);
    chain.compile({ optimizer: sgd(0), loss: 'mse' });
    const { loss } = await chain.testOnBatch(steps, zeros([2, 3, 1]));
    // Squares 4 and 36 of the two steps that count; as in Keras they weigh 6 / 2 in a mean over 6.
    expect(loss).toBeCloseTo(20, 4);
    await expect(chain.trainOnBatch(steps, zeros([2, 3, 1]))).rejects.toThrow(/has no weights to train/);
  });
});

describe('the context', () => {
  it('tells what each layer gives', () => {
    const seen: string[] = [];
    const chain = sequential([dense(2, { inputShape: [3] }), sequential([new Twice()], { name: 'inner' })]);
    const context: CallContext = {
      training: false,
      addLoss: () => undefined,
      observe: (layer) => seen.push(layer.name),
    };
    chain.apply(zeros([1, 3]), context);
    expect(seen).toStrictEqual(['dense', 'twice', 'inner', 'sequential']);
  });
});
