/**
 * Entry point for backends with kernels for matrix products: `dot` and `conv` brought to one form, sums of products over
 * strided axes, so that one kernel serves them all. Convolutions are an entry of their own (`products/conv`): programs
 * without them then do not carry their matcher.
 */

export { isProductPayload, type ProductPayload, productMatch } from './call';
export { matchDot } from './dot';
export { ALL_KINDS, epilogueLimits, type ProductCall, type ProductMatch } from './matched';
export {
  ArgumentReader,
  type Axis,
  axis,
  count,
  decodeProducts,
  encodeAxes,
  encodeProducts,
  merge,
  type Product,
  simplify,
  singleRightStride,
} from './product';
export { type ResultLayout, resultLayout } from './result';
