/** The fully connected layer as prediction needs it, with the activations that few models use. */
import type { JsonObject } from '@hadal/core';
import { allActivations } from '../../all-activations';
import { fromEntries } from '../../layer/options';
import { readSavedRules, unspecifiedRules, type WeightRules } from '../../layer/weight-rules';
import { Dense, type DenseArchitecture, readDenseArchitecture } from './dense';

/**
 * A {@link Dense} that knows all activations by name: to be listed instead of it where a model uses one of those that are
 * not in every bundle, such as `sparsemax` or `hardTanh`.
 *
 * @example
 * const model = await loadModel('digits', { layers: [DenseOfAnyActivation] });
 */
export class DenseOfAnyActivation extends Dense {
  constructor(units: number, options: DenseArchitecture = {}, rules: WeightRules = unspecifiedRules) {
    super(units, options, rules, allActivations);
  }

  static override fromConfig(config: JsonObject): DenseOfAnyActivation {
    return fromEntries(
      Dense.className,
      config,
      (reader) =>
        new DenseOfAnyActivation(
          reader.integer('units'),
          readDenseArchitecture(reader, allActivations),
          readSavedRules(reader),
        ),
    );
  }
}
