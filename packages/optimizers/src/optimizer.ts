/**
 * What training needs of an optimizer: variables, updates, a learning rate, and state that can be saved. Update rules
 * and what wraps around them are the two kinds of optimizers.
 */
import type { HostArray, JsonObject, Tensor, Variable } from '@hadal/core';
import { gradients } from '@hadal/core';
import type { ParameterBlock } from './flat';
import type { LearningRateSchedule } from './schedules/schedule';

/** A number, or a rate that changes with the step. */
export type LearningRate = number | LearningRateSchedule;

/** Optimizer state on the host, by name: what a checkpoint keeps. */
export type OptimizerState = ReadonlyMap<string, HostArray>;

/** A loss that can be built again; `pass` is 0, and counts up where an optimizer asks for it at other weights. */
export type LossClosure = (pass: number) => Tensor;

/**
 * Any optimizer. For a formula of your own extend `UpdateRule`, for something around other optimizers
 * `OptimizerWrapper`.
 *
 * @example
 * const weights = variable(tensor([1, 2]));
 * const optimizer = sgd(0.1);
 * optimizer.build([weights]);
 * optimizer.apply([tensor([1, 1])]);
 * await weights.value.data(); // Float32Array [0.9, 1.9]
 */
export abstract class Optimizer {
  /** The name under which the optimizer is saved. */
  abstract readonly className: string;

  /** Calls of `apply` so far, int32 []. */
  abstract get iterations(): Variable;

  /** Whether `build` was called. */
  abstract get built(): boolean;

  /** The variables this optimizer updates, in order. */
  abstract get variables(): readonly Variable[];

  /** Where the variables live: several packed into one, or one on its own. Empty before `build`. */
  abstract get blocks(): readonly ParameterBlock[];

  /** The learning rate, or the schedule that gives it. */
  abstract get learningRate(): LearningRate;

  /**
   * Sets a constant learning rate. It takes effect with the next update and recompiles nothing.
   *
   * @throws {ArgumentError} when the rate follows a schedule, or is negative or not finite
   */
  abstract set learningRate(rate: number);

  /** The learning rate of the next update as a tensor, float32 []. */
  abstract learningRateTensor(): Tensor;

  /** Updates made so far, int32 []: `iterations`, or fewer where gradients of several calls are gathered. */
  abstract updateCount(): Tensor;

  /**
   * Arranges the variables and makes the state. Call it once, before the first update and outside of `compile`; a second
   * call with the same variables does nothing.
   *
   * @throws {ArgumentError} when there are no variables, or others were given before
   * @throws {TraceError} inside of `compile`
   */
  abstract build(variables: readonly Variable[]): void;

  /**
   * Makes one update. Inside `compile` it becomes part of the compiled step.
   *
   * @param gradients one per variable, in the order of `build`
   * @param variables when given before `build`, the optimizer is built with them
   * @throws {ArgumentError} when the optimizer was not built or gradients are missing
   * @throws {ShapeError} when a gradient has another shape than its variable
   */
  abstract apply(gradients: readonly Tensor[], variables?: readonly Variable[]): void;

  /** Everything an update may change: blocks, state and counters. */
  abstract changing(): readonly Variable[];

  /** The state by name. */
  abstract state(): Promise<OptimizerState>;

  /**
   * Restores what `state` gave. The optimizer must have been built with variables of the same shapes.
   *
   * @throws {DataError} when something is missing, left over, or of another shape or dtype; then nothing has changed
   */
  abstract setState(state: OptimizerState): void;

  /** What the factory of this class needs, as plain JSON. */
  abstract getConfig(): JsonObject;

  /**
   * Puts the moving averages in the place of the variables, where the optimizer keeps such, or the variables back. No
   * update may be made while the averages are shown.
   *
   * @returns whether there are averages
   */
  abstract showAverages(show: boolean): boolean;

  /** Where averages are shown, they become what the variables are. Before updates that do not continue a run. */
  acceptAverages(): void {}

  /** Ends training: variables become their moving averages where `useEma` is set. */
  abstract finalize(): void;

  /** The loss as it has to be differentiated, multiplied where small gradients would vanish otherwise. */
  scaleLoss(loss: Tensor): Tensor {
    return loss;
  }

  /**
   * Differentiates a loss and makes one update: `apply(gradients(loss, variables))`, or what the optimizer needs instead.
   *
   * @param loss builds the loss from the variables' present values, float []
   * @returns the loss before the update, not scaled
   * @throws {ArgumentError} when the optimizer was not built
   * @example
   * const step = compile((x: Tensor, y: Tensor) => optimizer.minimize(() => mean(x.mul(w.value).sub(y).square())));
   */
  minimize(loss: LossClosure): Tensor {
    const value = loss(0);
    this.apply(gradients(this.scaleLoss(value), this.variables));
    return value;
  }
}
