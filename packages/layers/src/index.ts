/** What users import from `@hadal/layers`. */
export { setSeed, withSeed } from '@hadal/core';
export type { ActivationFunction, ProbabilityActivation } from './activations';
export { logitsOf } from './activations';
export type { ActivationLike, ActivationName } from './all-activations';
export type { BackupAndRestoreOptions } from './callbacks/backup-and-restore';
export { BackupAndRestore } from './callbacks/backup-and-restore';
export type { BatchProgress, CallbackState, EpochFigures, RunPlan } from './callbacks/callback';
export { Callback } from './callbacks/callback';
export type { CSVLoggerOptions } from './callbacks/csv-logger';
export { CSVLogger } from './callbacks/csv-logger';
export type { EarlyStoppingOptions } from './callbacks/early-stopping';
export { EarlyStopping } from './callbacks/early-stopping';
export type { HistoryLogs } from './callbacks/history';
export { History } from './callbacks/history';
export type { LambdaHooks } from './callbacks/lambda';
export { LambdaCallback } from './callbacks/lambda';
export type { LearningRateFinderOptions, TriedRate } from './callbacks/learning-rate-finder';
export { LearningRateFinder } from './callbacks/learning-rate-finder';
export type { EpochSchedule } from './callbacks/learning-rate-scheduler';
export { LearningRateScheduler } from './callbacks/learning-rate-scheduler';
export type { ModelCheckpointOptions } from './callbacks/model-checkpoint';
export { ModelCheckpoint } from './callbacks/model-checkpoint';
export type { MonitorOptions } from './callbacks/monitor';
export type { TextElement } from './callbacks/page-stream';
export { pageStream } from './callbacks/page-stream';
export type { ProgressBarOptions, ProgressStream } from './callbacks/progress-bar';
export { ProgressBar } from './callbacks/progress-bar';
export type { ReduceLROnPlateauOptions } from './callbacks/reduce-lr-on-plateau';
export { ReduceLROnPlateau } from './callbacks/reduce-lr-on-plateau';
export type { StopAtTargetOptions } from './callbacks/stop-at-target';
export { StopAtTarget } from './callbacks/stop-at-target';
export type { SwapEMAWeightsOptions } from './callbacks/swap-ema-weights';
export { SwapEMAWeights } from './callbacks/swap-ema-weights';
export type { TensorBoardOptions } from './callbacks/tensor-board';
export { TensorBoard } from './callbacks/tensor-board';
export type { TerminateOnNaNOptions } from './callbacks/terminate-on-nan';
export { TerminateOnNaN } from './callbacks/terminate-on-nan';
export { Constraint } from './constraints/constraint';
export type { MinMaxNormOptions, NormAxis } from './constraints/norms';
export {
  MaxNorm,
  MinMaxNorm,
  maxNorm,
  minMaxNorm,
  NonNeg,
  nonNeg,
  UnitNorm,
  unitNorm,
} from './constraints/norms';
export type { ConstraintLike, ConstraintName } from './constraints/table';
export { diagnose } from './diagnosis/diagnose';
export type { Finding, FindingKind } from './diagnosis/finding';
export { Constant, IdentityInitializer, Ones, Zeros } from './initializers/constants';
export type { STFTWindow, WindowLike } from './initializers/fourier';
export { Initializer } from './initializers/initializer';
export type { OrthogonalOptions } from './initializers/orthogonal';
export { Orthogonal } from './initializers/orthogonal';
export { RandomNormal, RandomUniform, TruncatedNormal } from './initializers/random';
export type { STFTOptions, STFTScaling } from './initializers/stft';
export { STFT, stft } from './initializers/stft';
export type { InitializerLike, InitializerName } from './initializers/table';
export {
  computeFans,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  lecunNormal,
  lecunUniform,
  VarianceScaling,
} from './initializers/variance-scaling';
export type { Arranged, Replaced, Tensors } from './layer/arrangement';
export type { CallContext } from './layer/context';
export { inferenceContext } from './layer/context';
export type {
  AnyLayer,
  LayerClass,
  LayerOptions,
  LayerReader,
  NamedWeight,
  WeightOptions,
} from './layer/layer';
export { Layer } from './layer/layer';
export { maskOf, withMask } from './layer/mask';
export { OneOrMoreLayer } from './layer/one-or-more';
export { readLayerOptions } from './layer/options';
export type { Padding, Pair } from './layer/rules';
export { penalizeActivity } from './layer/rules';
export type { LayerShape } from './layer/shape';
export { SymbolicTensor } from './layer/symbolic';
export type { WeightRuleOptions } from './layer/training-rules';
export { readWeightRules, TrainingRules } from './layer/training-rules';
export type { WeightOptionsOf } from './layer/weight-options';
export { Activation, activation } from './layers/activations/activation';
export type {
  ELUOptions,
  LeakyReLUOptions,
  PReLUOptions,
  ReLUOptions,
} from './layers/activations/rectifiers';
export { ELU, eLU, LeakyReLU, leakyReLU, PReLU, pReLU, ReLU, reLU } from './layers/activations/rectifiers';
export type { SoftmaxOptions } from './layers/activations/softmax';
export { Softmax, softmax } from './layers/activations/softmax';
export type { AttentionOptions, ScoreMode, VectorAttentionOptions } from './layers/attention/attention';
export { AdditiveAttention, Attention, additiveAttention, attention } from './layers/attention/attention';
export type { GroupQueryAttentionOptions } from './layers/attention/group-query';
export { GroupQueryAttention, groupQueryAttention } from './layers/attention/group-query';
export type { HeadedAttentionOptions, KeyValueCache } from './layers/attention/headed-attention';
export { HeadedAttention } from './layers/attention/headed-attention';
export type { AttentionInputs, NamedAttentionInputs } from './layers/attention/inputs';
export type { MultiHeadAttentionOptions } from './layers/attention/multi-head';
export { MultiHeadAttention, multiHeadAttention } from './layers/attention/multi-head';
export type {
  PositionEmbeddingOptions,
  RotaryEmbeddingOptions,
  WavelengthOptions,
} from './layers/attention/positions';
export {
  PositionEmbedding,
  positionEmbedding,
  RotaryEmbedding,
  rotaryEmbedding,
  SinePositionEncoding,
  sinePositionEncoding,
} from './layers/attention/positions';
export type { ConvolutionOptions } from './layers/convolution/conv1d-3d';
export { Conv1D, Conv3D, conv1d, conv3d } from './layers/convolution/conv1d-3d';
export type { Conv2DOptions } from './layers/convolution/conv2d';
export { Conv2D, conv2d } from './layers/convolution/conv2d';
export type { DepthwiseConvolutionOptions } from './layers/convolution/depthwise';
export {
  DepthwiseConv1D,
  DepthwiseConv2D,
  depthwiseConv1d,
  depthwiseConv2d,
} from './layers/convolution/depthwise';
export type { SeparableConvolutionOptions } from './layers/convolution/separable';
export {
  SeparableConv1D,
  SeparableConv2D,
  separableConv1d,
  separableConv2d,
} from './layers/convolution/separable';
export {
  Conv1DTranspose,
  Conv2DTranspose,
  Conv3DTranspose,
  conv1dTranspose,
  conv2dTranspose,
  conv3dTranspose,
} from './layers/convolution/transposed';
export type { ConvolutionTransposeOptions } from './layers/convolution/transposed-convolution';
export type { WindowPadding } from './layers/convolution/windows';
export type { DenseOptions } from './layers/dense/dense';
export { Dense, dense } from './layers/dense/dense';
export type { EinsumDenseOptions } from './layers/dense/einsum-dense';
export { EinsumDense, einsumDense } from './layers/dense/einsum-dense';
export type { EmbeddingOptions } from './layers/embedding/embedding';
export { Embedding, embedding } from './layers/embedding/embedding';
export type { ReversibleEmbeddingOptions } from './layers/embedding/reversible-embedding';
export { ReversibleEmbedding, reversibleEmbedding } from './layers/embedding/reversible-embedding';
export { Flatten, flatten } from './layers/flatten';
export { Identity, identity } from './layers/identity';
export type { InputLayerOptions } from './layers/input-layer';
export { InputLayer, inputLayer } from './layers/input-layer';
export type { MaskingOptions } from './layers/masking';
export { Masking, masking } from './layers/masking';
export {
  Add,
  Average,
  add,
  average,
  Maximum,
  Minimum,
  Multiply,
  maximum,
  minimum,
  multiply,
  Subtract,
  subtract,
} from './layers/merging/arithmetic';
export type { ConcatenateOptions } from './layers/merging/concatenate';
export { Concatenate, concatenate } from './layers/merging/concatenate';
export type { DotOptions } from './layers/merging/dot';
export { Dot, dot } from './layers/merging/dot';
export type { AffineNormalizationOptions } from './layers/normalization/affine-normalization';
export type { BatchNormalizationOptions } from './layers/normalization/batch-normalization';
export { BatchNormalization, batchNormalization } from './layers/normalization/batch-normalization';
export type {
  GroupNormalizationOptions,
  InstanceNormalizationOptions,
} from './layers/normalization/group-normalization';
export {
  GroupNormalization,
  groupNormalization,
  InstanceNormalization,
  instanceNormalization,
} from './layers/normalization/group-normalization';
export type { LayerNormalizationOptions } from './layers/normalization/layer-normalization';
export { LayerNormalization, layerNormalization } from './layers/normalization/layer-normalization';
export type { RenormalizationOptions, RenormClipping } from './layers/normalization/renormalization';
export type {
  RMSNormalizationOptions,
  UnitNormalizationOptions,
} from './layers/normalization/rms-normalization';
export {
  RMSNormalization,
  rmsNormalization,
  UnitNormalization,
  unitNormalization,
} from './layers/normalization/rms-normalization';
export type { SpectralNormalizationOptions } from './layers/normalization/spectral-normalization';
export { SpectralNormalization, spectralNormalization } from './layers/normalization/spectral-normalization';
export type { AdaptivePoolingOptions } from './layers/pooling/adaptive-pooling';
export {
  AdaptiveAveragePooling1D,
  AdaptiveAveragePooling2D,
  AdaptiveAveragePooling3D,
  AdaptiveMaxPooling1D,
  AdaptiveMaxPooling2D,
  AdaptiveMaxPooling3D,
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
} from './layers/pooling/adaptive-pooling';
export {
  AveragePooling1D,
  AveragePooling2D,
  AveragePooling3D,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
} from './layers/pooling/average-pooling';
export type { GlobalPoolingOptions } from './layers/pooling/global-pooling';
export {
  GlobalAveragePooling1D,
  GlobalAveragePooling2D,
  GlobalAveragePooling3D,
  GlobalMaxPooling1D,
  GlobalMaxPooling2D,
  GlobalMaxPooling3D,
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
} from './layers/pooling/global-pooling';
export {
  MaxPooling1D,
  MaxPooling2D,
  MaxPooling3D,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
} from './layers/pooling/max-pooling';
export type { PoolingOptions } from './layers/pooling/pooling-layer';
export type { BidirectionalOptions, MergeMode } from './layers/recurrent/bidirectional';
export { Bidirectional, bidirectional } from './layers/recurrent/bidirectional';
export type {
  CellRun,
  RunSetting,
  SequenceRules,
  StepResult,
  WholeRun,
} from './layers/recurrent/cell';
export { RecurrentCell } from './layers/recurrent/cell';
export type { ConvLSTMOptions } from './layers/recurrent/conv-lstm';
export {
  ConvLSTM1D,
  ConvLSTM2D,
  ConvLSTM3D,
  convLSTM1d,
  convLSTM2d,
  convLSTM3d,
} from './layers/recurrent/conv-lstm';
export type { GRUOptions } from './layers/recurrent/gru';
export { GRU, gru } from './layers/recurrent/gru';
export type { GRUCellOptions } from './layers/recurrent/gru-cell';
export { GRUCell, gruCell } from './layers/recurrent/gru-cell';
export type { LSTMOptions } from './layers/recurrent/lstm';
export { LSTM, lstm } from './layers/recurrent/lstm';
export type { LSTMCellOptions } from './layers/recurrent/lstm-cell';
export { LSTMCell, lstmCell } from './layers/recurrent/lstm-cell';
export type { RNNOptions } from './layers/recurrent/recurrent';
export { Recurrent } from './layers/recurrent/recurrent';
export { RNN, rnn } from './layers/recurrent/rnn';
export type { SimpleRNNOptions } from './layers/recurrent/simple-rnn';
export { SimpleRNN, simpleRNN } from './layers/recurrent/simple-rnn';
export type { SimpleRNNCellOptions } from './layers/recurrent/simple-rnn-cell';
export { SimpleRNNCell, simpleRNNCell } from './layers/recurrent/simple-rnn-cell';
export { StackedRNNCells, stackedRNNCells } from './layers/recurrent/stacked-cells';
export { TimeDistributed, timeDistributed } from './layers/recurrent/time-distributed';
export type { ActivityRegularizationOptions } from './layers/regularization/activity-regularization';
export {
  ActivityRegularization,
  activityRegularization,
} from './layers/regularization/activity-regularization';
export type { DropoutOptions } from './layers/regularization/dropout';
export { Dropout, dropout } from './layers/regularization/dropout';
export {
  AlphaDropout,
  alphaDropout,
  GaussianDropout,
  GaussianNoise,
  gaussianDropout,
  gaussianNoise,
} from './layers/regularization/noise';
export type { RandomLayerOptions } from './layers/regularization/random-layer';
export type { SpatialDropoutOptions } from './layers/regularization/spatial-dropout';
export {
  SpatialDropout1D,
  SpatialDropout2D,
  SpatialDropout3D,
  StochasticDepth,
  spatialDropout1d,
  spatialDropout2d,
  spatialDropout3d,
  stochasticDepth,
} from './layers/regularization/spatial-dropout';
export type { CroppingOptions } from './layers/reshaping/cropping';
export {
  Cropping1D,
  Cropping2D,
  Cropping3D,
  cropping1d,
  cropping2d,
  cropping3d,
} from './layers/reshaping/cropping';
export { Permute, permute, RepeatVector, repeatVector } from './layers/reshaping/permute';
export { Reshape, reshape } from './layers/reshaping/reshape';
export type { SidePair, Sides } from './layers/reshaping/sides';
export type { UpSampling2DOptions, UpSamplingOptions } from './layers/reshaping/up-sampling';
export {
  UpSampling1D,
  UpSampling2D,
  UpSampling3D,
  upSampling1d,
  upSampling2d,
  upSampling3d,
} from './layers/reshaping/up-sampling';
export type { ZeroPaddingOptions } from './layers/reshaping/zero-padding';
export {
  ZeroPadding1D,
  ZeroPadding2D,
  ZeroPadding3D,
  zeroPadding1d,
  zeroPadding2d,
  zeroPadding3d,
} from './layers/reshaping/zero-padding';
export type { TransformerOptions } from './layers/transformer/transformer-block';
export type { TransformerDecoderOptions } from './layers/transformer/transformer-decoder';
export { TransformerDecoder, transformerDecoder } from './layers/transformer/transformer-decoder';
export type { TransformerEncoderOptions } from './layers/transformer/transformer-encoder';
export { TransformerEncoder, transformerEncoder } from './layers/transformer/transformer-encoder';
export type { CircleOptions } from './losses/circle';
export { Circle, circle } from './losses/circle';
export type { CosineSimilarityOptions } from './losses/cosine-similarity';
export { CosineSimilarity, cosineSimilarity } from './losses/cosine-similarity';
export {
  BinaryCrossentropy,
  binaryCrossentropy,
  CategoricalCrossentropy,
  categoricalCrossentropy,
} from './losses/crossentropy';
export type { CTCLossOptions } from './losses/ctc';
export { CTC, ctc, ctcLoss } from './losses/ctc';
export { KLDivergence, klDivergence, Poisson, poisson } from './losses/divergence';
export {
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredError,
  MeanSquaredLogarithmicError,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from './losses/errors';
export type { BinaryFocalOptions, CategoricalFocalOptions } from './losses/focal';
export {
  BinaryFocalCrossentropy,
  binaryFocalCrossentropy,
  CategoricalFocalCrossentropy,
  categoricalFocalCrossentropy,
} from './losses/focal';
export type { LossFunction } from './losses/function';
export type { GeneralizedCrossentropyOptions } from './losses/generalized-crossentropy';
export {
  CategoricalGeneralizedCrossEntropy,
  categoricalGeneralizedCrossEntropy,
} from './losses/generalized-crossentropy';
export {
  CategoricalHinge,
  categoricalHinge,
  Hinge,
  hinge,
  SquaredHinge,
  squaredHinge,
} from './losses/hinge';
export { InferredCrossentropy, inferredCrossentropy } from './losses/inferred-crossentropy';
export type { LossOptions, Reduction, ReductionName } from './losses/loss';
export { Loss, matchTargets } from './losses/loss';
export type { NTXentOptions } from './losses/nt-xent';
export { NTXent, ntXent } from './losses/nt-xent';
export { readLossConfig } from './losses/options';
export type { DiceOptions, TverskyOptions } from './losses/overlap';
export { Dice, dice, Tversky, tversky } from './losses/overlap';
export type { Distance } from './losses/pairs';
export type { CrossentropyOptions, SmoothedCrossentropyOptions } from './losses/probabilities';
export type { HuberOptions } from './losses/robust';
export { Huber, huber, LogCosh, logCosh } from './losses/robust';
export type { SparseCrossentropyOptions } from './losses/sparse-crossentropy';
export { SparseCategoricalCrossentropy, sparseCategoricalCrossentropy } from './losses/sparse-crossentropy';
export type { LossClass, LossLike, LossName } from './losses/table';
export type { TripletHardOptions, TripletOptions } from './losses/triplet';
export { TripletHard, TripletSemiHard, tripletHard, tripletSemiHard } from './losses/triplet';
export type { BinaryAccuracyOptions } from './metrics/classification/accuracy';
export {
  Accuracy,
  accuracy,
  BinaryAccuracy,
  binaryAccuracy,
  CategoricalAccuracy,
  categoricalAccuracy,
  InferredAccuracy,
  inferredAccuracy,
  SparseCategoricalAccuracy,
  sparseCategoricalAccuracy,
} from './metrics/classification/accuracy';
export type { AtValueOptions } from './metrics/classification/at-value';
export {
  PrecisionAtRecall,
  precisionAtRecall,
  RecallAtPrecision,
  recallAtPrecision,
  SensitivityAtSpecificity,
  SpecificityAtSensitivity,
  sensitivityAtSpecificity,
  specificityAtSensitivity,
} from './metrics/classification/at-value';
export type { AUCCurve, AUCOptions, AUCSummationMethod } from './metrics/classification/auc';
export { AUC, auc } from './metrics/classification/auc';
export type { ClassFigures, ClassificationReport } from './metrics/classification/confusion-matrix';
export {
  ConfusionMatrix,
  classificationReport,
  confusionMatrix,
} from './metrics/classification/confusion-matrix';
export {
  FalseNegatives,
  FalsePositives,
  falseNegatives,
  falsePositives,
  TrueNegatives,
  TruePositives,
  trueNegatives,
  truePositives,
} from './metrics/classification/counts';
export type { CurveOptions } from './metrics/classification/curve';
export type { F1ScoreOptions, FBetaScoreOptions } from './metrics/classification/f-score';
export { F1Score, FBetaScore, f1Score, fBetaScore } from './metrics/classification/f-score';
export { Precision, precision, Recall, recall } from './metrics/classification/precision-recall';
export type { ThresholdOptions, TopKThresholdOptions } from './metrics/classification/thresholds';
export type { SparseTopKAccuracyOptions, TopKAccuracyOptions } from './metrics/classification/top-k';
export {
  SparseTopKCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  TopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from './metrics/classification/top-k';
export type { CosineSimilarityMetricOptions } from './metrics/loss-metric';
export {
  CosineSimilarityMetric,
  cosineSimilarityMetric,
  LossMetric,
  lossMetric,
} from './metrics/loss-metric';
export type { MetricFunction } from './metrics/mean';
export { Mean, Sum } from './metrics/mean';
export type { MetricDirection } from './metrics/metric';
export { MeanMetric, Metric } from './metrics/metric';
export type { MetricOptions } from './metrics/options';
export type { CorrelationMetricOptions } from './metrics/regression/correlation';
export {
  ConcordanceCorrelation,
  concordanceCorrelation,
  PearsonCorrelation,
  pearsonCorrelation,
} from './metrics/regression/correlation';
export type { R2ScoreOptions } from './metrics/regression/r2-score';
export { R2Score, r2Score } from './metrics/regression/r2-score';
export { RootMeanSquaredError, rootMeanSquaredError } from './metrics/regression/root-mean-squared-error';
export type { BinaryIoUOptions } from './metrics/segmentation/binary-iou';
export { BinaryIoU, binaryIoU } from './metrics/segmentation/binary-iou';
export type { MeanIoUOptions, OneHotIoUOptions } from './metrics/segmentation/iou';
export {
  IoU,
  iou,
  MeanIoU,
  meanIoU,
  OneHotIoU,
  OneHotMeanIoU,
  oneHotIoU,
  oneHotMeanIoU,
} from './metrics/segmentation/iou';
export type { BleuOptions } from './metrics/sequences/bleu';
export { Bleu, bleu } from './metrics/sequences/bleu';
export type { EditDistanceOptions } from './metrics/sequences/edit-distance';
export { EditDistance, editDistance } from './metrics/sequences/edit-distance';
export type { PerplexityOptions } from './metrics/sequences/perplexity';
export { Perplexity, perplexity } from './metrics/sequences/perplexity';
export { bleuScore, characterErrorRate, wordErrorRate } from './metrics/sequences/text';
export type { SequenceOptions } from './metrics/sequences/tokens';
export type { MetricLike, MetricName } from './metrics/table';
export type { InputOptions, ModelOptions, SymbolicTensors, TensorsFor } from './model/functional';
export { FunctionalModel, input, model } from './model/functional';
export type { AnyModel, BatchOptions } from './model/model';
export { Model } from './model/model';
export type { AnyNetwork, NetworkOptions } from './model/network';
export { Network } from './model/network';
export type { PredictData, PredictOptions } from './model/predict';
export { Sequential, sequential } from './model/sequential';
export type { SummaryOptions } from './model/summary';
export type { PlotModelOptions } from './plotting/plot-model';
export { plotModel } from './plotting/plot-model';
export * from './preprocessing';
export type { OrthogonalMode } from './regularizers/orthogonal';
export { OrthogonalRegularizer, orthogonalRegularizer } from './regularizers/orthogonal';
export type { RegularizerLike, RegularizerName } from './regularizers/regularizer';
export { L1L2, l1, l1l2, l2, Regularizer } from './regularizers/regularizer';
export * from './saving/browser';
export { FileStorage, fileStorage } from './saving/file-storage';
export type { HttpStorageOptions } from './saving/http-storage';
export { HttpStorage, httpStorage } from './saving/http-storage';
export type { LoadModelOptions } from './saving/load-model';
export { loadModel } from './saving/load-model';
export type { LoadedWeights, LoadWeightsOptions } from './saving/load-weights';
export { MemoryStorage, memoryStorage } from './saving/memory-storage';
export { readSafetensors, writeSafetensors } from './saving/safetensors';
export type { SaveOptions } from './saving/save';
export type { StorageLike } from './saving/storage';
export type { ArrayInput } from './training/arrays';
export type { BatchSizeOptions, BatchSizes, TriedBatchSize } from './training/batch-size';
export { findBatchSize } from './training/batch-size';
export type { CompileOptions, Losses, Metrics } from './training/compiled';
export type { ClassWeight, EvaluationData, TrainingData } from './training/data';
export type {
  ArrayFitOptions,
  ArrayPartialFitOptions,
  EvaluateOptions,
  FitOptions,
  PartialFitOptions,
  Verbosity,
} from './training/fit-options';
export type { Logs } from './training/logs';
export type { TrainingPosition } from './training/position';
export type { PrecisionName } from './training/precision';
export type { StepBatch, TrainingStep, TrainStep } from './training/train-step';
