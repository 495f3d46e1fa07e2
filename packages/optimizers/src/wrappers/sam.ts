/** SAM: sharpness-aware minimization, which takes gradients where the loss nearby is worst. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, abs, ConfigReader, gradients } from '@hadal/core';
import { requireBuilt } from '../checks';
import { globalNorm } from '../clip';
import type { LossClosure, Optimizer } from '../optimizer';
import { type MakeOptimizer, OptimizerWrapper, readInner } from './wrapper';

export interface SAMOptions {
  /** How far away the worst loss is looked for (default 0.05; adaptive ones are usually ten times larger). */
  readonly rho?: number;
  /** Measures distance relative to the size of each weight (default false). */
  readonly adaptive?: boolean;
}

/** Keeps a gradient of 0 from dividing by 0. */
const LEAST_NORM = 1e-12;

/**
 * `e = ρ·g / ‖g‖` over all variables, then an update with the gradient at `w + e`; adaptive, `e = ρ·w²g / ‖|w|·g‖`.
 * The loss is computed twice for each update, so a step takes twice as long; running means of batch normalization see
 * both, and dropout draws anew.
 *
 * Source: Foret et al., "Sharpness-Aware Minimization" (2021); adaptive: Kwon et al., "ASAM" (2021).
 */
export class SAM extends OptimizerWrapper {
  static readonly className = 'SAM';
  readonly className = SAM.className;
  readonly rho: number;
  readonly adaptive: boolean;

  constructor(inner: Optimizer, { rho = 0.05, adaptive = false }: SAMOptions = {}) {
    super(inner);
    if (!(Number.isFinite(rho) && rho > 0)) {
      throw new ArgumentError('SAM', `rho is ${rho}; expected a distance above 0.`);
    }
    this.rho = rho;
    this.adaptive = adaptive;
  }

  /** @throws {ArgumentError} always: gradients at the present weights are not enough */
  override apply(): void {
    throw new ArgumentError(
      'SAM',
      'an update needs gradients at other weights than the present ones.',
      'Call optimizer.minimize(() => loss) instead of apply; wrap SAM around other wrappers that scale the loss.',
    );
  }

  override minimize(loss: LossClosure): Tensor {
    requireBuilt('optimizer.minimize', this.variables);
    const value = loss(0);
    const ascent = gradients(this.scaleLoss(value), this.variables);
    const here = this.blocks.map(({ target }) => target.value);
    const uphill = this.blocks.map((block, index) => {
      const gradient = block.gather(ascent);
      return this.adaptive ? gradient.mul(abs(here[index]!)) : gradient;
    });
    const scale = globalNorm(uphill.map((part) => part.cast('float32')))
      .add(LEAST_NORM)
      .pow(-1)
      .mul(this.rho);
    for (const [index, { dtype, target }] of this.blocks.entries()) {
      const way = uphill[index]!.mul(scale.cast(dtype));
      target.assign(here[index]!.add(this.adaptive ? way.mul(abs(here[index]!)) : way));
    }
    const descent = gradients(this.scaleLoss(loss(1)), this.variables);
    for (const [index, { target }] of this.blocks.entries()) target.assign(here[index]!);
    this.inner.apply(descent);
    return value;
  }

  override getConfig(): JsonObject {
    return { ...this.baseConfig(), rho: this.rho, adaptive: this.adaptive };
  }

  /** @param make how the wrapped optimizer is made again */
  static fromConfig(config: JsonObject, make: MakeOptimizer): SAM {
    const reader = new ConfigReader(SAM.className, config);
    const inner = readInner(reader, make);
    const rho = reader.number('rho', 0.05);
    const adaptive = reader.boolean('adaptive', false);
    reader.done();
    return new SAM(inner, { rho, adaptive });
  }
}

/**
 * Wraps an optimizer in {@link SAM}.
 *
 * @example
 * model.compile({ optimizer: sam(sgd(0.1, { momentum: 0.9 })), loss: 'mse' });
 */
export const sam = (inner: Optimizer, options?: SAMOptions): SAM => new SAM(inner, options);
