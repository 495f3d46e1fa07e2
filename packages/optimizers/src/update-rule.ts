/**
 * The base of optimizers that are one formula. It arranges the variables in blocks, gathers and clips gradients, decays,
 * evaluates the learning rate schedule, averages and counts; a rule is one function over a block's tensors.
 */
import type { HostArray, JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, equal, floorDiv, mod, tensor, variable, where, zerosLike } from '@hadal/core';
import { requireBuildable, requireBuilt, requireGradients, requireKnown } from './checks';
import { clipByGlobalNorm, clipByNorm, clipByValue } from './clip';
import { arrangeBlocks, type Layout, type ParameterBlock } from './flat';
import { groupOf, serializeRate } from './groups';
import { KeptBlock } from './kept-block';
import { type LearningRate, Optimizer, type OptimizerState } from './optimizer';
import { type OptimizerOptions, requireOptions, serializeOptions } from './options';
import { LearningRateSchedule, requireRate } from './schedules/schedule';
import { readScalar, StateReader, writeScalar } from './state';

/** What a rule may know of a block before it has values. */
export interface BlockForm {
  readonly layout: Layout;
  /** [elements] where variables are packed, the variable's own shape where it is separate. */
  readonly shape: readonly number[];
}

/** What an update rule sees: all variables of a block at once, of one dtype. */
export interface UpdateInput extends BlockForm {
  /** The variables, of the block's shape. */
  readonly value: Tensor;
  /** Their gradients, clipped, of the block's shape. */
  readonly gradient: Tensor;
  /** The state by name, of the block's shape unless `initialSlot` says otherwise. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** The numbers that `advance` gave, [] of the dtype of `value`. */
  readonly shared: Readonly<Record<string, Tensor>>;
  /** [] of the dtype of `value`. */
  readonly learningRate: Tensor;
  /** Number of this update, counted from 1, [] of the dtype of `value`. */
  readonly step: Tensor;
}

/** What an update rule gives: the new variables and the new state. */
export interface UpdateOutput {
  /** What the weights become. */
  readonly value: Tensor;
  /** What is kept for the next update, by name. */
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** In saved states: whether variables and averages have changed places. */
const SHOWN = 'averagesShown';

const flag = (value: boolean): HostArray => ({
  data: Uint8Array.of(value ? 1 : 0),
  shape: [],
  dtype: 'bool',
});

/**
 * Base of all update rules. Subclass it for a rule of your own: name the state it keeps and write `update`.
 *
 * @example
 * class SignDescent extends UpdateRule {
 *   readonly className = 'SignDescent';
 *   protected slotNames() {
 *     return [];
 *   }
 *   protected update({ value, gradient, learningRate }: UpdateInput): UpdateOutput {
 *     return { value: value.sub(sign(gradient).mul(learningRate)), slots: {} };
 *   }
 *   getConfig() {
 *     return this.baseConfig();
 *   }
 * }
 */
export abstract class UpdateRule extends Optimizer {
  readonly iterations: Variable;
  /** What it was made with. */
  readonly options: OptimizerOptions;

  readonly #rate: Variable;
  readonly #shared = new Map<string, Variable>();
  #learningRate: LearningRate;
  #kept: readonly KeptBlock[] = [];
  #variables: readonly Variable[] = [];
  /** Whether variables and averages have changed places. */
  #showsAverages = false;

  constructor(learningRate: LearningRate, options: OptimizerOptions = {}) {
    super();
    if (typeof learningRate === 'number') requireRate('optimizer', 'learningRate', learningRate);
    requireOptions(options);
    this.#learningRate = learningRate;
    this.options = options;
    const scalar = (name: string, value: number, dtype: 'int32' | 'float32'): Variable =>
      variable(tensor(value, { dtype }), { name: `optimizer/${name}`, trainable: false });
    this.iterations = scalar('iteration', 0, 'int32');
    this.#rate = scalar('learningRate', typeof learningRate === 'number' ? learningRate : 0, 'float32');
  }

  /** The state the rule keeps for the variables of a block. */
  protected abstract slotNames(block: BlockForm): readonly string[];

  /** One update of a block. */
  protected abstract update(input: UpdateInput): UpdateOutput;

  /** Rules that look at a variable as a whole keep it separate; packed ones are updated together, in one loop. */
  protected layoutOf(_variable: Variable): Layout {
    return 'packed';
  }

