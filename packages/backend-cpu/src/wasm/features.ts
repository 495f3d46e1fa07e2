/** What this engine's WebAssembly can do, found by validating one-instruction modules. */
import { ModuleBuilder } from './module';
import { Op } from './opcodes';

/** Whether the engine has 128-bit SIMD. */
export function hasSimd(): boolean {
  const module = new ModuleBuilder();
  module.function({}).code.i32x4(0).op(Op.i32x4_abs).op(Op.drop);
  return validates(module);
}

/** Whether the engine has relaxed SIMD, of which the fused multiply-add matters here. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder();
  module.function({}).code.f32x4(0).f32x4(0).f32x4(0).op(Op.f32x4_relaxed_madd).op(Op.drop);
  return validates(module);
}

function validates(module: ModuleBuilder): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(module.encode());
}
