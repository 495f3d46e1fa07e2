/**
 * Recurrent cells: one step of a recurrent layer. A cell is a layer of its own, [x, …states] → [output, …states], and
 * what recurrent layers run over sequences.
 *
 * What the steps of a sequence share is made once before the first of them: dropout masks, parts of weights, and what
 * the inputs contribute, which is one product for all steps instead of one for each.
 */
import type { Device, DType, Tensor } from '@hadal/core';
import { ArgumentError, zeros } from '@hadal/core';
import type { CallContext } from '../../layer/context';
import { Layer } from '../../layer/layer';
import { formatLayerShape, type LayerShape } from '../../layer/shape';

/** What one step gives. */
export interface StepResult {
  /** Of this step, [batch, units]. */
  readonly output: Tensor;
  /** What the next step begins with. */
  readonly states: readonly Tensor[];
}

/** A cell set up for one sequence. */
export interface CellRun {
  /**
   * What the inputs contribute.
   *
   * @param x those of one step, [batch, …], or of all steps, [batch, time, …]
   */
  project(x: Tensor): Tensor;
  /** @param projected what the inputs of the step contribute, [batch, …] */
  step(projected: Tensor, states: readonly Tensor[]): StepResult;
}

/** What a run is set up for. */
export interface RunSetting {
  /** The shape of the inputs of a step, with the batch. */
  readonly shape: readonly number[];
  /** Of the layer. */
  readonly dtype: DType;
  /** Where the sequence is. */
  readonly device: Device | undefined;
  /** Training or not. */
  readonly context: CallContext;
}

/** How a sequence is walked through. */
export interface SequenceRules {
  /** bool [batch, time]; where it is false, states are held. */
  readonly mask: Tensor | undefined;
  /** From the last step to the first; outputs keep the places of their inputs. */
  readonly reverse: boolean;
}

/** All steps of a sequence at once. */
export interface WholeRun {
  /** [batch, time, …] */
  readonly outputs: Tensor;
  /** After the last step. */
  readonly states: readonly Tensor[];
}

/**
 * Base of cells. One of your own says its states and its outputs by shape, makes its weights in `buildStep`, and
 * computes in what `begin` gives.
 *
 * @example
 * class Sum extends RecurrentCell {
 *   static readonly className = 'Sum';
 *   readonly className = Sum.className;
 *   stateShapes(step: LayerShape) { return [step]; }
 *   begin(): CellRun {
 *     return {
 *       project: (x) => x,
 *       step: (x, [total]) => ({ output: x.add(total!), states: [x.add(total!)] }),
 *     };
 *   }
 *   static fromConfig(config: JsonObject) { … }
 * }
 * rnn(new Sum(), { returnSequences: true }).apply(ones([1, 3, 2])); // 1, 2, 3 in both features
 */
export abstract class RecurrentCell extends Layer<readonly Tensor[], readonly Tensor[]> {
  /** How many axes the inputs of a step have, batch included; undefined where any will do. */
  get stepRank(): number | undefined {
    return undefined;
  }

  /**
   * Whether the output is the first of the states, so that it need not be handed on beside it.
   */
  get outputsFirstState(): boolean {
    return false;
  }

  override get takesSeveral(): boolean {
    return true;
  }

  /** The shapes of the states, batch first, for inputs of one step, [batch, …]. */
  abstract stateShapes(stepShape: LayerShape): readonly LayerShape[];

  /** The shape of the output of a step; by default that of the first state. */
  outputShape(stepShape: LayerShape): LayerShape {
    return this.stateShapes(stepShape)[0] ?? stepShape;
  }

  /** Makes the weights for inputs of one step. */
  buildStep(_stepShape: LayerShape): void {}

  /** Sets the cell up for one sequence. */
  abstract begin(setting: RunSetting): CellRun;

  /** Runs over a whole sequence in one operation, where there is one for it. */
  runWhole(
    _sequences: Tensor,
    _states: readonly Tensor[] | undefined,
    _rules: SequenceRules,
    _context: CallContext,
  ): WholeRun | undefined {
    return undefined;
  }

  override build([stepShape = []]: readonly LayerShape[]): void {
    this.buildStep(stepShape);
  }

  override call([x, ...states]: readonly Tensor[], context: CallContext): readonly Tensor[] {
    if (x === undefined) throw new ArgumentError(this.scope, 'got no inputs.');
    requireStates(this.scope, states, this.stateShapes(x.shape));
    const run = this.begin({ shape: x.shape, dtype: x.dtype, device: x.device, context });
    const { output, states: after } = run.step(run.project(x), states);
    return [output, ...after];
  }

  override computeOutputShape([stepShape = []]: readonly LayerShape[]): readonly LayerShape[] {
    return [this.outputShape(stepShape), ...this.stateShapes(stepShape)];
  }
}

/**
 * Checks the number and the shapes of states.
 *
 * @throws {ArgumentError} when there are more or fewer, or one has another shape
 */
export function requireStates(
  where: string,
  states: readonly Tensor[],
  expected: readonly LayerShape[],
): void {
  const fits =
    states.length === expected.length &&
    states.every(({ shape }, index) => {
      const wanted = expected[index] ?? [];
      return shape.length === wanted.length && shape.every((extent, axis) => extent === wanted[axis]);
    });
  if (fits) return;
  throw new ArgumentError(
    where,
    `got states ${states.map(({ shape }) => `[${shape.join(', ')}]`).join(', ') || 'of no shape'}.`,
    `Expected ${expected.map(formatLayerShape).join(', ')} after the input.`,
  );
}

/** States of zeros. */
export const zeroStates = (
  shapes: readonly LayerShape[],
  dtype: DType,
  device: Device | undefined,
): readonly Tensor[] =>
  shapes.map((shape) =>
    zeros(
      shape.map((extent) => extent ?? 1),
      { dtype, ...(device && { device }) },
    ),
  );
