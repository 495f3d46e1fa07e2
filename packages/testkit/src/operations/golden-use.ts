/** Golden uses of operations with one and two operands. */
import { scalar, type Tensor } from '@hadal/core';
import type { GoldenUse } from './family';

type Result = Tensor | readonly Tensor[];

export const one =
  (f: (x: Tensor) => Result): GoldenUse =>
  (x = scalar(0)) =>
    f(x);

export const two =
  (f: (x: Tensor, y: Tensor) => Result): GoldenUse =>
  (x = scalar(0), y = scalar(0)) =>
    f(x, y);
