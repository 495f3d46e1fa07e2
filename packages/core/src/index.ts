/**
 * What users of Hadal import from `@hadal/core`.
 */

export type { BatchAxes } from './autograd/axes';
export { checkpoint } from './autograd/checkpoint';
export type { ValueAndRule } from './autograd/custom-gradient';
export { customGradient } from './autograd/custom-gradient';
export { gradients } from './autograd/gradients';
export type { JacobianOptions } from './autograd/jacobian';
export { hessian, hvp, jacobian } from './autograd/jacobian';
export { jvp, linearize } from './autograd/jvp';
export { stopGradient } from './autograd/stop-gradient';
export type { TensorFunction } from './autograd/transforms';
export { grad, valueAndGrad, vjp } from './autograd/transforms';
export type { VmapOptions } from './autograd/vmap';
export { vmap } from './autograd/vmap';
export type { CompiledArgument, CompiledArguments, CompiledFunction, CompileOptions } from './compile';
export { compile } from './compile';
export type { JsonObject, SerializedObject } from './contracts/config';
export { ConfigReader, describeJson, isJsonObject, requireSerialized } from './contracts/config';
export type {
  Dataset,
  DatasetIterator,
  HostArray,
  HostArrays,
  IterateOptions,
  TrainingBatch,
} from './contracts/dataset';
export type { JsonValue } from './contracts/json';
export type { BlobStorage, ManagedStorage, ReadBlobOptions } from './contracts/storage';
export { isBlobName } from './contracts/storage';
export { canonicalName, suggestName } from './contracts/suggest';
export { cond } from './control/cond';
export type { ScanOptions } from './control/scan';
export { forLoop, scan } from './control/scan';
export type { WhileLoopOptions } from './control/while-loop';
export { whileLoop } from './control/while-loop';
export { createDevice } from './device/create';
export { getDevice, setDevice } from './device/current';
export type { DebugOptions } from './device/debug';
export { setDebug } from './device/debug';
export type { DeviceOptions, DeviceStatistics, MemoryReport } from './device/device';
export { Device } from './device/device';
export { explainPlan, realize } from './device/inspect';
export { interpreter } from './device/interpreter';
export type { MemoryScope } from './device/memory-scope';
export { scope } from './device/memory-scope';
export type { DispatchSummary, Program } from './device/program';
export type { DType, TypedArray } from './dtype';
export { DTYPES, hostArray, hostArrayOver, isFloat, isInteger, limitsOf, promote } from './dtype';
export {
  ArgumentError,
  AxisError,
  DataError,
  DeviceError,
  DTypeError,
  HadalError,
  NumericError,
  ShapeError,
  TraceError,
} from './errors';
export { withScope } from './graph/state';
export { drawMemoryTimeline } from './inspect/draw-memory';
export { drawPlan, drawProgram } from './inspect/draw-plan';
export { formatProfile } from './inspect/format-profile';
export type { MemoryTimeline, TimelineOutput, TimelineStep } from './inspect/memory-timeline';
export { memoryTimeline } from './inspect/memory-timeline';
export type { Profile, ProfileEntry, ProfileOptions } from './inspect/profile';
export { profile } from './inspect/profile';
export type { GeluOptions } from './ops/activations';
export { elu, gelu, leakyRelu, relu, sigmoid, silu, silu as swish, softplus } from './ops/activations';
export type { AdaptivePoolOptions } from './ops/adaptive-pooling';
export {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
} from './ops/adaptive-pooling';
export type { ArgmaxPoolOptions, MaxPoolWithArgmax } from './ops/argmax-pooling';
export { maxPoolWithArgmax, maxUnpool2d } from './ops/argmax-pooling';
export {
  abs,
  add,
  clip,
  div,
  floorDiv,
  maximum,
  minimum,
  mod,
  mul,
  neg,
  pow,
  reciprocal,
  sign,
  square,
  sub,
} from './ops/arithmetic';
export type { IndexExpression } from './ops/assign';
export { addAt, setAt } from './ops/assign';
export type { AssociativeScanOptions } from './ops/associative-scan';
export { associativeScan } from './ops/associative-scan';
export { at } from './ops/at';
export { maskedSoftmax } from './ops/attention/masked-softmax';
export type {
  AlibiOptions,
  PositionOptions,
  RotaryOptions,
  SinusoidalOptions,
} from './ops/attention/positions';
export { alibiBias, rotaryEmbedding, sinusoidalPositions } from './ops/attention/positions';
export type { AttentionOptions } from './ops/attention/scaled-dot-product';
export { groupedQueryAttention, scaledDotProductAttention } from './ops/attention/scaled-dot-product';
export { bitwiseAnd, bitwiseNot, bitwiseOr, bitwiseXor, leftShift, popcount, rightShift } from './ops/bits';
export {
  batchToSpace,
  depthToSpace,
  pixelShuffle,
  pixelUnshuffle,
  spaceToBatch,
  spaceToDepth,
} from './ops/blocks';
export { choose, isIn, multiHot, ravelMultiIndex, select, unravelIndex } from './ops/choosing';
export { addN, clipByNorm, clipByValue, lerp, squaredDifference } from './ops/combining';
export {
  equal,
  greater,
  greaterEqual,
  isFinite,
  isNaN,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  where,
} from './ops/comparison';
export type { ConvOptions } from './ops/conv';
export { conv, conv2d } from './ops/conv';
export type { ConvTransposeOptions } from './ops/conv-transpose';
export { conv1dTranspose, conv2dTranspose, conv3dTranspose, convTranspose } from './ops/conv-transpose';
export { bitcast, cast } from './ops/conversion';
export type { Conv1dOptions, DepthwiseConv1dOptions, DepthwiseConvOptions } from './ops/convolution';
export {
  conv1d,
  conv3d,
  depthwiseConv1d,
  depthwiseConv2d,
  separableConv1d,
  separableConv2d,
} from './ops/convolution';
export type { SequenceMode } from './ops/correlation';
export { convolve, correlate } from './ops/correlation';
export type { BincountOptions, DigitizeOptions, HistogramOptions } from './ops/counting';
export { bincount, digitize, histogram } from './ops/counting';
export type { CorrelationOptions, CovarianceOptions } from './ops/covariance';
export { corrCoef, cov } from './ops/covariance';
export type { CreationOptions, TensorOptions } from './ops/creation';
export {
  arange,
  eye,
  full,
  iota,
  linspace,
  ones,
  onesLike,
  scalar,
  tensor,
  zeros,
  zerosLike,
} from './ops/creation';
export { sigmoidCrossEntropy, softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from './ops/cross-entropy';
export type { CumulativeOptions } from './ops/cumulative';
export { cumMax, cumMin, cumProd, cumSum, logCumSumExp, nanCumProd, nanCumSum } from './ops/cumulative';
export type { CustomOp, TensorSpec } from './ops/custom-op';
export { customOp } from './ops/custom-op';
export type { DataFormat } from './ops/data-format';
export type { DiagEmbedOptions, DiagonalOptions } from './ops/diagonals';
export { diag, diagEmbed, diagFlat, diagonal, fillDiagonal, trace } from './ops/diagonals';
export type { TrapezoidOptions } from './ops/differences';
export { diff, trapezoid } from './ops/differences';
export type { DistanceOptions } from './ops/distance';
export { cdist } from './ops/distance';
export { gcd, lcm } from './ops/divisors';
export { dropout } from './ops/dropout';
export { argWhere, booleanMask, nonzero } from './ops/dynamic';
export { dynamicSlice, dynamicUpdateSlice, sliceUpdate } from './ops/dynamic-slice';
export { einsum } from './ops/einsum';
export {
  ceil,
  cos,
  erf,
  exp,
  expm1,
  floor,
  log,
  log1p,
  round,
  rsqrt,
  sin,
  sqrt,
  tanh,
} from './ops/elementary';
export { erfc, erfInv } from './ops/error-function';
export { copySign, frexp, ldexp, nextAfter, signBit } from './ops/float-parts';
export type { FrameOptions } from './ops/frames';
export { frame, overlapAdd } from './ops/frames';
export { digamma, lgamma, trigamma } from './ops/gamma';
export type { GlobalPoolOptions } from './ops/global-pooling';
export { globalAvgPool, globalMaxPool } from './ops/global-pooling';
export type { IndicesOptions, MeshgridOptions } from './ops/grids';
export { broadcastArrays, broadcastShapes, fromFunction, indices, meshgrid } from './ops/grids';
export type { HostValues, NestedValues, TensorValues } from './ops/host-values';
export { hostValues } from './ops/host-values';
export { acosh, asinh, atanh, cosh, sinh } from './ops/hyperbolic';
export type { Suppression, SuppressionOptions } from './ops/image/boxes';
export { boxIoU, nonMaxSuppression } from './ops/image/boxes';
export {
  adjustBrightness,
  adjustContrast,
  adjustHue,
  adjustSaturation,
  grayscaleToRGB,
  hsvToRgb,
  rgbToGrayscale,
  rgbToHsv,
} from './ops/image/colors';
export type { CropAndResizeOptions } from './ops/image/crop-and-resize';
export { cropAndResize } from './ops/image/crop-and-resize';
export type { BlurOptions } from './ops/image/filters';
export { gaussianBlur, sobelEdges, totalVariation } from './ops/image/filters';
export type { SsimOptions } from './ops/image/quality';
export { psnr, ssim } from './ops/image/quality';
export type { ResizeOptions } from './ops/image/resize';
export { resize, upSampling } from './ops/image/resize';
export type { FillMode, ResizeMethod } from './ops/image/taps';
export type {
  AffineTransformOptions,
  MapCoordinatesOptions,
  RotateOptions,
  TransformOptions,
} from './ops/image/transform';
export { affineTransform, mapCoordinates, rotateWithOffset } from './ops/image/transform';
export type { Span } from './ops/index-text';
export type { OneHotOptions } from './ops/indexing';
export { gather, oneHot, scatterAdd, take } from './ops/indexing';
export type { Sections } from './ops/joining';
export {
  arraySplit,
  atLeast1d,
  atLeast2d,
  atLeast3d,
  columnStack,
  dsplit,
  dstack,
  hsplit,
  hstack,
  unstack,
  vsplit,
  vstack,
} from './ops/joining';
export type { LocalResponseNormalizationOptions } from './ops/local-response-normalization';
export { localResponseNormalization } from './ops/local-response-normalization';
export { exp2, log2, log10, logAddExp, logAddExp2, xlog1py, xlogy } from './ops/logarithms';
export type { FocalOptions, PoissonLossOptions } from './ops/losses';
export {
  cosineSimilarity,
  hingeLoss,
  huberLoss,
  klDivergence,
  logCoshLoss,
  meanAbsoluteError,
  meanSquaredError,
  poissonLoss,
  sigmoidFocalCrossEntropy,
  smoothL1Loss,
  squaredHingeLoss,
} from './ops/losses';
export type { MatmulOptions } from './ops/matmul';
export { dot, matmul, outer, tensordot } from './ops/matmul';
export { matrixPower, multiDot } from './ops/matrix-chain';
export type { MorphologyOptions } from './ops/morphology';
export { dilation2d, erosion2d } from './ops/morphology';
export type { PadWidths, PerAxis } from './ops/movement';
export {
  broadcastTo,
  concat,
  expandDims,
  flatten,
  flip,
  pad,
  permute,
  reshape,
  slice,
  split,
  squeeze,
  stack,
  tile,
  transpose,
} from './ops/movement';
export {
  nanArgMax,
  nanArgMin,
  nanMax,
  nanMean,
  nanMin,
  nanProd,
  nanStd,
  nanSum,
  nanVariance,
} from './ops/nan-reductions';
export type { GatherNdOptions } from './ops/nd-indexing';
export { gatherNd, scatterNd, scatterNdAdd, scatterUpdate, tensorScatterUpdate } from './ops/nd-indexing';
export {
  alphaDropout,
  dropoutWithShape,
  gaussianDropout,
  gaussianNoise,
  spatialDropout,
} from './ops/noise';
export type { AffineOptions } from './ops/normalization/affine';
export type { BatchNormOptions } from './ops/normalization/batch-norm';
export { batchNormalization, batchNormTraining } from './ops/normalization/batch-norm';
export type { GroupNormOptions } from './ops/normalization/group-norm';
export { groupNorm, instanceNorm } from './ops/normalization/group-norm';
export type { LayerNormOptions } from './ops/normalization/layer-norm';
export { layerNorm, rmsNorm } from './ops/normalization/layer-norm';
export type { MatrixNormOptions, NormalizeOptions, VectorNormOptions } from './ops/norms';
export { euclideanNorm, l2Normalize, matrixNorm, normalize, unitNormalize, vectorNorm } from './ops/norms';
export type { TensorLike } from './ops/operand';
export type { QuantileInterpolation, QuantileOptions } from './ops/order-statistics';
export {
  median,
  mode,
  nanMedian,
  nanPercentile,
  nanQuantile,
  percentile,
  quantile,
} from './ops/order-statistics';
export type { PadMode } from './ops/pad-with';
export { mirrorPad, padWith } from './ops/pad-with';
export type { PatchOptions, SlidingWindowOptions } from './ops/patches';
export { extractPatches, fold, slidingWindowView, unfold } from './ops/patches';
export type { PoolOptions } from './ops/pool-windows';
export type { AvgPoolOptions } from './ops/pooling';
export { avgPool, avgPool2d, maxPool, maxPool2d } from './ops/pooling';
export { avgPool1d, avgPool3d, maxPool1d, maxPool3d } from './ops/pooling-by-rank';
export { lpPool } from './ops/power-pooling';
export type { CloseOptions } from './ops/predicates';
export { allClose, arrayEqual, isClose, isInf, isNegInf, isPosInf, logicalXor } from './ops/predicates';
export type { AddmmOptions } from './ops/products';
export { addmm, bilinear, cross, inner, kron, matvec, vdot, vecdot } from './ops/products';
export {
  flipLeftRight,
  flipUpDown,
  moveAxis,
  ravel,
  repeat,
  reverse,
  roll,
  rot90,
  swapAxes,
} from './ops/rearrange';
export {
  celu,
  hardShrink,
  hardSigmoid,
  hardSilu,
  hardSwish,
  hardTanh,
  prelu,
  relu6,
  selu,
  softShrink,
} from './ops/rectifiers';
export type { GruOptions, GruResult, GruWeights } from './ops/recurrent/gru';
export { gru } from './ops/recurrent/gru';
export type { LstmOptions, LstmResult, LstmWeights } from './ops/recurrent/lstm';
export { lstm } from './ops/recurrent/lstm';
export type { RecurrentOptions } from './ops/recurrent/sequence';
export type { ReduceOptions, Reduction, VarianceOptions } from './ops/reductions';
export {
  all,
  any,
  argMax,
  argMin,
  logSumExp,
  max,
  mean,
  min,
  norm,
  prod,
  std,
  sum,
  variance,
} from './ops/reductions';
export { cbrt, hypot } from './ops/roots';
export { fmod, frac, remainder, trunc } from './ops/rounding';
export type { PutAlongAxisOptions, ScatterKind } from './ops/scatter';
export { putAlongAxis, scatterMax, scatterMin, scatterMul, scatterSet } from './ops/scatter';
export type { SearchSide, SearchSortedOptions } from './ops/search';
export { inTopK, lowerBound, searchSorted, upperBound } from './ops/search';
export { segmentMax, segmentMean, segmentMin, segmentProd, segmentSoftmax, segmentSum } from './ops/segments';
export type { Index } from './ops/selection';
export { glu, logSigmoid, mish, softsign, squareplus, tanhShrink } from './ops/smooth-activations';
export { logSoftmax, softmax } from './ops/softmax';
export { labelSmoothing, softmaxOver, softmin } from './ops/softmax-variants';
export type { KthValueOptions, SortOptions, TopKOptions, ValuesAndIndices } from './ops/sort';
export { argsort, kthValue, sort, topK } from './ops/sort';
export type { LogspaceOptions } from './ops/spaced';
export { fullLike, geomspace, identity, logspace } from './ops/spaced';
export { sparsemax, sparsePlus, sparseSigmoid } from './ops/sparse-activations';
export type { NanToNumOptions } from './ops/special-values';
export { divNoNan, fmax, fmin, heaviside, nanToNum, step, threshold } from './ops/special-values';
export type { StandardizeOptions, ZScoreOptions } from './ops/statistics';
export { average, countNonzero, logMeanExp, moments, ptp, standardize, zScore } from './ops/statistics';
export type { StridedSliceOptions } from './ops/strided-slice';
export { stridedSlice } from './ops/strided-slice';
export type { VanderOptions } from './ops/structured';
export { toeplitz, vander } from './ops/structured';
export type { BatchGatherOptions } from './ops/take-along';
export { batchGather, takeAlongAxis } from './ops/take-along';
export type { TriangleIndicesOptions } from './ops/triangles';
export { bandPart, diagIndices, tri, tril, trilIndices, triu, triuIndices } from './ops/triangles';
export { acos, asin, atan, atan2, deg2rad, rad2deg, sinc, tan } from './ops/trigonometry';
export type { Unique, UniqueOptions } from './ops/unique';
export { intersect1d, setdiff1d, union1d, unique } from './ops/unique';
export type { WindowOptions } from './ops/window-functions';
export {
  bartlettWindow,
  blackmanWindow,
  hammingWindow,
  hannWindow,
  kaiserWindow,
} from './ops/window-functions';
export { explainProgram } from './plan/explain';
export type { HalfDType } from './product-precision';
export { withProductDType } from './product-precision';
export type { CategoricalOptions, GumbelSoftmaxOptions } from './random/categorical';
export { gumbelSoftmax, randomCategorical } from './random/categorical';
export type { ExponentialOptions, LocationOptions } from './random/continuous';
export {
  randomCauchy,
  randomExponential,
  randomGumbel,
  randomLaplace,
  randomLogNormal,
} from './random/continuous';
export type { RademacherOptions } from './random/discrete';
export { randomBinomial, randomPoisson, randomRademacher } from './random/discrete';
export type {
  FloatRandomOptions,
  NormalOptions,
  RandomOptions,
  UniformOptions,
} from './random/distributions';
export {
  bernoulli,
  randomBits,
  randomInt,
  randomNormal,
  randomUniform,
  truncatedNormal,
} from './random/distributions';
export type { GammaOptions } from './random/gamma';
export { randomBeta, randomGamma } from './random/gamma';
export { defaultGenerator, Generator, scopedGenerator, setSeed, withSeed } from './random/generator';
export { permutation } from './random/permutation';
export type { ChoiceOptions, ShuffleOptions } from './random/shuffle';
export { randomChoice, randomPermutation, randomShuffle } from './random/shuffle';
export type { Shape } from './shape/shape';
export type { Padding } from './shape/spatial';
export { isTensor, Tensor } from './tensor';
export type { VariableOptions } from './variable';
export { packVariables, Variable, variable } from './variable';
export { version } from './version';
