/** Lookahead: slow weights that follow, every few updates, where the fast ones went. */
import type { HostArray, JsonObject, Tensor, Variable } from '@hadal/core';
import { ConfigReader, equal, logicalAnd, mod, notEqual, where } from '@hadal/core';
import { requireFraction, requirePositiveInteger } from '../checks';
import type { LossClosure, Optimizer } from '../optimizer';
import type { StateReader } from '../state';
import { type MakeOptimizer, OptimizerWrapper, readInner } from './wrapper';

export interface LookaheadOptions {
  /** Updates of the wrapped optimizer between two steps of the slow weights (default 6). */
  readonly syncPeriod?: number;
  /** How far the slow weights go towards the fast ones, in [0, 1] (default 0.5). */
  readonly slowStepSize?: number;
}

/** The slow weights in saved states. */
const SLOW = 'slow';

/**
 * After every `syncPeriod` updates `s ← s + α(w − s)` and `w ← s`.
 *
 * Source: Zhang et al., "Lookahead Optimizer: k steps forward, 1 step back" (2019).
 */
export class Lookahead extends OptimizerWrapper {
  static readonly className = 'Lookahead';
  readonly className = Lookahead.className;
  readonly syncPeriod: number;
  readonly slowStepSize: number;
  /** One for each block. */
  #slow: readonly Variable[] = [];

  constructor(inner: Optimizer, { syncPeriod = 6, slowStepSize = 0.5 }: LookaheadOptions = {}) {
    super(inner);
    requirePositiveInteger('Lookahead', 'syncPeriod', syncPeriod);
    requireFraction('Lookahead', 'slowStepSize', slowStepSize);
    this.syncPeriod = syncPeriod;
    this.slowStepSize = slowStepSize;
  }

  protected override prepare(): void {
    this.#slow = this.blocks.map((block) => block.keep(SLOW, block.target.value));
  }

  override apply(gradients: readonly Tensor[], variables?: readonly Variable[]): void {
    if (variables !== undefined) this.build(variables);
    this.#follow(() => this.inner.apply(gradients));
  }

  override minimize(loss: LossClosure): Tensor {
    return this.#follow(() => this.inner.minimize(loss));
  }

  #follow<Result>(update: () => Result): Result {
    const before = this.updateCount();
    const result = update();
    const count = this.updateCount();
    const isDue = logicalAnd(notEqual(count, before), equal(mod(count, this.syncPeriod), 0));
    for (const [index, { target }] of this.blocks.entries()) {
      const slow = this.#slow[index]!;
      const followed = slow.value.add(target.value.sub(slow.value).mul(this.slowStepSize));
      const next = where(isDue, followed, slow.value);
      target.assign(where(isDue, followed, target.value));
      slow.assign(next);
    }
    return result;
  }

  protected override ownVariables(): readonly Variable[] {
    return this.#slow;
  }

  protected override async ownState(): Promise<[name: string, array: HostArray][]> {
    const entries: [string, HostArray][] = [];
    for (const [index, block] of this.blocks.entries()) {
      entries.push(...(await block.read(SLOW, this.#slow[index]!)));
    }
    return entries;
  }

  protected override readOwnState(reader: StateReader): readonly (() => void)[] {
    return this.blocks.map((block, index) =>
      block.prepareWrite(SLOW, this.#slow[index]!, (key) => reader.array(key, block.dtype)),
    );
  }

  override getConfig(): JsonObject {
    const { syncPeriod, slowStepSize } = this;
    return { ...this.baseConfig(), syncPeriod, slowStepSize };
  }

  /** @param make how the wrapped optimizer is made again */
  static fromConfig(config: JsonObject, make: MakeOptimizer): Lookahead {
    const reader = new ConfigReader(Lookahead.className, config);
    const inner = readInner(reader, make);
    const syncPeriod = reader.integer('syncPeriod', 6);
    const slowStepSize = reader.number('slowStepSize', 0.5);
    reader.done();
    return new Lookahead(inner, { syncPeriod, slowStepSize });
  }
}

/**
 * Wraps an optimizer in {@link Lookahead}.
 *
 * @example
 * model.compile({ optimizer: lookahead(adam(1e-3)), loss: 'mse' });
 */
export const lookahead = (inner: Optimizer, options?: LookaheadOptions): Lookahead =>
  new Lookahead(inner, options);
