/** What the library kernels of this package use of code generation. */

export { ENTRY, RESERVED_BYTES } from './convention';
export { type DoubleFunctions, doubleFunctions, hasDoubles } from './doubles';
export { type Expression, Expressions } from './expressions';
export { emitKernel } from './kernel';
export { loadFor } from './load';
export {
  ELEMENT_BYTES,
  type Element,
  elementOf,
  LANES,
  loadScalar,
  loadVector,
  storeScalar,
  storeVector,
} from './memory-access';
export { type EmitOptions, laneOf, Operations } from './operations';
export { loadRare } from './rare';
export { loadUnroller } from './unroll';
export { isWide, type Lane, pushLane, pushScalar, pushVector, splat, type Value } from './value';
