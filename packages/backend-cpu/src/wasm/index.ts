/** A small, typed WebAssembly assembler: functions, locals, SIMD and relaxed SIMD, one imported memory. */

export { type Callable, Code, type Label, type Local, type ValueType } from './code';
export { hasRelaxedSimd, hasSimd } from './features';
export { type FunctionOptions, MAXIMUM_PAGES, ModuleBuilder } from './module';
export { LaneMemoryOp, LaneOp, MemoryOp, Op } from './opcodes';
