/**
 * WebGPU for peers that look for it where pages have it: what the package `webgpu` offers as `navigator.gpu`, and its flags
 * as globals. To be called before such a peer is loaded.
 */
import { create, globals } from 'webgpu';

export function offerWebGpu() {
  Object.assign(globalThis, globals);
  const value = { gpu: create([]), userAgent: `Node.js ${process.version}` };
  Object.defineProperty(globalThis, 'navigator', { value, configurable: true });
}
