/** What recurrent layers share: a cell over sequences, with states, masks and a direction. */
import type { JsonObject, ConfigReader as Reader, Tensor, Variable } from '@hadal/core';
import { ArgumentError, any, cumMax, flip, isFloat, variable, where, zeros } from '@hadal/core';
import type { Replaced, Tensors } from '../../layer/arrangement';
import type { CallContext } from '../../layer/context';
import type { AnyLayer, LayerOptions } from '../../layer/layer';
import { maskOf } from '../../layer/mask';
import { inputList, OneOrMoreLayer, shapeList } from '../../layer/one-or-more';
import { readLayerOptions } from '../../layer/options';
import { penalizeActivity, requirePositiveInteger } from '../../layer/rules';
import { type LayerShape, requireRank } from '../../layer/shape';
import {
  type Regularizer,
  type RegularizerLike,
  readRegularizer,
  resolveRegularizer,
  serializeRegularizer,
} from '../../regularizers/regularizer';
import { type RecurrentCell, requireStates, zeroStates } from './cell';
import { alongBatch, runSteps, type StepsResult } from './steps';

export interface RNNOptions extends LayerOptions {
  /** Gives the outputs of all steps, [batch, time, …], instead of the last one (default false). */
  readonly returnSequences?: boolean;
  /** Gives the last states after the output: [output, …states] (default false). */
  readonly returnState?: boolean;
  /** Goes from the last step to the first, and gives outputs in that order (default false). */
  readonly goBackwards?: boolean;
  /**
   * Begins each batch with the states that the one before ended with, sample by sample, until `resetState` (default
   * false). Needs `batchSize`.
   */
  readonly stateful?: boolean;
  /** Samples in every batch; for `stateful`. */
  readonly batchSize?: number;
  /** Gives zeros where a step is masked, instead of the output before it (default false). */
  readonly zeroOutputForMask?: boolean;
  /** A penalty on the outputs, divided by the batch size. */
  readonly activityRegularizer?: RegularizerLike;
}

/** Base of recurrent layers: a cell that is run over [batch, time, …]. Initial states may follow the sequences. */
export abstract class Recurrent<Out extends Tensors = Tensor> extends OneOrMoreLayer<readonly Tensor[], Out> {
  readonly returnSequences: boolean;
  readonly returnState: boolean;
  readonly goBackwards: boolean;
  readonly stateful: boolean;
  readonly batchSize: number | undefined;
  readonly zeroOutputForMask: boolean;
  readonly activityRegularizer: Regularizer | undefined;
  #kept: readonly Variable[] = [];

  constructor(
    /** What computes a step. */
    readonly cell: RecurrentCell,
    options: RNNOptions,
  ) {
    super(options);
    const { stateful = false, batchSize } = options;
    this.returnSequences = options.returnSequences ?? false;
    this.returnState = options.returnState ?? false;
    this.goBackwards = options.goBackwards ?? false;
    this.zeroOutputForMask = options.zeroOutputForMask ?? false;
    this.activityRegularizer = resolveRegularizer(options.activityRegularizer);
    this.stateful = stateful;
    this.batchSize =
      batchSize === undefined ? undefined : requirePositiveInteger('recurrent layer', 'batchSize', batchSize);
    if (stateful && batchSize === undefined) {
      throw new ArgumentError(
        'recurrent layer',
        'stateful is true and there is no batchSize.',
        'States are kept for each sample of a batch: say how many there are, such as batchSize: 32.',
      );
    }
  }

  override get children(): readonly AnyLayer[] {
    return [this.cell];
  }

  override get supportsMasking(): boolean {
    return true;
  }

  /** The states that are kept between batches; none unless `stateful` and built. */
  get states(): readonly Variable[] {
    return this.#kept;
  }

  /** Begins the next batch with zeros again. */
  resetState(): void {
    for (const state of this.#kept) state.assign(zeros(state.shape, { dtype: state.dtype }));
  }

  override build(inputShape: LayerShape | readonly LayerShape[]): void {
    const step = this.#stepShape(inputShape);
    this.cell.ensureBuilt([step]);
    if (!this.stateful) return;
    const shapes = this.cell.stateShapes([this.batchSize ?? null, ...step.slice(1)]);
    this.#kept = zeroStates(shapes, this.dtype, undefined).map((initial, index) =>
      variable(initial, { name: `${this.path}/state_${index}`, trainable: false }),
    );
  }

  override call(inputs: Tensor | readonly Tensor[], context: CallContext): Out {
    const [given, ...states] = inputList(inputs);
    if (given === undefined) throw new ArgumentError(this.scope, 'got no inputs.');
    const sequences = isFloat(given.dtype) ? given : given.cast(this.dtype);
    const step = this.#stepShape(sequences.shape);
    const initial = this.#initialStates(states, step);
    const result = this.#run(sequences, initial, maskOf(given), context);
    if (this.stateful) {
      result.states.forEach((state, index) => {
        this.#kept[index]?.assign(state.cast(this.dtype));
      });
    }
    const outputs = this.returnState ? [result.output, ...result.states] : [result.output];
    for (const output of outputs) penalizeActivity(this.activityRegularizer, output, context);
    // What a layer gives is the word of whoever chose `returnState`: the factories say it.
    return (this.returnState ? outputs : result.output) as Tensors as Out;
  }

  override computeMask(inputs: Tensor | readonly Tensor[]): readonly (Tensor | undefined)[] {
    const [sequences] = inputList(inputs);
    const mask = sequences && maskOf(sequences);
    if (!this.returnSequences || mask === undefined) return [];
    // The steps come in the order in which they were made.
    return [this.goBackwards ? flip(mask, 1) : mask];
  }

