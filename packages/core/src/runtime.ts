/**
 * What programs need that only predict: devices, tensors, variables, errors, what is read from files, and the operations
 * of small models. The index and the entry for backends export all of it as well, and are four times as long: a process
 * that is to predict soon after it starts loads this instead. The build of the other packages takes from here whatever
 * they name of it.
 */

export { stopGradient } from './autograd/stop-gradient';
export { BACKEND_API_VERSION } from './backend/interface';
export { ConfigReader, describeJson, isJsonObject, requireSerialized } from './contracts/config';
export { isBlobName } from './contracts/storage';
export { canonicalName, suggestName } from './contracts/suggest';
export { createDevice } from './device/create';
export { getDevice, setDevice } from './device/current';
export { interpreter } from './device/interpreter';
export { bytesPerStorage, DTYPES, hostArray, hostArrayOver, isFloat } from './dtype';
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
export { KERNEL_FORM_VERSION, OPTIONAL_SCALAR_OPS } from './kernel/form';
export { Loading } from './loading';
export { elu, gelu, leakyRelu, relu, sigmoid, silu, softplus } from './ops/activations';
export { abs, clip, minimum } from './ops/arithmetic';
export { tensor, zerosLike } from './ops/creation';
export { dropout } from './ops/dropout';
export { exp, tanh } from './ops/elementary';
export { hostValues } from './ops/host-values';
export { matmul } from './ops/matmul';
export { dropoutWithShape } from './ops/noise';
export { moveAxis } from './ops/rearrange';
export { celu, hardShrink, hardSilu, hardTanh, softShrink } from './ops/rectifiers';
export { glu, logSigmoid, squareplus, tanhShrink } from './ops/smooth-activations';
export { logSoftmax, softmax } from './ops/softmax';
export { sparsemax, sparsePlus, sparseSigmoid } from './ops/sparse-activations';
export { Generator } from './random/generator';
export { isTensor, Tensor } from './tensor';
export { variable } from './variable';
