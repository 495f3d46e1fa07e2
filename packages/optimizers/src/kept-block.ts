/** A block of variables with all that an update rule keeps for it: state, gathered gradients, and a moving average. */
import type { HostArray, Tensor, Variable } from '@hadal/core';
import { equal, mod, notEqual, tensor, where, zerosLike } from '@hadal/core';
import type { ParameterBlock } from './flat';
import { matchesPart, type ParameterGroup } from './groups';
import { emaMomentumOf, type OptimizerOptions } from './options';
import { LearningRateSchedule } from './schedules/schedule';

/** The names of what is kept for every rule, in saved states. */
const GATHERED = 'gradientAccumulator';
const AVERAGE = 'average';

export class KeptBlock {
  /** 1 where weight decay applies and 0 elsewhere; undefined when it applies everywhere. */
  readonly #decayMask: Tensor | undefined;
  /** The sum of gradients since the last update, where one update is made with several. */
  readonly #gathered: Variable | undefined;
  readonly #average: Variable | undefined;

  /**
   * @param group the parameter group of the block's variables
   * @param slots the rule's own state
   */
  constructor(
    readonly block: ParameterBlock,
    readonly group: ParameterGroup | undefined,
    readonly slots: ReadonlyMap<string, Variable>,
    readonly options: OptimizerOptions,
  ) {
    const { excludeFromWeightDecay = [], gradientAccumulationSteps, useEma = false } = options;
    const zeros = (): Tensor => zerosLike(block.target.value);
    this.#decayMask = block.weights(({ name }) =>
      excludeFromWeightDecay.some((part) => matchesPart(name, part)) ? 0 : 1,
    );
    this.#gathered = gradientAccumulationSteps === undefined ? undefined : block.keep(GATHERED, zeros());
    this.#average = useEma ? block.keep(AVERAGE, zeros()) : undefined;
  }

  /** Everything that is kept, by its name in saved states. */
  get state(): ReadonlyMap<string, Variable> {
    return new Map([
      ...this.slots,
      ...(this.#gathered === undefined ? [] : [[GATHERED, this.#gathered] as const]),
      ...(this.#average === undefined ? [] : [[AVERAGE, this.#average] as const]),
    ]);
  }

  /** The entries of a saved state. */
  async read(): Promise<[name: string, array: HostArray][]> {
    const entries: [string, HostArray][] = [];
    for (const [name, slot] of this.state) entries.push(...(await this.block.read(name, slot)));
    return entries;
  }

  /** The gradient of a call, or, where an update is due, its mean with those since the last one. */
  meanGradient(gradients: readonly Tensor[], isDue: Tensor | undefined): Tensor {
    const gradient = this.block.gather(gradients);
    const { gradientAccumulationSteps } = this.options;
    if (this.#gathered === undefined || isDue === undefined || gradientAccumulationSteps === undefined) {
      return gradient;
    }
    const total = gradient.add(this.#gathered.value);
    this.#gathered.assign(where(isDue, 0, total));
    return total.div(gradientAccumulationSteps);
  }

  /** The rate of the block's group, of the block's dtype, from that of the optimizer. */
  rate(ofOptimizer: Tensor, iterations: Variable): Tensor {
    const { learningRate: own, learningRateScale } = this.group ?? {};
    const rate = (): Tensor => {
      if (learningRateScale !== undefined) return ofOptimizer.mul(learningRateScale);
      if (own === undefined) return ofOptimizer;
      return own instanceof LearningRateSchedule
        ? own.valueAt(iterations.value.cast('float32'))
        : tensor(own);
    };
    return rate().cast(this.block.dtype);
  }

  /** The variables after weight decay. */
  decayed(ofRule: number | undefined, rate: Tensor): Tensor {
    const { value } = this.block.target;
    const decay = this.group?.weightDecay ?? ofRule;
    if (decay === undefined || decay === 0) return value;
    const lost = value.mul(decay).mul(rate);
    return value.sub(this.#decayMask === undefined ? lost : lost.mul(this.#decayMask));
  }

  /** Moves the average on after a call. */
  updateAverage(updatesBefore: Tensor): void {
    const average = this.#average;
    if (average === undefined) return;
    const { dtype, target } = this.block;
    // The first average is the variable itself.
    const momentum = notEqual(updatesBefore, 0).cast(dtype).mul(emaMomentumOf(this.options));
    const next = average.value.mul(momentum).add(target.value.mul(momentum.neg().add(1)));
    average.assign(next);
    const { emaOverwriteFrequency } = this.options;
    if (emaOverwriteFrequency === undefined) return;
    const isDue = equal(mod(updatesBefore.add(tensor(1, { dtype: 'int32' })), emaOverwriteFrequency), 0);
    target.assign(where(isDue, next, target.value));
  }

  /** Lets variables and average change places. */
  exchange(): void {
    if (this.#average === undefined) return;
    const { value } = this.block.target;
    this.block.target.assign(this.#average.value);
    this.#average.assign(value);
  }

  /** Makes variables and average equal to the average. */
  settle(showsAverages: boolean): void {
    if (this.#average === undefined) return;
    if (showsAverages) this.#average.assign(this.block.target.value);
    else this.block.target.assign(this.#average.value);
  }
}