  override computeOutputShape(inputShape: LayerShape | readonly LayerShape[]): Replaced<Out, LayerShape> {
    const step = this.#stepShape(inputShape);
    const [batch = null, ...rest] = this.cell.outputShape(step);
    const [sequences = []] = shapeList(inputShape);
    const output = this.returnSequences ? [batch, sequences[1] ?? null, ...rest] : [batch, ...rest];
    const shapes = this.returnState ? [output, ...this.cell.stateShapes(step)] : output;
    return shapes as LayerShape | readonly LayerShape[] as Replaced<Out, LayerShape>;
  }

  override getConfig(): JsonObject {
    return {
      ...super.getConfig(),
      returnSequences: this.returnSequences,
      returnState: this.returnState,
      goBackwards: this.goBackwards,
      stateful: this.stateful,
      batchSize: this.batchSize ?? null,
      zeroOutputForMask: this.zeroOutputForMask,
      activityRegularizer: serializeRegularizer(this.activityRegularizer),
    };
  }

  /** The shape of one step of the sequences, the batch kept. */
  #stepShape(inputShape: LayerShape | readonly LayerShape[]): LayerShape {
    const [sequences = []] = shapeList(inputShape);
    const { stepRank } = this.cell;
    if (stepRank !== undefined) {
      requireRank(this.className, sequences, stepRank + 1, '[batch, time, …] with the axes of a step');
    }
    return [...sequences.slice(0, 1), ...sequences.slice(2)];
  }

  /** The states to begin with; undefined for zeros. */
  #initialStates(given: readonly Tensor[], step: LayerShape): readonly Tensor[] | undefined {
    if (given.length > 0) {
      requireStates(this.scope, given, this.cell.stateShapes(step));
      return given;
    }
    if (!this.stateful) return undefined;
    if (step[0] !== this.batchSize) {
      throw new ArgumentError(
        this.scope,
        `got ${step[0]} samples; the layer keeps the states of ${this.batchSize}.`,
        'Every batch of a stateful layer has batchSize samples: drop a smaller last one.',
      );
    }
    return this.#kept.map(({ value }) => value);
  }

  #run(
    sequences: Tensor,
    initial: readonly Tensor[] | undefined,
    mask: Tensor | undefined,
    context: CallContext,
  ): { readonly output: Tensor; readonly states: readonly Tensor[] } {
    const reverse = this.goBackwards;
    const whole = this.cell.runWhole(sequences, initial, { mask, reverse }, context);
    const [first] = whole?.states ?? [];
    const result: StepsResult =
      whole === undefined || first === undefined
        ? this.#runSteps(sequences, initial, mask, context)
        : { ...whole, last: first };
    const { last, states } = result;
    if (!this.returnSequences || result.outputs === undefined) {
      const counts = mask && this.#countsAtEnd(mask, initial);
      return { output: counts === undefined ? last : where(alongBatch(counts, last), last, 0), states };
    }
    const { outputs } = result;
    const counts = mask && this.#counts(mask, initial);
    const shown = counts === undefined ? outputs : where(alongBatch(counts, outputs), outputs, 0);
    return { output: reverse ? flip(shown, 1) : shown, states };
  }

  #runSteps(
    sequences: Tensor,
    initial: readonly Tensor[] | undefined,
    mask: Tensor | undefined,
    context: CallContext,
  ): StepsResult {
    const { cell } = this;
    const shape = [...sequences.shape.slice(0, 1), ...sequences.shape.slice(2)];
    const { dtype, device } = sequences;
    const run = cell.begin({ shape, dtype, device, context });
    const projected = run.project(sequences);
    const states =
      initial?.map((state) => state.cast(projected.dtype)) ??
      zeroStates(cell.stateShapes(shape), projected.dtype, device);
    const [noOutput = projected] = zeroStates([cell.outputShape(shape)], projected.dtype, device);
    return runSteps(run, projected, states, {
      mask,
      reverse: this.goBackwards,
      keepsOutputs: this.returnSequences,
      outputsFirstState: cell.outputsFirstState,
      noOutput,
    });
  }

  /**
   * Where outputs are not zero, [batch, time]: at masked steps where `zeroOutputForMask`; and before the first step
   * that counts, as in Keras, although the states are already those given.
   */
  #counts(mask: Tensor, initial: readonly Tensor[] | undefined): Tensor | undefined {
    if (this.zeroOutputForMask) return mask;
    if (initial === undefined || !this.cell.outputsFirstState) return undefined;
    return cumMax(mask.cast('int32'), { axis: 1, reverse: this.goBackwards }).cast('bool');
  }

  /** As `#counts`, after the last step: [batch]. */
  #countsAtEnd(mask: Tensor, initial: readonly Tensor[] | undefined): Tensor | undefined {
    const length = mask.shape[1] ?? 0;
    if (this.zeroOutputForMask) {
      const end = this.goBackwards ? 0 : length - 1;
      return mask.slice([0, end], [Number.POSITIVE_INFINITY, end + 1]).squeeze(1);
    }
    return initial === undefined || !this.cell.outputsFirstState ? undefined : any(mask, { axis: 1 });
  }
}

/** The options that `getConfig` wrote. */
export const readRecurrentOptions = (reader: Reader): RNNOptions => ({
  ...readLayerOptions(reader),
  returnSequences: reader.boolean('returnSequences', false),
  returnState: reader.boolean('returnState', false),
  goBackwards: reader.boolean('goBackwards', false),
  stateful: reader.boolean('stateful', false),
  batchSize: reader.value('batchSize') === undefined ? undefined : reader.integer('batchSize'),
  zeroOutputForMask: reader.boolean('zeroOutputForMask', false),
  activityRegularizer: readRegularizer(reader, 'activityRegularizer'),
});
