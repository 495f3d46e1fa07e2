/**
 * `@hadal/serving`: inference over HTTP by the Open Inference Protocol v2.
 */
export { inferenceModel, type ModelOptions } from './from-model';
export type { InferenceModel, NamedTensors, TensorSpec } from './model';
export { type RunningServer, serve, serveModel } from './serve';
export { type LogLevel, SERVE_DEFAULTS, type ServeOptions } from './settings';
