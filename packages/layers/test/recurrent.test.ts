/** Recurrent layers beyond their golden values: dropout, states between batches, training, cells of one's own. */
import {
  ConfigReader,
  interpreter,
  type JsonObject,
  ones,
  randomNormal,
  setDevice,
  setSeed,
  type Tensor,
  tensor,
  zeros,
} from '@hadal/core';
import { adam } from '@hadal/optimizers';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  bidirectional,
  type CellRun,
  convLSTM2d,
  dense,
  gru,
  input,
  type LayerShape,
  loadModel,
  lstm,
  lstmCell,
  maskOf,
  memoryStorage,
  model,
  RecurrentCell,
  readLayerOptions,
  rnn,
  sequential,
  simpleRNN,
  simpleRNNCell,
  stackedRNNCells,
  timeDistributed,
  withMask,
} from '../src';
import { collectingContext } from '../src/layer/context';

setDevice(interpreter());
beforeEach(() => setSeed(1));

const training = () => collectingContext(true);

/** Adds up what comes in. */
class Total extends RecurrentCell {
  static readonly className = 'Total';
  readonly className = Total.className;

  override stateShapes(step: LayerShape): readonly LayerShape[] {
    return [step];
  }

  override begin(): CellRun {
    return {
      project: (x) => x,
      step: (x, [total = x]) => ({ output: x.add(total).mul(10), states: [x.add(total)] }),
    };
  }

  static fromConfig(config: JsonObject): Total {
    const reader = new ConfigReader('Total', config);
    const options = readLayerOptions(reader);
    reader.done();
    return new Total(options);
  }
}

describe('a cell of one’s own', () => {
  const x = tensor([[[1], [2], [3]]]);

  it('is run over sequences, in either direction', async () => {
    const outputs = rnn(new Total(), { returnSequences: true }).apply(x);
    expect(await outputs.array()).toEqual([[[10], [30], [60]]]);
    const backwards = rnn(new Total(), { returnSequences: true, goBackwards: true }).apply(x);
    expect(await backwards.array()).toEqual([[[30], [50], [60]]]);
    const [last, total] = rnn(new Total(), { returnState: true }).apply(x);
    expect([await last.array(), await total!.array()]).toEqual([[[60]], [[6]]]);
  });

  it('gives zeros before the first step that counts, and what it gave before where one is masked', async () => {
    const masked = withMask(tensor([[[1], [2], [3], [4]]]), tensor([[false, true, false, true]]));
    const held = rnn(new Total(), { returnSequences: true }).apply([masked, tensor([[5]])]);
    expect(await held.array()).toEqual([[[0], [70], [70], [110]]]);
    const zeroed = rnn(new Total(), { returnSequences: true, zeroOutputForMask: true }).apply([
      masked,
      tensor([[5]]),
    ]);
    expect(await zeroed.array()).toEqual([[[0], [70], [0], [110]]]);
  });

  it('is saved inside others when its class is passed to the loader', async () => {
    const made = sequential([rnn([new Total(), lstmCell(2)], { inputShape: [3, 1] })]);
    const storage = memoryStorage();
    await made.save(storage);
    await expect(loadModel(storage)).rejects.toThrow(/the layer class 'Total' is not known/);
    const loaded = await loadModel(storage, { layers: [Total] });
    const data = [[[1], [2], [3]]];
    expect(await (await loaded.predict(data)).data()).toEqual(await (await made.predict(data)).data());
  });
});

describe('dropout in recurrent layers', () => {
  const layers = {
    simpleRNN: (options: object) => simpleRNN(8, options),
    lstm: (options: object) => lstm(8, options),
    gru: (options: object) => gru(8, options),
    'gru, reset before': (options: object) => gru(8, { ...options, resetAfter: false }),
  };

  it.each(Object.entries(layers))('%s drops in training only, and from its own seed', async (_name, make) => {
    for (const options of [{ dropout: 0.5 }, { recurrentDropout: 0.5 }]) {
      const layer = make({ ...options, seed: 3 });
      const x = randomNormal([4, 5, 6]);
      const usual = await layer.apply(x).data();
      const once = await layer.apply(x, training()).data();
      const again = await layer.apply(x, training()).data();
      expect(once).not.toEqual(usual);
      expect(again).not.toEqual(once);
      expect(await layer.apply(x).data()).toEqual(usual);
      expect(layer.generators.length).toBe(1);
    }
  });

  it('drops the same inputs in all steps', async () => {
    const layer = simpleRNN(6, {
      activation: 'linear',
      useBias: false,
      dropout: 0.5,
      kernelInitializer: 'identity',
      recurrentInitializer: 'zeros',
      returnSequences: true,
    });
    const outputs = await layer.apply(ones([3, 4, 6]), training()).array();
    for (const steps of outputs as number[][][]) {
      for (const step of steps) expect(step).toEqual(steps[0]);
      expect(steps[0]!.every((value) => value === 0 || value === 2)).toBe(true);
    }
    expect(new Set((outputs as number[][][]).flat(2))).toEqual(new Set([0, 2]));
  });

  it('drops in convolutional layers, every gate on its own', async () => {
    const layer = convLSTM2d(2, 2, { dropout: 0.3, recurrentDropout: 0.3, seed: 1 });
    const x = randomNormal([2, 3, 4, 4, 1]);
    const usual = await layer.apply(x).data();
    expect(await layer.apply(x, training()).data()).not.toEqual(usual);
  });

  it('refuses what is no probability', () => {
    expect(() => lstm(2, { dropout: 1 })).toThrow(/dropout is 1; expected a probability in \[0, 1\)/);
    expect(() => gru(2, { recurrentDropout: -0.1 })).toThrow(/recurrentDropout is -0.1/);
  });
});

