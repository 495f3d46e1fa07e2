/**
 * What training knows of the kernel and the bias of a layer: how they begin, and which penalties are on them.
 *
 * Weights of a loaded model come from its file, so a program that only predicts needs none of it: there the rules stay
 * as they were saved, and neither initializers nor random numbers come along.
 */
import type { ConfigReader, JsonObject } from '@hadal/core';
import { ArgumentError } from '@hadal/core';
import type { Regularizer } from '../regularizers/regularizer-base';
import type { WeightOptions } from './layer';

export interface WeightRules {
  readonly kernel: WeightOptions;
  readonly bias: WeightOptions;
  /** A penalty on the output. */
  readonly activityRegularizer?: Regularizer | undefined;
  /** The rules as they are saved. */
  getConfig(): JsonObject;
}

const RULES = [
  'kernelInitializer',
  'biasInitializer',
  'kernelRegularizer',
  'biasRegularizer',
  'activityRegularizer',
  'kernelConstraint',
  'biasConstraint',
] as const;

const fromFile: WeightOptions = {
  initializer: {
    className: 'FromFile',
    getConfig: () => ({}),
    make() {
      throw new ArgumentError(
        'layer',
        "layers of '@hadal/layers/inference' have no values but those of a saved model.",
        "Load one with loadModel, or import the layer from '@hadal/layers' to make weights.",
      );
    },
  },
};

/** Rules as they were saved, kept for saving them again. */
export function readSavedRules(reader: ConfigReader): WeightRules {
  const config = Object.fromEntries(RULES.map((key) => [key, reader.serialized(key) ?? null]));
  return { ...unspecifiedRules, getConfig: () => config };
}

/** The rules of a layer that was not loaded. */
export const unspecifiedRules: WeightRules = { kernel: fromFile, bias: fromFile, getConfig: () => ({}) };
