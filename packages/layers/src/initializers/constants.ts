/** Initializers that draw nothing: zeros, ones, a constant, the identity matrix. */
import type { DType, JsonObject, Tensor } from '@hadal/core';
import { eye, full, ShapeError } from '@hadal/core';
import { Initializer } from './initializer';

/** All elements 0. */
export class Zeros extends Initializer {
  static readonly className = 'Zeros';
  readonly className = Zeros.className;

  override make(shape: readonly number[], dtype: DType): Tensor {
    return full(shape, 0, { dtype });
  }

  override getConfig(): JsonObject {
    return {};
  }
}

/** All elements 1. */
export class Ones extends Initializer {
  static readonly className = 'Ones';
  readonly className = Ones.className;

  override make(shape: readonly number[], dtype: DType): Tensor {
    return full(shape, 1, { dtype });
  }

  override getConfig(): JsonObject {
    return {};
  }
}

/** All elements `value` (default 0). */
export class Constant extends Initializer {
  static readonly className = 'Constant';
  readonly className = Constant.className;

  constructor(readonly value = 0) {
    super();
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    return full(shape, this.value, { dtype });
  }

  override getConfig(): JsonObject {
    return { value: this.value };
  }
}

/** `gain` times the identity matrix, for weights with two axes. */
export class IdentityInitializer extends Initializer {
  static readonly className = 'Identity';
  readonly className = IdentityInitializer.className;

  constructor(readonly gain = 1) {
    super();
  }

  override make(shape: readonly number[], dtype: DType): Tensor {
    const [rows, columns] = shape;
    if (shape.length !== 2 || rows === undefined || columns === undefined) {
      throw new ShapeError('Identity', `the weight has shape [${shape}], expected two axes.`);
    }
    return eye(rows, columns, { dtype }).mul(this.gain);
  }

  override getConfig(): JsonObject {
    return { gain: this.gain };
  }
}