describe('a stateful layer', () => {
  it('begins with the states that the batch before ended with, until it is reset', async () => {
    const layer = lstm(3, { stateful: true, batchSize: 2, seed: 1 });
    const whole = randomNormal([2, 6, 4]);
    const parts = [whole.slice([0, 0], [2, 3]), whole.slice([0, 3], [2, 6])];
    const first = await layer.apply(parts[0]!).data();
    const second = await layer.apply(parts[1]!).data();
    layer.resetState();
    expect(await layer.apply(parts[0]!).data()).toEqual(first);
    layer.resetState();
    expect(await layer.apply(whole).data()).toEqual(second);
    expect(layer.weights.length).toBe(3);
  });

  it('keeps states through a compiled training run and refuses smaller batches', async () => {
    const made = sequential([gru(3, { stateful: true, batchSize: 2, inputShape: [4, 1] }), dense(1)]);
    made.compile({ optimizer: 'sgd', loss: 'mse' });
    const x = Array.from({ length: 4 }, (_, i) => Array.from({ length: 4 }, (_, j) => [Math.sin(i + j)]));
    const y = [[0], [1], [0], [1]];
    await made.fit(x, y, { batchSize: 2, epochs: 1, shuffle: false, verbose: 0 });
    const [recurrent] = made.layers;
    const states = (recurrent as ReturnType<typeof gru>).states;
    expect(await states[0]!.value.data()).not.toEqual(new Float32Array(6));
    await expect(made.predict(x.slice(0, 1))).rejects.toThrow(/keeps the states of 2/);
  });

  it('must know its batch', () => {
    expect(() => lstm(3, { stateful: true })).toThrow(/stateful is true and there is no batchSize/);
  });
});

