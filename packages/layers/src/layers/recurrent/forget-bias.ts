/** How the bias of a long short-term memory begins: with 1 at the forget gate, so that it remembers at first. */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { concat, ones } from '@hadal/core';
import { Initializer } from '../../initializers/initializer';

/**
 * The biases of the gates i, f, g, o: 1 for f, `others` for the rest.
 *
 * Source: Jozefowicz, Zaremba & Sutskever (2015).
 */
export class ForgetBias extends Initializer {
  readonly className = 'ForgetBias';

  constructor(readonly others: Initializer) {
    super();
  }

  override make([size = 0]: readonly number[], dtype: DType): Tensor {
    const units = size / 4;
    return concat([
      this.others.make([units], dtype),
      ones([units], { dtype }),
      this.others.make([2 * units], dtype),
    ]);
  }

  override getConfig(): JsonObject {
    return this.others.getConfig();
  }
}
