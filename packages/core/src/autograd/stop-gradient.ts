/** Where differentiation ends. Apart from it, so that programs that only predict carry none of it. */
import { detach } from '../graph/build';
import { lift1, type TensorLike } from '../ops/operand';
import type { Tensor } from '../tensor';

/**
 * The same values, as a constant for differentiation.
 *
 * @example
 * await grad((x) => x.mul(stopGradient(x)))(3).item(); // 3, not 6
 */
export const stopGradient = (x: TensorLike): Tensor => lift1('stopGradient', x, detach);
