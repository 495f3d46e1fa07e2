/**
 * Node 20 has relaxed SIMD behind a flag of its engine that must be set before the first module is compiled; later
 * versions have it on. This file stands behind the `node` export condition: nothing for browsers imports it.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--experimental-wasm-relaxed-simd');
