/**
 * What is loaded with the first kernel, call or program that needs it, as one module: rare scalar operations, kernels in
 * float64, small loops written out, convolutions, scatters, sorting, scans, recurrent cells, kernels of other packages, threads, pages. One, so
 * that bundlers split off one piece and share one piece with it.
 */

export { matchConv } from '@hadal/core/products/conv';
export { functions } from './emit/double/functions';
export { emitDoubleKernel } from './emit/double/kernel';
export { loadMasked } from './emit/rare/choices';
export { takeExtreme } from './emit/rare/extremes';
export { pushIntegerDivision } from './emit/rare/integer-division';
export { pushRareOperation } from './emit/rare/operations';
export { writeLoopsOut } from './emit/unroller';
export { emitDotsModule, runDots } from './library/gemm/dots';
export { withOnes } from './library/operand-sums';
export { matchRare, prepareRare } from './library/rare-calls';
export { PageExecutor } from './page/executor';
export { Team } from './threads/team';
