/**
 * The optimizer base: what all update rules share. It packs the variables flat, clips, decays, evaluates the learning
 * rate schedule and counts iterations; an update rule is one function over flat tensors.
 */
import type { HostArray, JsonObject, Tensor, Variable } from '@hadal/core';
import { ArgumentError, DataError, ShapeError, TraceError, tensor, variable } from '@hadal/core';
import { clipByGlobalNorm, clipByNorm, clipByValue } from './clip';
import { type FlatGroup, groupByDType } from './flat';
import { LearningRateSchedule, requireRate } from './schedules/schedule';

/** A number, or a rate that changes with the step. */
export type LearningRate = number | LearningRateSchedule;

/** Options that every optimizer takes. Names and meanings are those of Keras 3. */
export interface OptimizerOptions {
  /** Decoupled weight decay: before each update a variable loses `weightDecay · learningRate` of itself. */
  readonly weightDecay?: number;
  /** Variables that do not decay: parts of their names, such as `['bias']`. */
  readonly excludeFromWeightDecay?: readonly string[];
  /** Largest L2 norm of each variable's gradient. */
  readonly clipnorm?: number;
  /** Largest L2 norm of all gradients together. */
  readonly globalClipnorm?: number;
  /** Largest absolute value of each gradient element. */
  readonly clipvalue?: number;
}

/** What an update rule sees: everything flat, of one dtype. */
export interface UpdateInput {
  /** The variables, [n]. */
  readonly value: Tensor;
  /** Their gradients, clipped, [n]. */
  readonly gradient: Tensor;
  /** The state by name, each [n]. */
  readonly slots: Readonly<Record<string, Tensor>>;
  /** [] of the dtype of `value`. */
  readonly learningRate: Tensor;
  /** Number of this update, counted from 1, [] of the dtype of `value`. */
  readonly step: Tensor;
}

/** What an update rule gives: the new variables and the new state, each [n]. */
export interface UpdateOutput {
  readonly value: Tensor;
  readonly slots: Readonly<Record<string, Tensor>>;
}

/** Optimizer state on the host, by name: what a checkpoint keeps. */
export type OptimizerState = ReadonlyMap<string, HostArray>;

/**
 * Base of all optimizers. Subclass it for a rule of your own: name the state it keeps and write `update`.
 *
 * @example
 * const weights = variable([1, 2]);
 * const optimizer = sgd(0.1);
 * optimizer.build([weights]);
 * optimizer.apply([tensor([1, 1])]);
 * await weights.value.data(); // Float32Array [0.9, 1.9]
 */
export abstract class Optimizer {
  /** The name under which the optimizer is saved. */
  abstract readonly className: string;
  /** Updates made so far, int32 []. */
  readonly iterations: Variable;
  readonly options: OptimizerOptions;

  readonly #rate: Variable;
  #learningRate: LearningRate;
  #groups: readonly FlatGroup[] | undefined;
  #variables: readonly Variable[] = [];

