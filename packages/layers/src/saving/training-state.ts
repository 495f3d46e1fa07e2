/** Training in a saved model: how it was compiled, the optimizer's state, random numbers, metrics and callbacks. */
import type { HostArray, JsonObject, JsonValue, SerializedObject, Variable } from '@hadal/core';
import { ConfigReader, DataError, isJsonObject, requireSerialized, tensor } from '@hadal/core';
import { type OptimizerClass, optimizerFromConfig } from '@hadal/optimizers';
import type { Loss } from '../losses/loss';
import { lossFromConfig } from '../losses/table';
import type { Metric } from '../metrics/metric';
import { metricFromConfig } from '../metrics/table';
import type { AnyModel, TrainingSnapshot } from '../model/model';
import { assembleCompiled, buildMetrics, type Compiled, type OutputGoal } from '../training/compiled';
import { readPosition, serializePosition } from '../training/position';
import { resolvePrecision } from '../training/precision';
import { readRandomState } from '../training/random-state';
import type { SavedCallback } from '../training/resume';
import type { TrainStep } from '../training/train-step';

/** Training as JSON and tensors. */
export interface SavedTraining {
  readonly config: JsonObject;
  readonly tensors: ReadonlyMap<string, HostArray>;
}

/** A class that a file may name once it is listed. */
interface SavedClass<Made> {
  readonly className: string;
  fromConfig(config: JsonObject): Made;
}

/** Classes of one's own that a model was compiled with. */
export interface TrainingClasses {
  /** Losses of your own that the file may name. */
  readonly losses?: readonly SavedClass<Loss>[];
  /** Metrics of your own that the file may name. */
  readonly metrics?: readonly SavedClass<Metric>[];
  /** Optimizers of your own that the file may name. */
  readonly optimizers?: readonly OptimizerClass[];
  /** The step of your own that it was compiled with: a function, which a file cannot hold. */
  readonly trainStep?: TrainStep;
}

/** What a listed class makes of a saved object, or else what this package makes of it. */
function made<Made>(
  saved: SerializedObject,
  own: readonly SavedClass<Made>[] = [],
  otherwise: (saved: SerializedObject) => Made,
): Made {
  const found = own.find(({ className }) => className === saved.className);
  return found === undefined ? otherwise(saved) : found.fromConfig(saved.config);
}

/** The variables that metrics gather in, by name. */
function metricVariables({ figures }: Compiled): [string, Variable][] {
  return figures.flatMap(({ metric }, index) =>
    metric.state.map((variable, part): [string, Variable] => [`metrics/${index}/${part}`, variable]),
  );
}

const savedMetric = (metric: Metric): SerializedObject => ({
  className: metric.className,
  config: metric.getConfig(),
});

/** Collects what a checkpoint keeps of training. */
export async function collectTraining(
  { compiled, ownStep, position, callbacks, resume }: TrainingSnapshot,
  model: AnyModel,
): Promise<SavedTraining> {
  const { optimizer, outputs, precision } = compiled;
  const tensors = new Map<string, HostArray>();
  if (optimizer.built) {
    for (const [name, array] of await optimizer.state()) tensors.set(`optimizer/${name}`, array);
  }
  const random = resume?.random ?? (await readRandomState(model.generators));
  for (const [name, array] of random) tensors.set(`random/${name}`, array);
  buildMetrics(compiled, model.outputShapes);
  for (const [name, { value, shape, dtype }] of metricVariables(compiled)) {
    tensors.set(name, { data: await value.data(), shape, dtype });
  }
  for (const [index, { state }] of callbacks.entries()) {
    for (const [name, array] of state.arrays ?? []) tensors.set(`callbacks/${index}/${name}`, array);
  }
  const config = {
    optimizer: { className: optimizer.className, config: optimizer.getConfig() },
    optimizerBuilt: optimizer.built,
    precision,
    ownStep,
    outputs: outputs.map(({ loss, lossWeight, metrics, weightedMetrics }) => ({
      loss: loss === undefined ? null : { className: loss.className, config: loss.getConfig() },
      lossWeight,
      metrics: metrics.map(savedMetric),
      weightedMetrics: weightedMetrics.map(savedMetric),
    })),
    position: serializePosition(position),
    callbacks: callbacks.map(({ name, state }) => ({ name, values: state.values })),
  };
  return { config, tensors };
}

/**
 * Compiles a loaded model as it was, and restores the state of training.
 *
 * @throws {DataError} when something is missing, left over or does not fit the model
 */
