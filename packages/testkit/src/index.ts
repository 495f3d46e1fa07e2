/**
 * What backend and operation authors import from `@hadal/testkit`.
 */
export { type BackendSuiteOptions, backendCases } from './backend-suite/index';
export { all, bytesOf, floatsOf, scale, scaleKernel } from './backend-suite/scale';
export { ContractError, HostileBackend } from './backends/hostile';
export { LibraryBackend, type NodeMeaning } from './backends/library';
export { PlainBackend } from './backends/plain';
export { MismatchError, type Result, requireClose } from './compare';
export type { ConformanceCase } from './conformance/case';
export { type ConformanceOptions, conformanceCases } from './conformance/index';
export { casesAtLevel, wantsWholeLevels } from './conformance/levels';
export { type OverwritingOptions, overwritingCases } from './conformance/overwriting';
export { checkRandomGraph, type RandomGraphOptions, randomGraphCases } from './conformance/random-graphs';
export { lossCurve } from './conformance/training';
export { type Golden, type Goldens, type GoldenTensor, readGoldens } from './goldens';
export { type GradientCheckInput, type GradientCheckOptions, gradientCheck } from './gradient-check';
export { gradientCheckInputs, hasCheckedGradient } from './gradient-samples';
export { type InputSpec, input, type Values } from './inputs';
export type { ErrorCase, GoldenUse, OperationCheck, OperationFamily } from './operations/family';
export { operationOf, refuses } from './operations/family';
export { FAMILIES, SAMPLES } from './operations/index';
export { type RandomGraph, randomGraph, randomInputs } from './random-graph';
export type { Mutant } from './saboteur/mutant';
export { compositeMutant, type OperationMutant, operationMutants } from './saboteur/operation-mutants';
export { MUTANTS, Saboteur, type SaboteurOptions } from './saboteur/saboteur';
export type { BinaryOptions, Derivatives, Sample, SampleOptions, UnaryOptions } from './sample';
export { binarySamples, sample, unarySamples } from './sample';
export { FINITE_DIFFERENCES, GOLDEN, type Tolerance, type ToleranceClass, toleranceOf } from './tolerance';
export { wave } from './wave';