  constructor(learningRate: LearningRate, options: OptimizerOptions = {}) {
    if (typeof learningRate === 'number') requireRate('optimizer', 'learningRate', learningRate);
    requireOptions(options);
    this.#learningRate = learningRate;
    this.options = options;
    this.iterations = variable(tensor(0, { dtype: 'int32' }), {
      name: 'optimizer/iteration',
      trainable: false,
    });
    this.#rate = variable(tensor(typeof learningRate === 'number' ? learningRate : 0, { dtype: 'float32' }), {
      name: 'optimizer/learningRate',
      trainable: false,
    });
  }

  /** The state the rule keeps for every variable; each begins as zeros. */
  protected abstract slotNames(): readonly string[];

  /** One update over flat tensors. */
  protected abstract update(input: UpdateInput): UpdateOutput;

  /** What the factory of this class needs, as plain JSON. */
  abstract getConfig(): JsonObject;

  /** Whether `build` was called. */
  get built(): boolean {
    return this.#groups !== undefined;
  }

  /** The variables this optimizer updates, in order. */
  get variables(): readonly Variable[] {
    return this.#variables;
  }

  /** The learning rate, or the schedule that gives it. */
  get learningRate(): LearningRate {
    return this.#learningRate;
  }

  /**
   * Sets a constant learning rate. It takes effect with the next update and recompiles nothing.
   *
   * @throws {ArgumentError} when the rate follows a schedule, or is negative or not finite
   */
  set learningRate(rate: number) {
    if (this.#learningRate instanceof LearningRateSchedule) {
      throw new ArgumentError(
        'learningRate',
        `the learning rate follows the schedule ${this.#learningRate.className}, so it cannot be set.`,
        'Make the optimizer with a number to set the rate by hand.',
      );
    }
    requireRate('learningRate', 'learningRate', rate);
    this.#learningRate = rate;
    this.#rate.assign(tensor(rate, { dtype: 'float32' }));
  }

  /** The learning rate of the next update as a tensor, float32 []. */
  learningRateTensor(): Tensor {
    return this.#learningRate instanceof LearningRateSchedule
      ? this.#learningRate.valueAt(this.iterations.value.cast('float32'))
      : this.#rate.value;
  }

  /**
   * Packs the variables into flat storage and makes the state. Call it once, before the first update and outside of
   * `compile`; a second call with the same variables does nothing.
   *
   * @throws {ArgumentError} when there are no variables, or others were given before
   * @throws {TraceError} inside of `compile`
   */
  build(variables: readonly Variable[]): void {
    if (this.#groups !== undefined) {
      this.#requireKnown(variables);
      return;
    }
    if (variables.length === 0) {
      throw new ArgumentError('optimizer.build', 'there are no variables to train.');
    }
    if (new Set(variables).size !== variables.length) {
      throw new ArgumentError('optimizer.build', 'a variable is listed twice.');
    }
    if (isTraced(variables[0]!)) {
      throw new TraceError(
        'optimizer.build',
        'the optimizer is being built inside a compiled function, where variables cannot be moved.',
        'Call optimizer.build(variables) once, before the compiled step is called.',
      );
    }
    const excluded = this.options.excludeFromWeightDecay ?? [];
    const decays = ({ name }: Variable): boolean => !excluded.some((part) => name.includes(part));
    this.#variables = [...variables];
    this.#groups = groupByDType(this.#variables, this.slotNames(), decays);
  }

  /**
   * Makes one update. Inside `compile` it becomes part of the compiled step.
   *
   * @param gradients one per variable, in the order of `build`
   * @param variables when given before `build`, the optimizer is built with them
   * @throws {ArgumentError} when the optimizer was not built or gradients are missing
   * @throws {ShapeError} when a gradient has another shape than its variable
   */
  apply(gradients: readonly Tensor[], variables?: readonly Variable[]): void {
    if (variables !== undefined) this.build(variables);
    const groups = this.#groups;
    if (groups === undefined) {
      throw new ArgumentError(
        'optimizer.apply',
        'the optimizer does not know its variables yet.',
        'Call optimizer.build(variables) first, or pass the variables as the second argument.',
      );
    }
    this.#requireGradients(gradients);
    const learningRate = this.learningRateTensor();
    const step = this.iterations.value.add(tensor(1, { dtype: 'int32' }));
    const flat = this.#clip(groups, gradients);
    for (const [index, group] of groups.entries()) {
      const rate = learningRate.cast(group.dtype);
      const slots = Object.fromEntries([...group.slots].map(([name, slot]) => [name, slot.value]));
      const output = this.update({
        value: this.#decay(group, rate),
        gradient: flat[index]!,
        slots,
        learningRate: rate,
        step: step.cast(group.dtype),
      });
      group.packed.assign(output.value);
      for (const [name, slot] of group.slots) slot.assign(output.slots[name]!);
    }
    this.iterations.assign(step);
  }

  #clip(groups: readonly FlatGroup[], gradients: readonly Tensor[]): Tensor[] {
    const { clipnorm, globalClipnorm, clipvalue } = this.options;
    const limited =
      clipnorm === undefined ? gradients : gradients.map((gradient) => clipByNorm(gradient, clipnorm));
    const flat = groups.map((group) => group.flatten(limited));
    if (globalClipnorm !== undefined) return clipByGlobalNorm(flat, globalClipnorm);
    if (clipvalue !== undefined) return flat.map((gradient) => clipByValue(gradient, clipvalue));
    return flat;
  }

  #decay(group: FlatGroup, learningRate: Tensor): Tensor {
    const { weightDecay } = this.options;
    const value = group.packed.value;
    if (weightDecay === undefined || weightDecay === 0) return value;
    const lost = value.mul(weightDecay).mul(learningRate);
    return value.sub(group.decayMask === undefined ? lost : lost.mul(group.decayMask));
  }

  /** The state by name: `iteration`, `learningRate`, and `<slot>/<variable index>`. */
  async state(): Promise<OptimizerState> {
    const state = new Map<string, HostArray>();
    const scalarState = async (name: string, { value }: Variable): Promise<void> => {
      state.set(name, { data: await value.data(), shape: [], dtype: value.dtype });
    };
    await scalarState('iteration', this.iterations);
    await scalarState('learningRate', this.#rate);
    for (const group of this.#groups ?? []) {
      for (const name of group.slots.keys()) {
        const parts = await group.readSlot(name);
        for (const [at, index] of group.indices.entries()) state.set(`${name}/${index}`, parts[at]!);
      }
    }
    return state;
  }

  /**
   * Restores what `state` gave. The optimizer must have been built with variables of the same shapes.
   *
   * @throws {DataError} when something is missing, left over, or of another shape or dtype
   */
  setState(state: OptimizerState): void {
    const remaining = new Map(state);
    const take = (name: string, dtype: string): HostArray => {
      const value = remaining.get(name);
      if (value === undefined) throw new DataError('optimizer state', `'${name}' is missing.`);
      if (value.dtype !== dtype) {
        throw new DataError('optimizer state', `'${name}' is ${value.dtype}, expected ${dtype}.`);
      }
      remaining.delete(name);
      return value;
    };
    const takeNumber = (name: string, dtype: string): number => {
      const { data } = take(name, dtype);
      if (data.length !== 1) {
        throw new DataError('optimizer state', `'${name}' has ${data.length} elements, expected 1.`);
      }
      return data[0]!;
    };
    const iteration = takeNumber('iteration', 'int32');
    const rate = takeNumber('learningRate', 'float32');
    const pending: (() => void)[] = [];
    for (const group of this.#groups ?? []) {
      for (const name of group.slots.keys()) {
        const parts = group.indices.map((index) => take(`${name}/${index}`, group.dtype));
        pending.push(() => group.writeSlot(name, parts));
      }
    }
    const extra = [...remaining.keys()];
    if (extra.length > 0) {
      throw new DataError(
        'optimizer state',
        `${extra.length} unexpected entries: ${extra.slice(0, 5).join(', ')}.`,
        'The state belongs to another optimizer, or to more variables.',
      );
    }
    for (const write of pending) write();
    this.iterations.assign(tensor(iteration, { dtype: 'int32' }));
    this.#rate.assign(tensor(rate, { dtype: 'float32' }));
    if (typeof this.#learningRate === 'number' && Math.fround(this.#learningRate) !== rate) {
      this.#learningRate = rate;
    }
  }

  /** The options and the learning rate for `getConfig`. */
  protected baseConfig(): JsonObject {
    const { weightDecay, excludeFromWeightDecay, clipnorm, globalClipnorm, clipvalue } = this.options;
    const learningRate =
      typeof this.#learningRate === 'number'
        ? this.#learningRate
        : { className: this.#learningRate.className, config: this.#learningRate.getConfig() };
    return {
      learningRate,
      weightDecay: weightDecay ?? null,
      excludeFromWeightDecay: excludeFromWeightDecay ?? null,
      clipnorm: clipnorm ?? null,
      globalClipnorm: globalClipnorm ?? null,
      clipvalue: clipvalue ?? null,
    };
  }

  #requireKnown(variables: readonly Variable[]): void {
    const same =
      variables.length === this.#variables.length &&
      variables.every((given, index) => given === this.#variables[index]);
    if (same) return;
    throw new ArgumentError(
      'optimizer.build',
      `this optimizer was built for ${this.#variables.length} variables and now gets ${variables.length} others.`,
      'Make a new optimizer for another model: its state belongs to the variables it was built with.',
    );
  }

  #requireGradients(gradients: readonly Tensor[]): void {
    if (gradients.length !== this.#variables.length) {
      throw new ArgumentError(
        'optimizer.apply',
        `${gradients.length} gradients for ${this.#variables.length} variables.`,
        'Pass one gradient per variable, in the order of optimizer.build.',
      );
    }
    for (const [index, gradient] of gradients.entries()) {
      const { name, shape } = this.#variables[index]!;
      const fits =
        gradient.shape.length === shape.length &&
        gradient.shape.every((extent, axis) => extent === shape[axis]);
      if (!fits) {
        throw new ShapeError(
          'optimizer.apply',
          `the gradient of '${name}' is [${gradient.shape}], expected [${shape}].`,
        );
      }
    }
  }
}

/** Whether a variable's value stands for a parameter of a function that is being compiled. */
function isTraced({ value }: Variable): boolean {
  let { node } = value;
  for (let [first] = node.inputs; first !== undefined; [first] = node.inputs) node = first;
  return node.op === 'parameter';
}

function requireOptions(options: OptimizerOptions): void {
  const { clipnorm, globalClipnorm, clipvalue, weightDecay } = options;
  const limits = { clipnorm, globalClipnorm, clipvalue };
  const given = Object.entries(limits).filter(([, limit]) => limit !== undefined);
  for (const [name, limit] of given) {
    if (!(limit !== undefined && Number.isFinite(limit) && limit > 0)) {
      throw new ArgumentError('optimizer', `${name} is ${limit}; expected a limit above 0.`);
    }
  }
  if (given.length > 1) {
    throw new ArgumentError(
      'optimizer',
      `${given.map(([name]) => name).join(' and ')} are given; gradients are clipped in one way only.`,
    );
  }
  if (weightDecay !== undefined && !(Number.isFinite(weightDecay) && weightDecay >= 0)) {
    throw new ArgumentError('optimizer', `weightDecay is ${weightDecay}; expected at least 0.`);
  }
}
