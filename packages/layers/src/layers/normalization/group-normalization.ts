/** Group normalization and instance normalization: every example by itself, over its positions. */
import type { JsonObject, Tensor } from '@hadal/core';
import { ArgumentError, groupNorm, moveAxis } from '@hadal/core';
import { fromEntries } from '../../layer/options';
import { requirePositiveInteger } from '../../layer/rules';
import type { LayerShape } from '../../layer/shape';
import {
  AffineNormalization,
  type AffineNormalizationOptions,
  readAffineNormalization,
} from './affine-normalization';
import { extentsAlong, resolveAxes } from './axes';

export interface InstanceNormalizationOptions extends AffineNormalizationOptions {
  /** The axis of the channels (default -1). */
  readonly axis?: number;
}

export interface GroupNormalizationOptions extends InstanceNormalizationOptions {
  /** How many groups the channels are cut into (default 32); -1 for as many as there are channels. */
  readonly groups?: number;
}

/** Normalizes groups of channels of every example. */
abstract class GroupedNormalization extends AffineNormalization {
  readonly axis: number;

  constructor(options: InstanceNormalizationOptions) {
    super(options);
    this.axis = options.axis ?? -1;
  }

  /** How many groups `channels` are cut into. */
  protected abstract groupsOf(channels: number): number;

  override build(inputShape: LayerShape): void {
    const shape = extentsAlong(this.className, inputShape, this.axis);
    this.#groups(shape[0] ?? 1);
    this.addAffineWeights(shape);
  }

  #groups(channels: number): number {
    const groups = this.groupsOf(channels);
    if (channels % groups === 0) return groups;
    throw new ArgumentError(
      this.className,
      `${channels} channels cannot be cut into ${groups} equal groups.`,
      'The number of groups has to divide the number of channels.',
    );
  }

  override call(inputs: Tensor): Tensor {
    const [axis = -1] = resolveAxes(this.className, this.axis, inputs.rank);
    const groups = this.#groups(inputs.shape[axis] ?? 1);
    const last = moveAxis(this.floating(inputs), axis, -1);
    return moveAxis(groupNorm(last, groups, this.affine), -1, axis);
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), axis: this.axis };
  }
}

/**
 * Cuts the channels into `groups` and brings each group of each example to mean 0 and variance 1 over its channels and
 * positions; gamma and beta follow. The shape stays. Weights: `gamma` and `beta`, [channels].
 *
 * Source: Wu & He (2018).
 *
 * @example
 * groupNormalization({ groups: 4 }).apply(zeros([2, 8, 8, 16])).shape; // [2, 8, 8, 16]
 */
export class GroupNormalization extends GroupedNormalization {
  static readonly className = 'GroupNormalization';
  readonly className = GroupNormalization.className;
  readonly groups: number;

  constructor(options: GroupNormalizationOptions = {}) {
    super(options);
    const { groups = 32 } = options;
    this.groups = groups === -1 ? groups : requirePositiveInteger('GroupNormalization', 'groups', groups);
  }

  protected override groupsOf(channels: number): number {
    return this.groups === -1 ? channels : this.groups;
  }

  override getConfig(): JsonObject {
    return { ...super.getConfig(), groups: this.groups };
  }

  static fromConfig(config: JsonObject): GroupNormalization {
    return fromEntries(
      GroupNormalization.className,
      config,
      (reader) =>
        new GroupNormalization({
          ...readAffineNormalization(reader),
          axis: reader.integer('axis', -1),
          groups: reader.integer('groups', 32),
        }),
    );
  }
}

/**
 * Brings every channel of every example to mean 0 and variance 1 over its positions; gamma and beta follow. The shape
 * stays. Weights: `gamma` and `beta`, [channels].
 *
 * Source: Ulyanov, Vedaldi & Lempitsky (2016).
 *
 * @example
 * instanceNormalization().apply(zeros([2, 8, 8, 3])).shape; // [2, 8, 8, 3]
 */
export class InstanceNormalization extends GroupedNormalization {
  static readonly className = 'InstanceNormalization';
  readonly className = InstanceNormalization.className;

  constructor(options: InstanceNormalizationOptions = {}) {
    super(options);
  }

  protected override groupsOf(channels: number): number {
    return channels;
  }

  static fromConfig(config: JsonObject): InstanceNormalization {
    return fromEntries(
      InstanceNormalization.className,
      config,
      (reader) =>
        new InstanceNormalization({
          ...readAffineNormalization(reader),
          axis: reader.integer('axis', -1),
        }),
    );
  }
}

/** Makes a {@link GroupNormalization} layer. */
export const groupNormalization = (options?: GroupNormalizationOptions): GroupNormalization =>
  new GroupNormalization(options);

/** Makes an {@link InstanceNormalization} layer. */
export const instanceNormalization = (options?: InstanceNormalizationOptions): InstanceNormalization =>
  new InstanceNormalization(options);
