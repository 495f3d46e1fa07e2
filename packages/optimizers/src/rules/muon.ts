/** Muon: momentum made orthogonal for matrices, AdamW for everything else. */
import type { JsonObject } from '@hadal/core';
import { ConfigReader, matmul, pow, sqrt, square, sum, type Tensor, type Variable } from '@hadal/core';
import { requireDecay, requireFraction, requireNotNegative, requirePositiveInteger } from '../checks';
import { flushNegligible, type Layout } from '../flat';
import { matchesPart, readNames } from '../groups';
import type { LearningRate } from '../optimizer';
import { type OptimizerOptions, readLearningRate, readOptions } from '../options';
import { type BlockForm, type UpdateInput, type UpdateOutput, UpdateRule } from '../update-rule';

export interface MuonOptions extends OptimizerOptions {
  /** How much of the previous momentum is kept (default 0.95). */
  readonly momentum?: number;
  /** Looks ahead along the momentum (default true). */
  readonly nesterov?: boolean;
  /** Newton–Schulz iterations (default 5). */
  readonly nsSteps?: number;
  /** Coefficients of the iteration (default 3.4445, -4.775, 2.0315). */
  readonly muonA?: number;
  readonly muonB?: number;
  readonly muonC?: number;
  /** Root mean square of steps relative to the rate; null takes them as they are (default 0.2). */
  readonly rmsRate?: number | null;
  /** Parts of the names of matrices that AdamW is to update; `*` in one stands for anything (default none). */
  readonly excludeLayers?: readonly string[];
  /** Lets AdamW update what has "embedding" in its name (default true). */
  readonly excludeEmbeddings?: boolean;
  /** Decay of AdamW's mean of gradients (default 0.9). */
  readonly adamBeta1?: number;
  /** Decay of AdamW's mean of squared gradients (default 0.999). */
  readonly adamBeta2?: number;
  /** Weight decay of what AdamW updates; null means none (default 0.004). */
  readonly adamWeightDecay?: number | null;
  /** AdamW's rate relative to the learning rate (default 1). */
  readonly adamLrRatio?: number;
  /** Added to the root of AdamW's second moment (default 1e-7). */
  readonly epsilon?: number;
  /** Weight decay of matrices (default 0.004). */
  readonly weightDecay?: number | undefined;
}

/** Keeps the norm of a zero matrix from dividing by 0. */
const LEAST_NORM = 1e-7;

/** What saved configurations leave out. */
const DEFAULTS = {
  momentum: 0.95,
  nesterov: true,
  nsSteps: 5,
  muonA: 3.4445,
  muonB: -4.775,
  muonC: 2.0315,
  rmsRate: 0.2,
  excludeEmbeddings: true,
  adamBeta1: 0.9,
  adamBeta2: 0.999,
  adamWeightDecay: 0.004,
  adamLrRatio: 1,
  epsilon: 1e-7,
} as const;

/**
 * For matrices `m ← μ·m + g`, `u = NewtonSchulz(g + μ·m)`, which is nearly orthogonal, and
 * `w ← w − lr·0.2·√max(rows, columns)·u`; AdamW for all other variables and for embeddings.
 *
 * Source: Jordan et al., "Muon" (2024), with the scaling of Liu et al., "Muon is Scalable for LLM Training" (2025), in
 * the form of Keras 3.
 */
export class Muon extends UpdateRule {
  static readonly className = 'Muon';
  readonly className = Muon.className;
  readonly #muon: Required<Omit<MuonOptions, keyof OptimizerOptions>>;

