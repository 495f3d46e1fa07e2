/** What the compiler and an editor tell a user: misspelt options do not compile, and names are completed. */
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const file = join(import.meta.dirname, 'program.ts');

const prelude = `
import { tensor } from '@hadal/core';
import { adam, cosineDecay, lookahead, sgd } from '@hadal/optimizers';
import * as L from '@hadal/layers';
const model = L.sequential([L.dense(2, { inputShape: [3] })]);
const graph = L.model({ inputs: { a: L.input([2]) }, outputs: { left: L.input([2]), right: L.input([2]) } });
const x = tensor([[1, 2, 3]]);
const y = tensor([[1, 0]]);
`;

/** What is right, and the same with one mistake. */
const pairs: readonly (readonly [right: string, wrong: string])[] = [
  ["L.dense(4, { activation: 'hard_tanh' })", "L.dense(4, { activation: 'threshold' })"],
  ["L.dense(4, { activation: 'relu' })", "L.dense(4, { activation: 'reluu' })"],
  ['L.dense(4)', "L.dense('4')"],
  ['L.dense(4, { useBias: false })', 'L.dense(4, { bias: false })'],
  ["L.dense(4, { kernelInitializer: 'heNormal' })", "L.dense(4, { kernelInitializer: 'heNorml' })"],
  ["L.conv2d(8, 3, { padding: 'same' })", "L.conv2d(8, 3, { padding: 'full' })"],
  ['L.conv2d(8, [3, 3])', "L.conv2d(8, '3')"],
  ["L.conv1d(8, 3, { padding: 'causal' })", 'L.conv1d(8, 3, { padding: 1 })'],
  ['L.maxPooling2d(2)', "L.maxPooling2d(2, { activation: 'relu' })"],
  ['L.lstm(4, { returnSequences: true })', 'L.lstm(4, { returnSequence: true })'],
  ['L.gru(4, { resetAfter: false })', "L.gru(4, { resetAfter: 'no' })"],
  ["L.bidirectional(L.lstm(2), { mergeMode: 'sum' })", "L.bidirectional(L.lstm(2), { mergeMode: 'max' })"],
  ['L.multiHeadAttention(2, 4)', 'L.multiHeadAttention({ numHeads: 2 })'],
  ['L.dropout(0.5)', 'L.dropout()'],
  ['L.batchNormalization({ momentum: 0.9 })', 'L.batchNormalization({ momentun: 0.9 })'],
  ['L.sequential([L.dense(1), L.flatten()])', "L.sequential([L.dense(1), 'flatten'])"],
  [
    "model.compile({ optimizer: 'adam', loss: 'meanSquaredError' })",
    "model.compile({ optimizer: 'adamm', loss: 'meanSquaredError' })",
  ],
  ["model.compile({ loss: 'mean_squared_error' })", "model.compile({ loss: 'meanSquareError' })"],
  [
    "model.compile({ loss: 'mse', metrics: ['accuracy'] })",
    "model.compile({ loss: 'mse', metrics: ['acuracy'] })",
  ],
  [
    "model.compile({ loss: 'mse', metrics: ['f1_score', 'top_k_categorical_accuracy', 'mae'] })",
    "model.compile({ loss: 'mse', metrics: ['f_1_score'] })",
  ],
  [
    "model.compile({ loss: 'mse', weightedMetrics: ['r2Score'] })",
    "model.compile({ loss: 'mse', weightedMetric: ['r2Score'] })",
  ],
  ["L.auc({ curve: 'PR' })", "L.auc({ curve: 'RP' })"],
  ['L.precision({ topK: 3 })', 'L.precision({ top_k: 3 })'],
  ['L.iou(3, [1, 2])', 'L.iou({ numClasses: 3 })'],
  ["L.f1Score({ average: 'macro' })", "L.f1Score({ average: 'mean' })"],
  ["model.compile({ loss: 'mse' })", "model.compile({ optimizer: 'sgd' })"],
  [
    "graph.compile({ loss: { left: 'mse', right: 'mae' } })",
    "graph.compile({ loss: { left: 'mse', wrong: 'mae' } })",
  ],
  ['model.fit(x, y, { epochs: 3 })', 'model.fit(x, y, { epoch: 3 })'],
  ['model.fit(x, y, { batchSize: 8 })', "model.fit(x, y, { batchSize: '8' })"],
  [
    'model.fit(x, y, { callbacks: [new L.EarlyStopping()] })',
    "model.fit(x, y, { callbacks: ['earlyStopping'] })",
  ],
  ["new L.EarlyStopping({ monitor: 'val_loss' })", 'new L.EarlyStopping({ patience: true })'],
  ['graph.predict({ a: x })', 'graph.predict({ b: x })'],
  ['adam(0.001, { beta1: 0.8 })', 'adam(0.001, { beta_1: 0.8 })'],
  ['sgd(0.1, { momentum: 0.9 })', 'sgd({ momentum: 0.9 })'],
  ['adam(cosineDecay(0.1, 100))', "adam('cosine')"],
  ['lookahead(adam())', 'lookahead(0.001)'],
  ['new L.Huber({ delta: 2 })', 'new L.Huber({ deltas: 2 })'],
];

