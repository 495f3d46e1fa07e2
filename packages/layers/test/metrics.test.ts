/** Metrics in training, in files and beside it: what the table of golden values does not show. */
import { compile, interpreter, oneHot, setDevice, setSeed, type Tensor, tensor } from '@hadal/core';
import { describe, expect, it } from 'vitest';
import {
  AUC,
  bleuScore,
  ConfusionMatrix,
  characterErrorRate,
  dense,
  EditDistance,
  F1Score,
  FBetaScore,
  Huber,
  IoU,
  LossMetric,
  loadModel,
  Mean,
  type Metric,
  memoryStorage,
  Precision,
  PrecisionAtRecall,
  R2Score,
  type Sequential,
  Sum,
  sequential,
  wordErrorRate,
} from '../src';
import { spirals } from './helpers';

setDevice(interpreter());

describe('metrics in training', () => {
  const { x, y } = spirals(8);
  const targets = oneHot(tensor(y.data, { shape: y.shape }), 3);

  function model(): Sequential {
    setSeed(5);
    const made = sequential([
      dense(6, { activation: 'tanh', inputShape: [2] }),
      dense(3, { activation: 'softmax' }),
    ]);
    made.compile({
      optimizer: 'sgd',
      loss: 'categoricalCrossentropy',
      metrics: [
        'accuracy',
        new F1Score({ average: 'macro' }),
        new F1Score({ name: 'each' }),
        new AUC({ multiLabel: true }),
        new LossMetric(new Huber({ delta: 0.3 }), { name: 'huber' }),
      ],
      weightedMetrics: ['accuracy', new R2Score()],
    });
    return made;
  }

  it('shows scalars in logs, those too whose state follows from outputs', async () => {
    const trained = model();
    const { history } = await trained.fit(x, targets, { epochs: 2, batchSize: 7, verbose: 0 });
    expect(Object.keys(history).sort()).toEqual([
      'accuracy',
      'auc',
      'f1Score',
      'huber',
      'loss',
      'r2Score',
      'weighted_accuracy',
    ]);
    for (const values of Object.values(history)) {
      expect(values).toHaveLength(2);
      for (const value of values) expect(value).toSatisfy(Number.isFinite);
    }
  });

  it('gives the same figures after saving and loading', async () => {
    const trained = model();
    await trained.fit(x, targets, { epochs: 1, verbose: 0 });
    const storage = memoryStorage();
    await trained.save(storage);
    const loaded = await loadModel(storage);
    expect(await loaded.evaluate(x, targets, { verbose: 0 })).toEqual(
      await trained.evaluate(x, targets, { verbose: 0 }),
    );
  });

  it('loads a model that was compiled, but never trained', async () => {
    const storage = memoryStorage();
    await model().save(storage);
    const loaded = await loadModel(storage);
    expect(await loaded.evaluate(x, targets, { verbose: 0 })).toHaveProperty('f1Score');
  });
});

describe('metrics by hand', () => {
  it('take plain values', async () => {
    for (const [metric, value] of [
      [new Mean(), 2],
      [new Sum(), 4],
    ] as const) {
      metric.accumulate(tensor([1, 3, 5, 7]), tensor([1, 1, 0, 0]));
      expect(await metric.value()).toBe(value);
    }
  });

  it('are 0 before they have seen anything', async () => {
    const metrics: Metric[] = [
      new AUC({ multiLabel: true }),
      new AUC({ curve: 'PR' }),
      new EditDistance(),
      new F1Score(),
      new IoU(3, [0]),
      new Precision(),
      new R2Score(),
    ];
    for (const metric of metrics) expect(await metric.value()).toBe(0);
  });

  it('need to be built before a compiled function of their own runs', async () => {
    const metric = new R2Score();
    metric.build([null, 1]);
    const step = compile((y: Tensor, p: Tensor): undefined => {
      metric.updateState(y, p);
    });
    await step(tensor([[1], [4], [3]]), tensor([[2], [4], [4]]));
    expect(await metric.value()).toBeCloseTo(4 / 7, 6);
  });

  it('merge with those alike only', async () => {
    const confusion = new ConfusionMatrix(3);
    expect(() => confusion.merge(new Precision())).toThrow(/Precision cannot be added to ConfusionMatrix/);
    expect(() => confusion.merge(new ConfusionMatrix(2))).toThrow(/\[2, 2\] do not fit .*\[3, 3\]/);
    const fresh = new F1Score();
    fresh.merge(new F1Score());
    expect(fresh.state).toHaveLength(0);
    expect(await fresh.readState()).toEqual([]);
  });

  it('say what is wrong with their options', () => {
    const wrong: [make: () => unknown, message: RegExp][] = [
      [() => new Precision({ thresholds: 2 }), /a threshold is 2; expected numbers in \[0, 1\]/],
      [() => new Precision({ thresholds: [] }), /thresholds is empty/],
      [() => new Precision({ topK: 0 }), /topK is 0/],
      [() => new AUC({ numThresholds: 1 }), /numThresholds is 1; expected an integer of at least 2/],
      [() => new AUC({ numLabels: 2 }), /multiLabel: true only/],
      [() => new AUC({ multiLabel: true, numLabels: 2, labelWeights: [1] }), /1 labelWeights for 2 labels/],
      [() => new F1Score({ threshold: 0 }), /threshold is 0; expected a number in \(0, 1\]/],
      [() => new FBetaScore({ beta: 0 }), /beta is 0/],
      [() => new IoU(2, [2]), /targetClassIds are \[2\]/],
      [() => new PrecisionAtRecall(1.5), /recall is 1.5; expected a number in \[0, 1\]/],
      [() => new R2Score({ numRegressors: -1 }), /numRegressors is -1/],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(message);
    const outputs = tensor([[0.1, 0.9]]);
    expect(() => new Precision({ topK: 3 }).updateState(outputs, outputs)).toThrow(/outputs have 2 columns/);
    expect(() => new Precision({ classId: 2 }).updateState(outputs, outputs)).toThrow(/classId is 2/);
    expect(() => new AUC({ multiLabel: true, numLabels: 3 }).updateState(outputs, outputs)).toThrow(
      /outputs have 2 columns/,
    );
    expect(() => new EditDistance().updateState(tensor([1, 2]), outputs)).toThrow(
      /expected tokens \[batch, positions\]/,
    );
  });
});

describe('texts', () => {
  it('have word and character error rates', async () => {
    expect(await wordErrorRate(['the cat sat down'], ['the  cat down'])).toBe(0.25);
    expect(await characterErrorRate(['kitten'], ['sitting'])).toBe(0.5);
    expect(await wordErrorRate(['a b', 'c d e f'], ['', 'c d e f g'])).toBeCloseTo(3 / 6, 6);
    await expect(wordErrorRate(['a'], [])).rejects.toThrow(/1 references and 0 texts/);
  });

  it('are scored by the worked example of the paper on BLEU', async () => {
    // Papineni et al. (2002), section 2.1: of seven words, each "the", two count.
    const references = ['the cat is on the mat', 'there is a cat on the mat'];
    const unigrams = await bleuScore([references], ['the the the the the the the'], { maxOrder: 1 });
    expect(unigrams).toBeCloseTo(2 / 7, 6);
    expect(await bleuScore(references, references)).toBeCloseTo(1, 6);
  });

  it('are compared in any number', async () => {
    const references = Array.from({ length: 70 }, (_, index) => `${index} and ${index * index} are here`);
    const texts = references.map((text, index) => (index % 2 === 0 ? text : text.replace('and', 'or')));
    expect(await wordErrorRate(references, texts)).toBeCloseTo(0.1, 6);
  });
});
