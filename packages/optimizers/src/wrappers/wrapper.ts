/** The base of optimizers that wrap another one and change when, where or whether it makes its updates. */
import type {
  HostArray,
  JsonObject,
  ConfigReader as Reader,
  SerializedObject,
  Tensor,
  Variable,
} from '@hadal/core';
import { requireSerialized } from '@hadal/core';
import type { ParameterBlock } from '../flat';
import { type LearningRate, Optimizer, type OptimizerState } from '../optimizer';
import { StateReader } from '../state';

/** Under which names the wrapped optimizer's state is kept. */
const INNER = 'inner/';

/** Makes the optimizer that a wrapper's configuration names. */
export type MakeOptimizer = (serialized: SerializedObject) => Optimizer;

/** Everything is that of the wrapped optimizer, unless a subclass says otherwise. */
export abstract class OptimizerWrapper extends Optimizer {
  #prepared = false;

  /** @param inner the optimizer that makes the updates */
  constructor(readonly inner: Optimizer) {
    super();
  }

  /** Makes the wrapper's own state; called once, when the blocks are known. */
  protected prepare(): void {}

  /** The wrapper's own state, which updates may change. */
  protected ownVariables(): readonly Variable[] {
    return [];
  }

  /** The wrapper's own entries of a saved state. */
  protected async ownState(): Promise<readonly (readonly [name: string, array: HostArray])[]> {
    return [];
  }

  /** Checks the wrapper's own entries, and gives what writes them. */
  protected readOwnState(_reader: StateReader): readonly (() => void)[] {
    return [];
  }

  override get iterations(): Variable {
    return this.inner.iterations;
  }

  override get built(): boolean {
    return this.inner.built;
  }

  override get variables(): readonly Variable[] {
    return this.inner.variables;
  }

  override get blocks(): readonly ParameterBlock[] {
    return this.inner.blocks;
  }

  override get learningRate(): LearningRate {
    return this.inner.learningRate;
  }

  override set learningRate(rate: number) {
    this.inner.learningRate = rate;
  }

  override learningRateTensor(): Tensor {
    return this.inner.learningRateTensor();
  }

  override updateCount(): Tensor {
    return this.inner.updateCount();
  }

  override build(variables: readonly Variable[]): void {
    this.inner.build(variables);
    if (this.#prepared) return;
    this.prepare();
    this.#prepared = true;
  }

  override scaleLoss(loss: Tensor): Tensor {
    return this.inner.scaleLoss(loss);
  }

  override showAverages(show: boolean): boolean {
    return this.inner.showAverages(show);
  }

  override acceptAverages(): void {
    this.inner.acceptAverages();
  }

  override finalize(): void {
    this.inner.finalize();
  }

  override changing(): readonly Variable[] {
    return [...this.ownVariables(), ...this.inner.changing()];
  }

  /** The wrapper's own entries, and those of the wrapped optimizer under `inner/`. */
  override async state(): Promise<OptimizerState> {
    const inner = [...(await this.inner.state())].map(([name, array]) => [`${INNER}${name}`, array] as const);
    return new Map([...(await this.ownState()), ...inner]);
  }

  override setState(state: OptimizerState): void {
    const reader = new StateReader(state);
    const inner = reader.within(INNER);
    const pending = this.readOwnState(reader);
    reader.done();
    this.inner.setState(inner);
    for (const write of pending) write();
  }

  /** The wrapped optimizer for `getConfig`. */
  protected baseConfig(): JsonObject {
    return { innerOptimizer: { className: this.inner.className, config: this.inner.getConfig() } };
  }
}

/** The wrapped optimizer of a saved configuration. */
export const readInner = (reader: Reader, make: MakeOptimizer): Optimizer =>
  make(requireSerialized('optimizer.innerOptimizer', reader.value('innerOptimizer')));
