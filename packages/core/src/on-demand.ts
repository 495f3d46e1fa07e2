/**
 * What is loaded when it is first needed: the interpreter, values as text, collection under pressure, and the dtypes
 * that no register holds by itself. One module that imports little, because whatever it shares with the rest makes
 * bundlers cut the rest into pieces, which compress worse.
 */
export { unlessAborted } from './device/abort';
export { collectGarbage } from './device/collect';
export { evaluate } from './interpret/evaluate';
export { interpret } from './interpret/run';
export { emulated } from './lower/emulation';
export { quotientOf, recombine, remainderOf } from './lower/index-division';
export { lowerConcat, lowerGather, lowerPad } from './lower/placed-reads';
export { formatValues } from './ops/format';
export { closeGaps } from './plan/arena-gaps';
export { assemble, inFront, withinPart } from './schedule/assemble';
export { decomposeDot } from './schedule/decompose-dot';
export { pairSums } from './schedule/operand-sums';
export { splitReduction } from './schedule/split-reduction';