const source = prelude + pairs.map((pair) => pair.map((line) => `${line};\n`).join('')).join('');

/** A language service, as editors run it, over one program that imports the packages. */
function serviceFor(text: string): ts.LanguageService {
  const path = join(root, 'tsconfig.json');
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(
    { ...config, files: [], include: [] },
    ts.sys,
    dirname(path),
  );
  return ts.createLanguageService({
    getScriptFileNames: () => [file],
    getScriptVersion: () => '1',
    getScriptSnapshot: (name) => {
      const content = name === file ? text : ts.sys.readFile(name);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
    getCurrentDirectory: () => root,
    getCompilationSettings: () => ({ ...options, incremental: false, noUnusedLocals: false }),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (name) => name === file || ts.sys.fileExists(name),
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
  });
}

describe('the compiler', () => {
  let faulty: ReadonlySet<number>;
  beforeAll(() => {
    const diagnostics = serviceFor(source).getSemanticDiagnostics(file);
    faulty = new Set(diagnostics.map(({ start = 0 }) => source.slice(0, start).split('\n').length - 1));
  });
  const first = prelude.split('\n').length - 1;

  it.each(pairs.map(([right, wrong], index) => ({ right, wrong, index })))(
    'takes $right and refuses $wrong',
    ({ index }) => {
      expect([faulty.has(first + 2 * index), faulty.has(first + 2 * index + 1)]).toStrictEqual([false, true]);
    },
  );
});

describe('an editor', () => {
  const text = `${prelude}model.compile({ optimizer: '', loss: '', metrics: [''] });\nL.dense(1, { activation: '', kernelInitializer: '' });`;
  let service: ts.LanguageService;
  beforeAll(() => {
    service = serviceFor(text);
  });
  const offered = (before: string): string[] => {
    const at = text.indexOf(before) + before.length;
    return (service.getCompletionsAtPosition(file, at, {})?.entries ?? []).map(({ name }) => name);
  };

  it.each([
    {
      option: 'optimizer',
      before: "optimizer: '",
      names: ['sgd', 'adam', 'adamw', 'rmsprop', 'lion', 'muon'],
    },
    {
      option: 'loss',
      before: " loss: '",
      names: ['meanSquaredError', 'mse', 'sparse_categorical_crossentropy'],
    },
    { option: 'metrics', before: "metrics: ['", names: ['accuracy', 'precision', 'recall'] },
    { option: 'activation', before: "activation: '", names: ['relu', 'gelu', 'softmax'] },
    {
      option: 'kernelInitializer',
      before: "kernelInitializer: '",
      names: ['glorotUniform', 'heNormal', 'zeros'],
    },
  ])('completes names of $option', ({ before, names }) => {
    expect(offered(before)).toEqual(expect.arrayContaining(names));
  });
});