describe('recurrent layers in models', () => {
  it('learn which of two sequences has a one in it, masked or not', async () => {
    const x = Array.from({ length: 16 }, (_, i) =>
      Array.from({ length: 5 }, (_, step) => [i % 2 === 0 && step === i % 5 ? 1 : 0]),
    );
    const y = x.map((steps) => [steps.some(([value]) => value === 1) ? 1 : 0]);
    const made = sequential([
      bidirectional(lstm(4, { returnSequences: true }), { inputShape: [5, 1] }),
      gru(4),
      dense(1, { activation: 'sigmoid' }),
    ]);
    made.compile({ optimizer: adam(0.05), loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const { history } = await made.fit(x, y, { epochs: 30, batchSize: 16, verbose: 0 });
    expect(history.accuracy!.at(-1)).toBe(1);
  });

  it('hand their states on in graphs: an encoder and a decoder', async () => {
    const source = input([4, 2]);
    const target = input([3, 2]);
    const [, hidden, cell] = lstm(5, { returnState: true }).apply(source);
    const decoded = lstm(5, { returnSequences: true }).apply([target, hidden, cell]);
    const made = model({ inputs: [source, target], outputs: timeDistributed(dense(2)).apply(decoded) });
    expect(made.outputShape).toEqual([null, 3, 2]);
    expect(made.namedWeights().map(({ path }) => path)).toEqual([
      'lstm/lstm_cell/kernel',
      'lstm/lstm_cell/recurrent_kernel',
      'lstm/lstm_cell/bias',
      'lstm_1/lstm_cell/kernel',
      'lstm_1/lstm_cell/recurrent_kernel',
      'lstm_1/lstm_cell/bias',
      'time_distributed/dense/kernel',
      'time_distributed/dense/bias',
    ]);
    const x = [zeros([2, 4, 2]), ones([2, 3, 2])] as const;
    const before = await (await made.predictOnBatch(x)).data();
    const storage = memoryStorage();
    await made.save(storage);
    const loaded = await loadModel<readonly [Tensor, Tensor]>(storage);
    expect(await (await loaded.predictOnBatch(x)).data()).toEqual(before);
  });

  it('pass masks on with sequences only, turned around where these are', async () => {
    const x = withMask(zeros([1, 3, 2]), tensor([[true, true, false]]));
    expect(maskOf(lstm(2).apply(x))).toBeUndefined();
    const [outputs, hidden] = gru(2, { returnSequences: true, returnState: true }).apply(x);
    expect(await maskOf(outputs)!.array()).toEqual([[true, true, false]]);
    expect(maskOf(hidden)).toBeUndefined();
    const backwards = gru(2, { returnSequences: true, goBackwards: true }).apply(x);
    expect(await maskOf(backwards)!.array()).toEqual([[false, true, true]]);
    expect(await maskOf(timeDistributed(dense(2)).apply(x))!.array()).toEqual([[true, true, false]]);
  });

  it('stack cells under distinct names', () => {
    const layer = rnn(stackedRNNCells([simpleRNNCell(2), simpleRNNCell(3)]));
    layer.apply(zeros([1, 2, 4]));
    expect(layer.innerWeights().map(({ path }) => path)).toEqual([
      'stacked_rnn_cells/simple_rnn_cell/kernel',
      'stacked_rnn_cells/simple_rnn_cell/recurrent_kernel',
      'stacked_rnn_cells/simple_rnn_cell/bias',
      'stacked_rnn_cells/simple_rnn_cell_1/kernel',
      'stacked_rnn_cells/simple_rnn_cell_1/recurrent_kernel',
      'stacked_rnn_cells/simple_rnn_cell_1/bias',
    ]);
  });
});

describe('errors of recurrent layers', () => {
  it('name states that do not fit', () => {
    expect(() => lstm(2).apply([zeros([1, 3, 4]), zeros([1, 2])])).toThrow(
      /got states \[1, 2\][\s\S]*Expected \[1, 2\], \[1, 2\]/,
    );
    expect(() => lstm(2).apply(zeros([3, 4]))).toThrow(/expected 3 axes/);
  });

  it('name layers that cannot be run in both directions', () => {
    expect(() => bidirectional(gru(2, { goBackwards: true }))).toThrow(/both layers have goBackwards: true/);
    expect(() =>
      bidirectional(gru(2), { backwardLayer: gru(2, { goBackwards: true, returnState: true }) }),
    ).toThrow(/returnState is false forwards and true backwards/);
  });
});

describe('a sequence', () => {
  /** The composites that a tensor is computed by. */
  const composites = (x: Tensor): ReadonlySet<string> => {
    const found = new Set<string>();
    const seen = new Set<Tensor['node']>();
    const pending = [x.node];
    for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
      if (seen.has(node)) continue;
      seen.add(node);
      if (node.op === 'composite') found.add(node.attributes.definition.name);
      pending.push(...node.inputs);
    }
    return found;
  };
  const x = zeros([2, 4, 3]);

  it('is one operation where core has it, also in training with dropout of the inputs', () => {
    expect(composites(lstm(2).apply(x))).toContain('lstm');
    expect(composites(lstm(2, { dropout: 0.5 }).apply(x, training()))).toContain('lstm');
    expect(composites(lstm(2, { recurrentDropout: 0.5 }).apply(x))).toContain('lstm');
    expect([...composites(gru(2).apply(x))].some((name) => name.startsWith('gru'))).toBe(true);
  });

  it('is taken step by step where it is not', () => {
    expect(composites(lstm(2, { recurrentDropout: 0.5 }).apply(x, training()))).not.toContain('lstm');
    expect(composites(lstm(2, { activation: 'relu' }).apply(x))).not.toContain('lstm');
  });
});

it('wrong options of recurrent layers do not compile', () => {
  // @ts-expect-error activations are checked where they are written
  expect(() => lstm(2, { activation: 'tanhh' })).toThrow(/unknown activation 'tanhh'/);
  // @ts-expect-error so are ways to merge
  expect(() => bidirectional(gru(2), { mergeMode: 'max' })).toThrow(/unknown mergeMode 'max'/);
  const [output, hidden, cell] = lstm(2, { returnState: true }).apply(zeros([1, 2, 3]));
  expect([output.shape, hidden.shape, cell.shape]).toEqual([
    [1, 2],
    [1, 2],
    [1, 2],
  ]);
});
