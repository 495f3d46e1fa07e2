/**
 * The model: a network that trains. `compile` says how, `fit` trains, `evaluate` measures, `save` keeps everything
 * that a later run needs to continue.
 */
import type { CompiledFunction, HostArray, Program, TrainingBatch } from '@hadal/core';
import {
  ArgumentError,
  compile,
  DataError,
  scopedGenerator,
  type Tensor,
  tensor,
  withSeed,
} from '@hadal/core';
import type { Optimizer } from '@hadal/optimizers';
import type { Callback } from '../callbacks/callback';
import { History } from '../callbacks/history';
import { ProgressBar } from '../callbacks/progress-bar';
import type { Arranged, Replaced, Tensors } from '../layer/arrangement';
import { inferenceContext } from '../layer/context';
import { fitsShape, type LayerShape } from '../layer/shape';
import type { Loss } from '../losses/loss';
import type { Metric } from '../metrics/metric';
import {
  type LoadedWeights,
  type LoadWeightsOptions,
  loadWeightsInto,
  saveWeightsOf,
} from '../saving/load-weights';
import { type SaveOptions, saveModel } from '../saving/save';
import type { StorageLike } from '../saving/storage';
import { type ArrayInput, batchArrays, requireFilled } from '../training/arrays';
import { type Compiled, type CompileOptions, type Figure, resolveCompiled } from '../training/compiled';
import {
  arrayTrainingData,
  type CheckedBatch,
  type ClassWeight,
  checkBatch,
  evaluationDataset,
  readSamples,
  type TrainingData,
} from '../training/data';
import { type FitData, readFitArguments } from '../training/fit-arguments';
import type {
  ArrayFitOptions,
  ArrayPartialFitOptions,
  EvaluateOptions,
  FitOptions,
  PartialFitOptions,
  Verbosity,
} from '../training/fit-options';
import type { Logs } from '../training/logs';
import { evaluatePass, runStep, type Trainee } from '../training/loop';
import { startOf, type TrainingPosition } from '../training/position';
import { defaultSeed, writeRandomState } from '../training/random-state';
import { callbackStates, type ResumeState, restoreCallbacks, type SavedCallback } from '../training/resume';
import { runTraining } from '../training/run';
import { Steps } from '../training/steps';
import { ordinaryStep, type TrainingStep } from '../training/train-step';
import { Network } from './network';
import { isDataset, upload } from './predict';
import { formatSummary, type SummaryOptions } from './summary';

/** A network with an optimizer, a loss and metrics. Made by `sequential`, `model` or `loadModel`. */
export class Model<In extends Tensors = Tensor, Out extends Tensors = Tensor> extends Network<In, Out> {
  /** Set by callbacks to end the run after the current batch. */
  stopTraining = false;
  #compiled: Compiled | undefined;
  #steps: Steps | undefined;
  #shapes: readonly LayerShape[] | undefined;
  #predict: CompiledFunction<[readonly Tensor[]], readonly Tensor[]> | undefined;
  #position: TrainingPosition = startOf(0);
  #resume: ResumeState | undefined;
  #callbacks: readonly Callback[] = [];
  /** Where weights are drawn from that are made after the `withSeed` in which the model was. */
  readonly #seeded = scopedGenerator();

  /**
   * Says how the model is trained.
   *
   * @throws {ArgumentError} when a name is unknown
   * @example
   * model.compile({ optimizer: adam(1e-3), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
   */
  compile(options: CompileOptions<Out>): void {
    const { outputs, outputNames } = this.structure;
    this.takeCompiled(resolveCompiled(options, { arrangement: outputs, names: outputNames }));
  }

  /** Trains by rules that are resolved already. For loaders. */
  takeCompiled(compiled: Compiled): void {
    this.#compiled = compiled;
    this.#position = startOf(0);
    this.#resume = undefined;
    this.#steps = undefined;
    this.forgetCompiled();
  }