  constructor(learningRate: LearningRate = 0.001, options: MuonOptions = {}) {
    const {
      momentum = DEFAULTS.momentum,
      nesterov = DEFAULTS.nesterov,
      nsSteps = DEFAULTS.nsSteps,
      muonA = DEFAULTS.muonA,
      muonB = DEFAULTS.muonB,
      muonC = DEFAULTS.muonC,
      rmsRate = DEFAULTS.rmsRate,
      excludeLayers = [],
      excludeEmbeddings = DEFAULTS.excludeEmbeddings,
      adamBeta1 = DEFAULTS.adamBeta1,
      adamBeta2 = DEFAULTS.adamBeta2,
      adamWeightDecay = DEFAULTS.adamWeightDecay,
      adamLrRatio = DEFAULTS.adamLrRatio,
      epsilon = DEFAULTS.epsilon,
      weightDecay = 0.004,
      ...shared
    } = options;
    super(learningRate, { ...shared, weightDecay });
    requireFraction('Muon', 'momentum', momentum);
    requirePositiveInteger('Muon', 'nsSteps', nsSteps);
    requireDecay('Muon', 'adamBeta1', adamBeta1);
    requireDecay('Muon', 'adamBeta2', adamBeta2);
    requireNotNegative('Muon', 'adamLrRatio', adamLrRatio);
    requireNotNegative('Muon', 'epsilon', epsilon);
    if (rmsRate !== null) requireNotNegative('Muon', 'rmsRate', rmsRate);
    if (adamWeightDecay !== null) requireNotNegative('Muon', 'adamWeightDecay', adamWeightDecay);
    this.#muon = {
      momentum,
      nesterov,
      nsSteps,
      muonA,
      muonB,
      muonC,
      rmsRate,
      excludeLayers,
      excludeEmbeddings,
      adamBeta1,
      adamBeta2,
      adamWeightDecay,
      adamLrRatio,
      epsilon,
    };
  }

  protected override layoutOf({ name, rank }: Variable): Layout {
    const { excludeLayers, excludeEmbeddings } = this.#muon;
    if (rank !== 2) return 'packed';
    if (excludeEmbeddings && name.toLowerCase().includes('embedding')) return 'packed';
    return excludeLayers.some((part) => matchesPart(name, part)) ? 'packed' : 'separate';
  }

  protected override slotNames({ layout }: BlockForm): readonly string[] {
    return layout === 'separate' ? ['momentum'] : ['momentum', 'velocity'];
  }

  protected override decayOf({ layout }: BlockForm): number | undefined {
    return layout === 'separate' ? this.options.weightDecay : (this.#muon.adamWeightDecay ?? undefined);
  }

  protected override update(input: UpdateInput): UpdateOutput {
    return input.layout === 'separate' ? this.#updateMatrix(input) : this.#updateOther(input);
  }

  #updateMatrix({ value, gradient, slots, learningRate, shape }: UpdateInput): UpdateOutput {
    const { nesterov, rmsRate, momentum: kept } = this.#muon;
    const momentum = flushNegligible(slots.momentum!.mul(kept).add(gradient));
    const direction = this.#orthogonal(nesterov ? gradient.add(momentum.mul(kept)) : momentum);
    const size = rmsRate === null ? 1 : Math.sqrt(Math.max(...shape)) * rmsRate;
    return { value: value.sub(direction.mul(learningRate.mul(size))), slots: { momentum } };
  }

  /** Brings all singular values near 1 by an odd polynomial, applied again and again. */
  #orthogonal(matrix: Tensor): Tensor {
    const { nsSteps, muonA, muonB, muonC } = this.#muon;
    const [rows = 0, columns = 0] = matrix.shape;
    const isTall = rows > columns;
    let x = isTall ? matrix.transpose() : matrix;
    x = x.div(sqrt(sum(square(x))).add(LEAST_NORM));
    for (let step = 0; step < nsSteps; step++) {
      const gram = matmul(x, x, { transposeB: true });
      const polynomial = gram.mul(muonB).add(matmul(gram.mul(muonC), gram));
      x = x.mul(muonA).add(matmul(polynomial, x));
    }
    return isTall ? x.transpose() : x;
  }

  #updateOther({ value, gradient, slots, learningRate, step }: UpdateInput): UpdateOutput {
    const { adamBeta1, adamBeta2, adamLrRatio, epsilon } = this.#muon;
    const m = slots.momentum!;
    const v = slots.velocity!;
    const momentum = flushNegligible(m.add(gradient.sub(m).mul(1 - adamBeta1)));
    const difference = square(gradient).sub(v);
    const velocity = flushNegligible(v.add(difference.mul(1 - adamBeta2)));
    const correction = sqrt(pow(adamBeta2, step).neg().add(1)).div(pow(adamBeta1, step).neg().add(1));
    const rate = learningRate.mul(adamLrRatio).mul(correction);
    const next = value.sub(momentum.mul(rate).div(sqrt(velocity).add(epsilon)));
    return { value: next, slots: { momentum, velocity } };
  }

  override getConfig(): JsonObject {
    return { ...this.baseConfig(), ...this.#muon };
  }

  static fromConfig(config: JsonObject): Muon {
    const reader = new ConfigReader(Muon.className, config);
    const learningRate = readLearningRate(reader);
    const number = (key: NumberKey): number => reader.number(key, DEFAULTS[key]);
    /** Null means none here, so it is told from absent. */
    const numberOrNone = (key: 'rmsRate' | 'adamWeightDecay'): number | null =>
      Object.hasOwn(config, key) ? (reader.optionalNumber(key) ?? null) : DEFAULTS[key];
    const options: MuonOptions = {
      ...readOptions(reader),
      momentum: number('momentum'),
      nesterov: reader.boolean('nesterov', DEFAULTS.nesterov),
      nsSteps: number('nsSteps'),
      muonA: number('muonA'),
      muonB: number('muonB'),
      muonC: number('muonC'),
      rmsRate: numberOrNone('rmsRate'),
      excludeLayers: reader.value('excludeLayers') === undefined ? [] : readNames(reader, 'excludeLayers'),
      excludeEmbeddings: reader.boolean('excludeEmbeddings', DEFAULTS.excludeEmbeddings),
      adamBeta1: number('adamBeta1'),
      adamBeta2: number('adamBeta2'),
      adamWeightDecay: numberOrNone('adamWeightDecay'),
      adamLrRatio: number('adamLrRatio'),
      epsilon: number('epsilon'),
    };
    reader.done();
    return new Muon(learningRate, options);
  }
}

/** The options that are plain numbers. */
type NumberKey = {
  [Key in keyof typeof DEFAULTS]: (typeof DEFAULTS)[Key] extends number ? Key : never;
}[keyof typeof DEFAULTS];

/**
 * Makes a {@link Muon} optimizer.
 *
 * @param learningRate a number or a schedule (default 0.001)
 * @example
 * const optimizer = muon(2e-3, { excludeLayers: ['head'], weightDecay: 0.1 });
 */
export const muon = (learningRate?: LearningRate, options?: MuonOptions): Muon =>
  new Muon(learningRate, options);
