/** Golden uses of operations with one, two and three operands. */
import { scalar, type Tensor } from '@hadal/core';
import type { GoldenUse } from './family';

type Result = ReturnType<GoldenUse>;

export const one =
  (f: (x: Tensor) => Result): GoldenUse =>
  (x = scalar(0)) =>
    f(x);

export const two =
  (f: (x: Tensor, y: Tensor) => Result): GoldenUse =>
  (x = scalar(0), y = scalar(0)) =>
    f(x, y);

export const three =
  (f: (x: Tensor, y: Tensor, z: Tensor) => Result): GoldenUse =>
  (x = scalar(0), y = scalar(0), z = scalar(0)) =>
    f(x, y, z);
