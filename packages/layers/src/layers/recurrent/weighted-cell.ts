/**
 * What cells with a kernel, a recurrent kernel and a bias share: the weights, and dropout that drops the same in all
 * steps of a sequence.
 *
 * As in Keras each gate has a mask of its own as soon as there is recurrent dropout, and all share one otherwise.
 */
import type { Tensor, Variable } from '@hadal/core';
import { concat, dropout as drop, Generator, matmul, ones, split } from '@hadal/core';
import { type ActivationLike, checkActivation } from '../../all-activations';
import type { CallContext } from '../../layer/context';
import { requireDropoutRate, requirePositiveInteger } from '../../layer/rules';
import { type LayerShape, requireExtent } from '../../layer/shape';
import { RecurrentCell, type RunSetting } from './cell';
import { type CellOptions, RecurrentRules } from './weights';

/** Masks of what is dropped, one for all gates or one for each; undefined where nothing is. */
export type GateMasks = readonly Tensor[] | undefined;

export abstract class WeightedCell extends RecurrentCell {
  /** Features of the output and of each state. */
  readonly units: number;
  readonly activation: ActivationLike;
  readonly useBias: boolean;
  readonly dropout: number;
  readonly recurrentDropout: number;
  readonly seed: number | undefined;
  protected readonly rules: RecurrentRules;
  readonly #generator: Generator | undefined;
  #kernel: Variable | undefined;
  #recurrentKernel: Variable | undefined;
  #bias: Variable | undefined;

  constructor(
    where: string,
    /** How many gates stand side by side in the kernels. */
    protected readonly gates: number,
    units: number,
    options: CellOptions,
    rules = new RecurrentRules(options),
  ) {
    super(options);
    this.units = requirePositiveInteger(where, 'units', units);
    this.activation = checkActivation(options.activation ?? 'tanh');
    this.useBias = options.useBias ?? true;
    this.dropout = requireDropoutRate(where, 'dropout', options.dropout ?? 0);
    this.recurrentDropout = requireDropoutRate(where, 'recurrentDropout', options.recurrentDropout ?? 0);
    this.seed = options.seed;
    this.rules = rules;
    this.#generator = options.seed === undefined ? undefined : new Generator(options.seed);
  }

  override get stepRank(): number {
    return 2;
  }

  override get outputsFirstState(): boolean {
    return true;
  }

  override get generators(): readonly Generator[] {
    return this.#generator === undefined ? [] : [this.#generator];
  }

  /** The shape of the bias. */
  protected get biasShape(): readonly number[] {
    return [this.gates * this.units];
  }

  override buildStep(stepShape: LayerShape): void {
    const features = requireExtent(this.className, stepShape, -1, 'the last axis');
    const columns = this.gates * this.units;
    this.#kernel = this.addWeight('kernel', [features, columns], this.rules.kernel);
    this.#recurrentKernel = this.addWeight('recurrent_kernel', [this.units, columns], this.rules.recurrent);
    if (this.useBias) this.#bias = this.addWeight('bias', this.biasShape, this.rules.bias);
  }

  protected get kernel(): Tensor {
    return this.#kernel!.value;
  }

  protected get recurrentKernel(): Tensor {
    return this.#recurrentKernel!.value;
  }

  protected get bias(): Tensor | undefined {
    return this.#bias?.value;
  }

  /** How many masks a sequence has. */
  get #maskCount(): number {
    return this.recurrentDropout > 0 ? this.gates : 1;
  }

  /** What is dropped of the inputs: masks [batch, features]. */
  protected inputMasks({ shape, dtype, device, context }: RunSetting): GateMasks {
    if (!context.training || this.dropout === 0) return undefined;
    const whole = ones(shape, { dtype, ...(device && { device }) });
    return this.#draw(whole, this.dropout);
  }

  /** What is dropped of the state: masks [batch, units]. */
  protected stateMasks({ shape, dtype, device, context }: RunSetting): GateMasks {
    if (!context.training || this.recurrentDropout === 0) return undefined;
    const whole = ones([shape[0] ?? 1, this.units], { dtype, ...(device && { device }) });
    return this.#draw(whole, this.recurrentDropout);
  }

  /** Whether the state is used as it is. */
  protected keepsState(training: boolean): boolean {
    return !training || this.recurrentDropout === 0;
  }

  /** The inputs of all steps, [batch, time, features], without what is dropped where all gates drop the same. */
  protected wholeInputs(sequences: Tensor, context: CallContext): Tensor {
    const { dtype, device, shape } = sequences;
    const step = [...shape.slice(0, 1), ...shape.slice(2)];
    const [dropped] = this.inputMasks({ shape: step, dtype, device, context }) ?? [];
    return dropped === undefined ? sequences : sequences.mul(alongSteps(dropped, sequences));
  }

  #draw(whole: Tensor, rate: number): readonly Tensor[] {
    return Array.from({ length: this.#maskCount }, () => drop(whole, rate, this.#generator));
  }
}

/**
 * `x · kernel` with masks on x; where every gate has one, each with its own columns of the kernel.
 *
 * @param x [batch, …, features]; masks are [batch, features]
 */
export function maskedProduct(masks: GateMasks, kernel: Tensor): (x: Tensor) => Tensor {
  const [first, ...others] = masks ?? [];
  if (first === undefined) return (x) => matmul(x, kernel);
  if (others.length === 0) return (x) => matmul(x.mul(alongSteps(first, x)), kernel);
  const gates = [first, ...others];
  const kernels = split(kernel, gates.length, 1);
  return (x) =>
    concat(
      kernels.map((each, gate) => matmul(x.mul(alongSteps(gates[gate] ?? first, x)), each)),
      -1,
    );
}

/** A mask [batch, features] for x [batch, …, features]. */
export function alongSteps(mask: Tensor, x: Tensor): Tensor {
  const [batch = 1, ...rest] = mask.shape;
  return mask.reshape([batch, ...Array.from({ length: x.rank - mask.rank }, () => 1), ...rest]);
}