  /** How state begins, `value` being the variables of the block: as zeros of their shape, unless overridden. */
  protected initialSlot(_name: string, value: Tensor): Tensor {
    return zerosLike(value);
  }

  /** Numbers that belong to no variable, with their first values. */
  protected sharedState(): Readonly<Record<string, number>> {
    return {};
  }

  /** The numbers of `sharedState` for this update, float32 []; `step` counts from 1. */
  protected advance(
    shared: Readonly<Record<string, Tensor>>,
    _step: Tensor,
  ): Readonly<Record<string, Tensor>> {
    return shared;
  }

  /** The weight decay of a block that no group gives another. */
  protected decayOf(_block: BlockForm): number | undefined {
    return this.options.weightDecay;
  }

  override get built(): boolean {
    return this.#variables.length > 0;
  }

  override get variables(): readonly Variable[] {
    return this.#variables;
  }

  override get blocks(): readonly ParameterBlock[] {
    return this.#kept.map(({ block }) => block);
  }

  override get learningRate(): LearningRate {
    return this.#learningRate;
  }

  override set learningRate(rate: number) {
    if (this.#learningRate instanceof LearningRateSchedule) {
      throw new ArgumentError(
        'learningRate',
        `the learning rate follows the schedule ${this.#learningRate.className}, so it cannot be set.`,
        'Make the optimizer with a number to set the rate by hand.',
      );
    }
    requireRate('learningRate', 'learningRate', rate);
    this.#learningRate = rate;
    writeScalar(this.#rate, rate);
  }

  override learningRateTensor(): Tensor {
    return this.#learningRate instanceof LearningRateSchedule
      ? this.#learningRate.valueAt(this.iterations.value.cast('float32'))
      : this.#rate.value;
  }

  override updateCount(): Tensor {
    const { gradientAccumulationSteps } = this.options;
    const calls = this.iterations.value;
    return gradientAccumulationSteps === undefined ? calls : floorDiv(calls, gradientAccumulationSteps);
  }

  override build(variables: readonly Variable[]): void {
    if (this.built) {
      requireKnown(this.#variables, variables);
      return;
    }
    requireBuildable(variables);
    const { parameterGroups = [] } = this.options;
    const keyOf = (each: Variable): number => groupOf(parameterGroups, each);
    const blocks = arrangeBlocks(variables, (each) => this.layoutOf(each), keyOf);
    this.#variables = [...variables];
    this.#kept = blocks.map((block) => {
      const { value } = block.target;
      const slots = this.slotNames(block).map(
        (name) => [name, block.keep(name, this.initialSlot(name, value))] as const,
      );
      const group = parameterGroups[keyOf(block.variables[0]!)];
      return new KeptBlock(block, group, new Map(slots), this.options);
    });
    for (const [name, value] of Object.entries(this.sharedState())) {
      this.#shared.set(name, variable(tensor(value), { name: `optimizer/${name}`, trainable: false }));
    }
  }

  override scaleLoss(loss: Tensor): Tensor {
    const { lossScaleFactor } = this.options;
    return lossScaleFactor === undefined ? loss : loss.mul(lossScaleFactor);
  }

