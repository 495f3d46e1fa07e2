/** Dynamic loss scaling: the largest power of two by which the loss can be multiplied so that gradients stay finite. */
import type { HostArray, JsonObject, Tensor, Variable } from '@hadal/core';
import {
  ArgumentError,
  all,
  ConfigReader,
  equal,
  isFinite as isFiniteNumber,
  logicalAnd,
  tensor,
  variable,
  where,
} from '@hadal/core';
import { requireBuilt, requireGradients, requirePositiveInteger } from '../checks';
import type { Optimizer } from '../optimizer';
import { readScalar, type StateReader, writeScalar } from '../state';
import { type MakeOptimizer, OptimizerWrapper, readInner } from './wrapper';

export interface LossScaleOptions {
  /** The factor to begin with (default 2¹⁵). */
  readonly initialScale?: number;
  /** Finite updates after which the factor doubles (default 2000). */
  readonly dynamicGrowthSteps?: number;
}

/**
 * Multiplies the loss by a factor and divides the gradients by it. An update whose gradients are not all finite is left
 * out and halves the factor; `dynamicGrowthSteps` finite ones in a row double it. Needed for float16, whose smallest
 * numbers are larger than many gradients.
 *
 * Source: Micikevicius et al., "Mixed Precision Training" (2018), as `LossScaleOptimizer` of Keras 3.
 */
export class LossScaleOptimizer extends OptimizerWrapper {
  static readonly className = 'LossScaleOptimizer';
  readonly className = LossScaleOptimizer.className;
  readonly initialScale: number;
  readonly dynamicGrowthSteps: number;
  /** The factor, float32 []. */
  readonly dynamicScale: Variable;
  /** Finite updates since the factor changed, int32 []. */
  readonly stepCounter: Variable;

  constructor(
    inner: Optimizer,
    { initialScale = 2 ** 15, dynamicGrowthSteps = 2000 }: LossScaleOptions = {},
  ) {
    super(inner);
    if (!(Number.isFinite(initialScale) && initialScale > 0)) {
      throw new ArgumentError(
        'LossScaleOptimizer',
        `initialScale is ${initialScale}; expected a factor above 0.`,
      );
    }
    requirePositiveInteger('LossScaleOptimizer', 'dynamicGrowthSteps', dynamicGrowthSteps);
    this.initialScale = initialScale;
    this.dynamicGrowthSteps = dynamicGrowthSteps;
    this.dynamicScale = variable(tensor(initialScale, { dtype: 'float32' }), {
      name: 'optimizer/dynamicScale',
      trainable: false,
    });
    this.stepCounter = variable(tensor(0, { dtype: 'int32' }), {
      name: 'optimizer/stepCounter',
      trainable: false,
    });
  }

  override scaleLoss(loss: Tensor): Tensor {
    return this.inner.scaleLoss(loss).mul(this.dynamicScale.value.cast(loss.dtype));
  }

  override apply(gradients: readonly Tensor[], variables?: readonly Variable[]): void {
    if (variables !== undefined) this.build(variables);
    requireBuilt('optimizer.apply', this.variables);
    requireGradients(this.variables, gradients);
    const isSound = gradients
      .map((gradient) => all(isFiniteNumber(gradient)))
      .reduce((both, each) => logicalAnd(both, each));
    const scale = this.dynamicScale.value;
    const before = this.inner.changing().map((changing) => [changing, changing.value] as const);
    // A loss in half precision has to be differentiated scaled, but the gradients of float32 variables are float32.
    this.inner.apply(gradients.map((gradient) => gradient.div(scale.cast(gradient.dtype))));
    for (const [changing, value] of before) changing.assign(where(isSound, changing.value, value));

    const counter = this.stepCounter.value;
    const grows = equal(counter, this.dynamicGrowthSteps - 1);
    const none = tensor(0, { dtype: 'int32' });
    const counted = where(grows, none, counter.add(tensor(1, { dtype: 'int32' })));
    this.stepCounter.assign(where(isSound, counted, none));
    this.dynamicScale.assign(where(isSound, where(grows, scale.mul(2), scale), scale.mul(0.5)));
  }

  protected override ownVariables(): readonly Variable[] {
    return [this.dynamicScale, this.stepCounter];
  }

  protected override async ownState(): Promise<[name: string, array: HostArray][]> {
    return [
      ['dynamicScale', await readScalar(this.dynamicScale)],
      ['stepCounter', await readScalar(this.stepCounter)],
    ];
  }

  protected override readOwnState(reader: StateReader): readonly (() => void)[] {
    const scale = reader.scalar('dynamicScale', 'float32');
    const counter = reader.scalar('stepCounter', 'int32');
    return [() => writeScalar(this.dynamicScale, scale), () => writeScalar(this.stepCounter, counter)];
  }

  override getConfig(): JsonObject {
    const { initialScale, dynamicGrowthSteps } = this;
    return { ...this.baseConfig(), initialScale, dynamicGrowthSteps };
  }

  /** @param make how the wrapped optimizer is made again */
  static fromConfig(config: JsonObject, make: MakeOptimizer): LossScaleOptimizer {
    const reader = new ConfigReader(LossScaleOptimizer.className, config);
    const inner = readInner(reader, make);
    const initialScale = reader.number('initialScale', 2 ** 15);
    const dynamicGrowthSteps = reader.integer('dynamicGrowthSteps', 2000);
    reader.done();
    return new LossScaleOptimizer(inner, { initialScale, dynamicGrowthSteps });
  }
}

/**
 * Wraps an optimizer in a {@link LossScaleOptimizer}.
 *
 * @example
 * model.compile({ optimizer: lossScaleOptimizer(adam(1e-3)), loss: 'mse' });
 */
export const lossScaleOptimizer = (inner: Optimizer, options?: LossScaleOptions): LossScaleOptimizer =>
  new LossScaleOptimizer(inner, options);