  /**
   * What one step of training does. Override it in a class that extends a model, to train in another way and keep all that
   * `fit` does around it; a step that is given to `compile` goes before. It is called while the step is compiled: what it
   * builds is computed for every batch, so that nothing can be read in it.
   *
   * @example
   * class Noisy extends Sequential {
   *   override trainStep({ x, minimize, measure }: TrainingStep): void {
   *     minimize(() => measure({ x: x.map((each) => each.add(randomNormal(each.shape).mul(0.1))) }));
   *   }
   * }
   */
  trainStep(step: TrainingStep): void {
    ordinaryStep(step);
  }

  override build(inputShape: Replaced<In, LayerShape>): void {
    this.#drawing(() => super.build(inputShape));
  }

  protected override buildFor(shapes: readonly (readonly number[])[]): void {
    this.#drawing(() => super.buildFor(shapes));
  }

  #drawing(build: () => void): void {
    if (this.#seeded === undefined || this.built) build();
    else withSeed(this.#seeded, build);
  }

  /** Whether `compile` was called. */
  get compiled(): boolean {
    return this.#compiled !== undefined;
  }

  /** What `compile` was given. */
  get optimizer(): Optimizer {
    return this.#requireCompiled('optimizer').optimizer;
  }

  /** The loss of the first output that has one. */
  get loss(): Loss {
    const { outputs } = this.#requireCompiled('loss');
    const [loss] = outputs.flatMap((output) => output.loss ?? []);
    if (loss === undefined) throw new ArgumentError('loss', 'no output has a loss.');
    return loss;
  }

  /** The metrics besides the loss, of all outputs in order. */
  get metrics(): readonly Metric[] {
    return this.#compiled?.outputs.flatMap(({ metrics }) => metrics) ?? [];
  }

  /** What logs report, by name, the whole loss first. */
  get figures(): readonly Figure[] {
    return this.#compiled?.figures ?? [];
  }

  /** Where training stands; checkpoints keep it. */
  get position(): TrainingPosition {
    return this.#position;
  }

  /**
   * Trains the model.
   *
   * @returns the figures of every epoch
   * @throws {ArgumentError} when the model is not compiled or an option is out of range
   * @throws {DataError} when data and model do not fit each other
   * @example
   * await model.fit(train.batch(32), { epochs: 5, validationData: test.batch(256) });
   * await model.fit(images, labels, { epochs: 5, batchSize: 64, validationSplit: 0.1 });
   */
  async fit(data: TrainingData, options?: FitOptions<In, Out>): Promise<History>;
  async fit(
    x: Replaced<In, ArrayInput>,
    y: Replaced<Out, ArrayInput>,
    options?: ArrayFitOptions<In, Out>,
  ): Promise<History>;
  async fit(first: unknown, second?: unknown, third?: ArrayFitOptions<In, Out>): Promise<History> {
    const { outputs } = this.structure;
    const { data, options } = readFitArguments<ArrayFitOptions<In, Out>>(
      'fit',
      outputs,
      first,
      second,
      third,
    );
    return this.#train('fit', data, options);
  }

  /**
   * Learns from what a stream brings next: one pass in the order of arrival, from where the model and its optimizer stand.
   * Each batch is judged before it is learnt from, so the figures are those of samples that the model had not seen.
   *
   * @param data the next part of a dataset, as `{ x, y }` batches, or inputs with their targets
   * @returns the loss and metrics of this part alone
   * @throws {ArgumentError} when the model is not compiled or an option is out of range
   * @throws {DataError} when data and model do not fit each other
   * @example
   * for await (const { images, labels } of arrivals) {
   *   const { accuracy } = await model.partialFit(images, labels);
   * }
   */
  async partialFit(data: TrainingData, options?: PartialFitOptions): Promise<Logs>;
  async partialFit(
    x: Replaced<In, ArrayInput>,
    y: Replaced<Out, ArrayInput>,
    options?: ArrayPartialFitOptions<Out>,
  ): Promise<Logs>;
  async partialFit(first: unknown, second?: unknown, third?: ArrayPartialFitOptions<Out>): Promise<Logs> {
    const { outputs } = this.structure;
    const where = 'partialFit';
    const { data, options } = readFitArguments<ArrayPartialFitOptions<Out>>(
      where,
      outputs,
      first,
      second,
      third,
    );
    const { history } = await this.#train(where, data, { verbose: 0, ...options, epochs: 1, shuffle: false });
    const figures = Object.entries(history).map(([name, [figure = Number.NaN]]) => [name, figure]);
    return { loss: Number.NaN, ...Object.fromEntries(figures) };
  }

  async #train(where: string, data: FitData, options: Partial<ArrayFitOptions<In, Out>>): Promise<History> {
    const compiled = this.#requireCompiled(where);
    const { epochs = 1, initialEpoch = 0, resume = false, signal, stepsPerEpoch } = options;
    const { validationFreq = 1, batchSize = 32, verbose = 'auto' } = options;
    requireCount('epochs', epochs, 0);
    requireCount('initialEpoch', initialEpoch, 0);
    requireCount('validationFreq', validationFreq, 1);
    if (stepsPerEpoch !== undefined) requireCount('stepsPerEpoch', stepsPerEpoch, 1);
    signal?.throwIfAborted();

    const history = new History();
    const callbacks = [history, ...(options.callbacks ?? []), ...progressBars(verbose)];
    for (const callback of callbacks) callback.attach(this.#untyped);
    let continues = resume;
    for (const callback of callbacks) continues = (await callback.onRestore()) || continues;
    if (continues) {
      restoreCallbacks(this.#resume?.callbacks ?? callbackStates(this.#callbacks), callbacks);
      if (this.#resume !== undefined) writeRandomState(this.generators, this.#resume.random);
      compiled.optimizer.showAverages(false);
    } else {
      this.#position = startOf(initialEpoch);
      compiled.optimizer.acceptAverages();
    }
    this.#resume = undefined;
    this.#callbacks = callbacks;

    const given = options.validationData;
    const { train, validation } = isDataset(data)
      ? { train: data, validation: undefined }
      : await arrayTrainingData(data.x, data.y, {
          batchSize,
          shuffleSeed: (options.shuffle ?? true) ? await defaultSeed() : undefined,
          validationSplit: given === undefined ? (options.validationSplit ?? 0) : 0,
          sampleWeight: options.sampleWeight,
          form: this.structure,
          check: (samples) => this.#prepare(where, samples, compiled, undefined),
        });
    await runTraining(this.#trainee(options.classWeight), {
      train,
      validation:
        given === undefined
          ? validation
          : await evaluationDataset('fit', given, options.validationBatchSize ?? batchSize, this.structure),
      validationFreq,
      epochs,
      callbacks,
      signal,
      stepsPerEpoch,
    });
    return history;
  }

  /**
   * Measures the loss and the metrics.
   *
   * @throws {ArgumentError} when the model is not compiled
   * @throws {DataError} when data and model do not fit each other
   * @example
   * const { loss, accuracy } = await model.evaluate(test.batch(256));
   */
  async evaluate(data: TrainingData, options?: EvaluateOptions): Promise<Logs>;
  async evaluate(
    x: Replaced<In, ArrayInput>,
    y: Replaced<Out, ArrayInput>,
    options?: EvaluateOptions,
  ): Promise<Logs>;
  async evaluate(first: unknown, second?: unknown, third?: EvaluateOptions): Promise<Logs> {
    this.#requireCompiled('evaluate');
    const { data, options } = readFitArguments<EvaluateOptions>(
      'evaluate',
      this.structure.outputs,
      first,
      second,
      third,
    );
    const { batchSize = 32, steps, signal, verbose = 'auto' } = options;
    const callbacks = [...(options.callbacks ?? []), ...progressBars(verbose)];
    for (const callback of callbacks) callback.attach(this.#untyped);
    const samples = isDataset(data) ? data : [data.x, data.y];
    const dataset = await evaluationDataset('evaluate', samples, batchSize, this.structure);
    return evaluatePass(this.#trainee(), dataset, { callbacks, signal, limit: steps });
  }

  /**
   * Makes one update with one batch.
   *
   * @returns the loss and metrics since `resetMetrics`, this batch included
   */
  async trainOnBatch(
    x: Replaced<In, ArrayInput>,
    y: Replaced<Out, ArrayInput>,
    options: BatchOptions = {},
  ): Promise<Logs> {
    return this.#onBatch('trainOnBatch', x, y, options, (trainee) => trainee.trainStep);
  }

  /**
   * Measures one batch.
   *
   * @returns the loss and metrics since `resetMetrics`, this batch included
   */
  async testOnBatch(
    x: Replaced<In, ArrayInput>,
    y: Replaced<Out, ArrayInput>,
    options: BatchOptions = {},
  ): Promise<Logs> {
    return this.#onBatch('testOnBatch', x, y, options, (trainee) => trainee.testStep);
  }

  /**
   * What a training step for such a batch runs: kernels and library calls, as a list and as text. Nothing is computed.
   *
   * @example
   * console.log(explainProgram(await model.trainProgram(x, y)));
   */
  async trainProgram(x: Replaced<In, ArrayInput>, y: Replaced<Out, ArrayInput>): Promise<Program> {
    const compiled = this.#requireCompiled('trainProgram');
    const samples = await readSamples('trainProgram', this.structure, x, y);
    const batch = this.#prepare('trainProgram', samples, compiled, undefined);
    const weights = batch.weights.map(() => undefined);
    return this.#ready(compiled).trainProgram(batch.x.map(upload), batch.y.map(upload), weights);
  }

  /** Forgets what the metrics gathered; `fit` and `evaluate` do it by themselves. */
  resetMetrics(): void {
    this.#steps?.reset();
  }

  /**
   * Saves architecture, weights and, unless told otherwise, everything that training needs to continue exactly.
   *
   * @param target a folder, or a storage
   * @throws {ArgumentError} when something in the model cannot be saved, such as a function
   * @example
   * await model.save('clothes');
   * const same = await loadModel('clothes');
   */
  async save(target: StorageLike, options: SaveOptions = {}): Promise<void> {
    await saveModel(this.#untyped, target, options);
  }

  /** What a checkpoint keeps of training, besides weights; undefined before `compile`. For savers. */
  get training(): TrainingSnapshot | undefined {
    const compiled = this.#compiled;
    if (compiled === undefined) return undefined;
    const callbacks = this.#resume?.callbacks ?? callbackStates(this.#callbacks);
    const ownStep = compiled.trainStep !== undefined || this.trainStep !== Model.prototype.trainStep;
    return { compiled, ownStep, position: this.#position, callbacks, resume: this.#resume };
  }

  /** Takes over what a checkpoint held; `fit` with `resume` continues from it. For loaders. */
  restoreTraining(position: TrainingPosition, resume: ResumeState): void {
    this.#position = position;
    this.#resume = resume;
  }

  /** Host copies of all weights, in the order of `weights`. */
  async getWeights(): Promise<HostArray[]> {
    const copies: HostArray[] = [];
    for (const { value, shape, dtype } of this.weights) {
      copies.push({ data: await value.data(), shape, dtype });
    }
    return copies;
  }

  /**
   * Sets all weights.
   *
   * @param values one array per weight, in the order of `weights`
   * @throws {DataError} when the number of arrays, a shape or a dtype differs; then nothing has changed
   */
  setWeights(values: readonly HostArray[]): void {
    const targets = this.namedWeights();
    if (targets.length === 0 && values.length > 0) {
      throw new DataError(
        'setWeights',
        'the model has no weights yet.',
        'Build it first: model.build([null, …]).',
      );
    }
    if (values.length !== targets.length) {
      throw new DataError('setWeights', `${values.length} arrays for ${targets.length} weights.`);
    }
    for (const [index, { path, variable }] of targets.entries()) {
      const { shape, dtype } = values[index]!;
      requireFilled('setWeights', `the value of "${path}"`, values[index]!);
      if (dtype === variable.dtype && fitsShape(shape, variable.shape)) continue;
      throw new DataError(
        'setWeights',
        `"${path}" is ${variable.dtype} [${variable.shape}], the value is ${dtype} [${shape}].`,
      );
    }
    for (const [index, { variable }] of targets.entries()) {
      const { data, shape, dtype } = values[index]!;
      variable.assign(tensor(data, { shape, dtype }));
    }
  }

  /**
   * Takes weights from a file into this model, which may differ from the one that wrote them.
   *
   * @param source  a folder or storage that `save` wrote, or a `.safetensors` file by its path or URL
   * @param options by name or in order, and whether weights of other shapes are left alone
   * @returns what was taken and what was not, by name
   * @throws {DataError} when the file cannot be read, numbers or names of weights do not fit, or shapes differ; then
   *   nothing has changed
   * @example
   * await model.loadWeights('clothes'); // the same layers in the same order
   * const { missing } = await model.loadWeights('encoder.safetensors', { by: 'name', skipMismatch: true });
   */
  async loadWeights(source: StorageLike, options: LoadWeightsOptions = {}): Promise<LoadedWeights> {
    return loadWeightsInto(this.namedWeights(), source, options);
  }

  /**
   * Writes the weights alone, by name, as a `.safetensors` file that other frameworks read as well.
   *
   * @throws {ArgumentError} when the path is none of a `.safetensors` file
   * @example
   * await model.saveWeights('encoder.safetensors');
   */
  async saveWeights(path: string | URL): Promise<void> {
    await saveWeightsOf(this.namedWeights(), path);
  }

  /**
   * Prints a table of layers, output shapes and parameters.
   *
   * @example
   * model.summary();
   * model.summary({ print: (line) => logger.info(line) });
   */
  summary(options: SummaryOptions = {}): void {
    const { print = console.log } = options;
    for (const line of formatSummary(this.#untyped)) print(line);
  }

  /** Forgets compiled functions; called when weights move or layers change. */
  protected forgetCompiled(): void {
    this.#predict = undefined;
    this.#shapes = undefined;
  }

  /** Predicts with a compiled function: training predicts again and again with batches of one shape. */
  protected override async computeBatch(x: readonly Tensor[]): Promise<readonly Tensor[]> {
    this.#predict ??= compile((inputs: readonly Tensor[]) => this.structure.call(inputs, inferenceContext), {
      name: `${this.name}.predict`,
    });
    return this.#predict(x);
  }

  async #onBatch(
    where: string,
    x: unknown,
    y: unknown,
    { sampleWeight, classWeight }: BatchOptions,
    step: (trainee: Trainee) => Trainee['trainStep'],
  ): Promise<Logs> {
    this.#requireCompiled(where).optimizer.acceptAverages();
    const trainee = this.#trainee(classWeight);
    const samples = await readSamples(where, this.structure, x, y, sampleWeight);
    const batch = trainee.prepare(where, samples, true);
    await runStep(step(trainee), batch);
    return trainee.readLogs();
  }

  /** This model, for what works with models of any inputs and outputs. */
  get #untyped(): AnyModel {
    return this as unknown as AnyModel;
  }

  /** @throws {ArgumentError} when there is nothing to train */
  #trainable(compiled: Compiled): Steps {
    const steps = this.#ready(compiled);
    if (compiled.optimizer.built) return steps;
    throw new ArgumentError(
      'fit',
      `model "${this.name}" has no weights to train.`,
      'Set trainable = true on a layer with weights, and compile again.',
    );
  }

  /** The model as the loops see it. */
  #trainee(classWeight?: ClassWeight): Trainee {
    const model = this;
    const compiled = this.#requireCompiled('fit');
    return {
      prepare: (where, batch, weighted) =>
        model.#prepare(where, batch, compiled, weighted ? classWeight : undefined),
      trainStep: (...step) => model.#trainable(compiled).train(...step),
      planStep: (...step) => model.#trainable(compiled).trainProgram(...step),
      testStep: (...step) => model.#ready(compiled).test(...step),
      resetMetrics: () => {
        for (const { metric } of compiled.figures) metric.resetState();
      },
      readLogs: () => model.#ready(compiled).readLogs(),
      finalize: () => {
        compiled.optimizer.showAverages(true);
      },
      drain: async () => {
        await compiled.optimizer.iterations.storage.device?.sync();
      },
      get stopTraining() {
        return model.stopTraining;
      },
      set stopTraining(stop) {
        model.stopTraining = stop;
      },
      get position() {
        return model.#position;
      },
      set position(position) {
        model.#position = position;
      },
    };
  }

  /** The shapes of the outputs, which every batch is checked against. */
  #outputShapes(): readonly LayerShape[] {
    this.#shapes ??= this.outputShapes;
    return this.#shapes ?? [];
  }

  #prepare(
    where: string,
    batch: TrainingBatch,
    compiled: Compiled,
    classWeight: ClassWeight | undefined,
  ): CheckedBatch {
    this.buildFor(batchArrays(where, 'x', this.structure.inputs, batch.x).map(({ shape }) => shape));
    return checkBatch(where, batch, {
      form: this.structure,
      outputs: compiled.outputs,
      outputShapes: this.#outputShapes(),
      classWeight,
    });
  }

