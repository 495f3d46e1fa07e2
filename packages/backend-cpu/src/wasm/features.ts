/** What this engine's WebAssembly can do, found by validating one-instruction modules. */
import { ModuleBuilder } from './module';

/** Whether the engine has 128-bit SIMD. */
export function hasSimd(): boolean {
  const module = new ModuleBuilder();
  module.function({}).code.i32x4(0).op('i32x4.abs').op('drop');
  return validates(module);
}

/** Whether the engine has relaxed SIMD, of which the fused multiply-add matters here. */
export function hasRelaxedSimd(): boolean {
  const module = new ModuleBuilder();
  module.function({}).code.f32x4(0).f32x4(0).f32x4(0).op('f32x4.relaxed_madd').op('drop');
  return validates(module);
}

function validates(module: ModuleBuilder): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(module.encode());
}