  override apply(gradients: readonly Tensor[], variables?: readonly Variable[]): void {
    if (variables !== undefined) this.build(variables);
    requireBuilt('optimizer.apply', this.#variables);
    requireGradients(this.#variables, gradients);
    const { lossScaleFactor, gradientAccumulationSteps: every } = this.options;
    const calls = this.iterations.value.add(tensor(1, { dtype: 'int32' }));
    const updatesBefore = this.updateCount();
    const step = updatesBefore.add(tensor(1, { dtype: 'int32' }));
    /** Whether this call makes an update, where not every call does. */
    const isDue = every === undefined ? undefined : equal(mod(calls, every), 0);
    const write = (target: Variable, value: Tensor): void =>
      target.assign(isDue === undefined ? value : where(isDue, value, target.value));

    const learningRate = this.learningRateTensor();
    const shared = this.#advance(step, write);
    const scaled =
      lossScaleFactor === undefined ? gradients : gradients.map((each) => each.div(lossScaleFactor));
    const clipped = this.#clip(this.#kept.map((kept) => kept.meanGradient(scaled, isDue)));
    for (const [index, kept] of this.#kept.entries()) {
      const { block, slots } = kept;
      const { dtype, target } = block;
      const rate = kept.rate(learningRate, this.iterations);
      const output = this.update({
        layout: block.layout,
        shape: block.shape,
        value: kept.decayed(this.decayOf(block), rate),
        gradient: clipped[index]!,
        slots: Object.fromEntries([...slots].map(([name, slot]) => [name, slot.value])),
        shared: Object.fromEntries(Object.entries(shared).map(([name, value]) => [name, value.cast(dtype)])),
        learningRate: rate,
        step: step.cast(dtype),
      });
      for (const [name, slot] of slots) write(slot, output.slots[name]!);
      write(target, output.value);
    }
    for (const kept of this.#kept) kept.updateAverage(updatesBefore);
    this.iterations.assign(calls);
  }

  override showAverages(show: boolean): boolean {
    if (!this.built || this.options.useEma !== true) return false;
    if (show === this.#showsAverages) return true;
    for (const kept of this.#kept) kept.exchange();
    this.#showsAverages = show;
    return true;
  }

  override acceptAverages(): void {
    if (this.#showsAverages) this.finalize();
  }

  override finalize(): void {
    for (const kept of this.#kept) kept.settle(this.#showsAverages);
    this.#showsAverages = false;
  }

  override changing(): readonly Variable[] {
    return [
      this.iterations,
      ...this.#shared.values(),
      ...this.#kept.flatMap(({ block, state }) => [block.target, ...state.values()]),
    ];
  }

  /** The state by name: `iteration`, `learningRate`, shared numbers, and `<slot>/<variable index>`. */
  override async state(): Promise<OptimizerState> {
    const state = new Map<string, HostArray>();
    state.set('iteration', await readScalar(this.iterations));
    state.set('learningRate', await readScalar(this.#rate));
    if (this.options.useEma === true) state.set(SHOWN, flag(this.#showsAverages));
    for (const [name, number] of this.#shared) state.set(name, await readScalar(number));
    for (const kept of this.#kept) {
      for (const [key, array] of await kept.read()) state.set(key, array);
    }
    return state;
  }

  override setState(state: OptimizerState): void {
    const reader = new StateReader(state);
    const iteration = reader.scalar('iteration', 'int32');
    const rate = reader.scalar('learningRate', 'float32');
    const shown = this.options.useEma === true && reader.scalar(SHOWN, 'bool') !== 0;
    const pending: (() => void)[] = [];
    for (const [name, number] of this.#shared) {
      const value = reader.scalar(name, 'float32');
      pending.push(() => writeScalar(number, value));
    }
    for (const { block, state: kept } of this.#kept) {
      for (const [name, slot] of kept) {
        pending.push(block.prepareWrite(name, slot, (key) => reader.array(key, block.dtype)));
      }
    }
    reader.done();
    for (const write of pending) write();
    this.#showsAverages = shown;
    writeScalar(this.iterations, iteration);
    writeScalar(this.#rate, rate);
    if (typeof this.#learningRate === 'number' && Math.fround(this.#learningRate) !== rate) {
      this.#learningRate = rate;
    }
  }

  /** The options and the learning rate for `getConfig`. */
  protected baseConfig(): JsonObject {
    return { learningRate: serializeRate(this.#learningRate), ...serializeOptions(this.options) };
  }

  #advance(step: Tensor, write: (target: Variable, value: Tensor) => void): Readonly<Record<string, Tensor>> {
    const present = Object.fromEntries([...this.#shared].map(([name, { value }]) => [name, value]));
    const next = this.advance(present, step.cast('float32'));
    for (const [name, number] of this.#shared) write(number, next[name]!);
    return next;
  }

  #clip(gradients: readonly Tensor[]): readonly Tensor[] {
    const { clipnorm, globalClipnorm, clipvalue } = this.options;
    if (clipnorm !== undefined) {
      return this.#kept.map(({ block }, index) => {
        const parts = block.split(gradients[index]!);
        return block.join(parts.map((part) => clipByNorm(part, clipnorm)));
      });
    }
    if (globalClipnorm !== undefined) return clipByGlobalNorm(gradients, globalClipnorm);
    if (clipvalue !== undefined) return gradients.map((gradient) => clipByValue(gradient, clipvalue));
    return gradients;
  }
}
