/**
 * What this runtime's WebAssembly engine offers, decided once before the first module is compiled.
 *
 * Node 20 has relaxed SIMD behind a flag of its engine; later versions and browsers have it on.
 */

import { ArgumentError } from '@hadal/core';
import type { Availability } from '@hadal/core/backend';
import { builtin } from './runtime';
import { hasRelaxedSimd, hasSimd } from './wasm/index';

const RELAXED_SIMD_FLAG = '--experimental-wasm-relaxed-simd';

interface EngineModule {
  setFlagsFromString(flag: string): void;
}

let relaxedSimd: boolean | undefined;

/** Whether fused multiply-add is there, after trying to enable it. */
export function enableRelaxedSimd(): boolean {
  if (relaxedSimd === undefined) {
    setEngineFlag();
    relaxedSimd = hasRelaxedSimd();
  }
  return relaxedSimd;
}

/**
 * Whether kernels are to use it: where it is there and neither the program nor the environment says no.
 *
 * @throws {ArgumentError} where the environment says something else
 */
export function wantsRelaxedSimd(asked: boolean): boolean {
  const set = globalThis.process?.env?.HADAL_CPU_SIMD || 'relaxed';
  if (set !== 'relaxed' && set !== 'strict')
    throw new ArgumentError('cpu', `HADAL_CPU_SIMD is ${set}; it must be relaxed or strict.`);
  return asked && set === 'relaxed' && enableRelaxedSimd();
}

/** Sets the flag where there is one to set. */
function setEngineFlag(): void {
  try {
    builtin<EngineModule>('node:v8')?.setFlagsFromString(RELAXED_SIMD_FLAG);
  } catch {
    // Runtimes that imitate Node without V8 lack the flag: what `hasRelaxedSimd` finds is then the answer.
  }
}

/**
 * Whether the CPU backend can run here.
 *
 * @example
 * const available = await isAvailable();
 * if (!available.ok) console.log(available.reason);
 */
export async function isAvailable(): Promise<Availability> {
  if (typeof WebAssembly !== 'object') return { ok: false, reason: 'this runtime has no WebAssembly.' };
  if (!hasSimd()) return { ok: false, reason: 'the WebAssembly of this runtime has no SIMD.' };
  return { ok: true };
}