export function restoreTraining(
  where: string,
  model: AnyModel,
  saved: SavedTraining,
  classes: TrainingClasses = {},
): void {
  const reader = new ConfigReader(`${where}: training`, saved.config);
  const optimizer = optimizerFromConfig(
    requireSerialized(`${where}: optimizer`, reader.value('optimizer')),
    classes.optimizers,
  );
  const { trainStep } = classes;
  const precision = resolvePrecision(reader.string('precision', 'float32'));
  if (reader.boolean('ownStep', false) && trainStep === undefined) {
    throw new DataError(
      where,
      'the model was trained with a step of its own, which is a function and not in the file.',
      'Pass it: loadModel(folder, { trainStep }), or load with { compile: false }.',
    );
  }
  const goals = reader
    .list('outputs')
    .map((value, index) => readGoal(`${where}: outputs[${index}]`, value, classes));
  const { outputs: arrangement, outputNames: names } = model.structure;
  if (goals.length !== arrangement.count) {
    throw new DataError(where, `training knows ${goals.length} outputs, the model has ${arrangement.count}.`);
  }
  model.takeCompiled(assembleCompiled({ optimizer, precision, trainStep }, goals, { arrangement, names }));
  restoreTrainingState(where, model, saved);
}

/**
 * Restores the state of training into a model that is compiled as the saved one was.
 *
 * @throws {DataError} when something is missing, left over or does not fit the model
 */
export function restoreTrainingState(
  where: string,
  model: AnyModel,
  { config, tensors }: SavedTraining,
): void {
  const reader = new ConfigReader(`${where}: training`, config);
  for (const rules of ['optimizer', 'outputs', 'precision', 'ownStep']) reader.value(rules);
  const built = reader.boolean('optimizerBuilt');
  const position = readPosition(reader.object('position'));
  const left = new Map(tensors);
  const callbacks = reader.list('callbacks').map((value, index) => readCallback(where, value, index, left));
  reader.done();

  const { optimizer, training } = model;
  const optimizerState = takePrefixed(left, 'optimizer/');
  if (built) {
    optimizer.build(model.trainableWeights);
    optimizer.setState(optimizerState);
  }
  const random = takePrefixed(left, 'random/');
  if (training !== undefined) buildMetrics(training.compiled, model.outputShapes);
  for (const [name, variable] of training === undefined ? [] : metricVariables(training.compiled)) {
    const saved = left.get(name);
    if (saved === undefined || saved.data.length !== variable.size || saved.dtype !== variable.dtype) {
      throw new DataError(where, `the state '${name}' is missing or malformed.`);
    }
    left.delete(name);
    variable.assign(tensor(saved.data, { shape: variable.shape, dtype: variable.dtype }));
  }
  if (left.size > 0) {
    throw new DataError(
      where,
      `unexpected entries in the training state: ${[...left.keys()].slice(0, 5).join(', ')}.`,
    );
  }
  model.restoreTraining(position, { random, callbacks });
}

function readGoal(where: string, value: JsonValue, { losses, metrics }: TrainingClasses): OutputGoal {
  if (!isJsonObject(value)) throw new DataError(where, 'expected an object.');
  const reader = new ConfigReader(where, value);
  const loss = reader.value('loss');
  const lossOf = (saved: SerializedObject): Loss => made(saved, losses, lossFromConfig);
  const metricOf = (saved: SerializedObject): Metric => metricFromConfig(saved, lossOf);
  const metricsOf = (key: string): Metric[] =>
    reader.list(key).map((metric) => made(requireSerialized(`${where}: ${key}`, metric), metrics, metricOf));
  const goal: OutputGoal = {
    loss: loss === undefined ? undefined : lossOf(requireSerialized(`${where}: loss`, loss)),
    lossWeight: reader.number('lossWeight'),
    metrics: metricsOf('metrics'),
    weightedMetrics: metricsOf('weightedMetrics'),
  };
  reader.done();
  return goal;
}

/** Moves entries whose names begin with `prefix` into a map of their own. */
function takePrefixed(from: Map<string, HostArray>, prefix: string): Map<string, HostArray> {
  const taken = new Map<string, HostArray>();
  for (const [name, array] of [...from]) {
    if (!name.startsWith(prefix)) continue;
    taken.set(name.slice(prefix.length), array);
    from.delete(name);
  }
  return taken;
}

function readCallback(
  where: string,
  value: JsonValue,
  index: number,
  tensors: Map<string, HostArray>,
): SavedCallback {
  if (!isJsonObject(value)) throw new DataError(where, "an entry of 'callbacks' is not an object.");
  const reader = new ConfigReader(`${where}: callbacks`, value);
  const name = reader.string('name');
  const values = reader.object('values');
  reader.done();
  return { name, state: { values, arrays: takePrefixed(tensors, `callbacks/${index}/`) } };
}