  /** The compiled steps; making them moves the weights into the optimizer's flat storage. */
  #ready(compiled: Compiled): Steps {
    if (this.#steps === undefined) {
      // What is frozen as a whole can still be measured.
      const trainable = this.trainableWeights;
      if (!compiled.optimizer.built && trainable.length > 0) compiled.optimizer.build(trainable);
      this.forgetCompiled();
      const { trainStep = (step: TrainingStep): void => this.trainStep(step) } = compiled;
      this.#steps = new Steps(this.#untyped, compiled, trainStep);
    }
    return this.#steps;
  }

  #requireCompiled(where: string): Compiled {
    if (this.#compiled !== undefined) return this.#compiled;
    throw new ArgumentError(
      where,
      'the model is not compiled.',
      "Call model.compile({ optimizer: 'adam', loss: 'mse' }) first.",
    );
  }
}

/** Options of `trainOnBatch` and `testOnBatch`. */
export interface BatchOptions {
  /** Weights of the samples, or such weights for each output. */
  readonly sampleWeight?: Arranged<ArrayInput>;
  /** How much the samples of each class count in the loss. */
  readonly classWeight?: ClassWeight;
}

/** Training as a checkpoint keeps it. */
export interface TrainingSnapshot {
  readonly compiled: Compiled;
  /** Whether a step is not the usual one. */
  readonly ownStep: boolean;
  readonly position: TrainingPosition;
  readonly callbacks: readonly SavedCallback[];
  /** What was loaded and not resumed from yet. */
  readonly resume: ResumeState | undefined;
}

function progressBars(verbose: Verbosity): ProgressBar[] {
  if (verbose === 0) return [];
  return [new ProgressBar(verbose === 'auto' ? {} : { live: verbose === 1 })];
}

function requireCount(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new ArgumentError('fit', `${name} is ${value}; expected an integer of at least ${least}.`);
}

/** A model of any inputs and outputs. */
export type AnyModel = Model<Tensors, Tensors>;
