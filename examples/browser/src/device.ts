/** The device that computes: WebGPU where there is a GPU, else WebAssembly on threads, else on one. */
import { cpu } from '@hadal/backend-cpu';
import { isAvailable, webgpu } from '@hadal/backend-webgpu';
import type { Device } from '@hadal/core';

/** What can be asked for by `?device=`. */
const WANTED = ['webgpu', 'threads', 'single'] as const;
type Wanted = (typeof WANTED)[number];

export interface Opened {
  readonly device: Device;
  /** What computes, and why nothing faster does. */
  readonly says: string;
}

const isWanted = (text: string | null): text is Wanted => WANTED.some((each) => each === text);

/** The processor's threads that `cpu()` takes by default. */
const MOST_THREADS = 8;

export async function openDevice(asked: string | null): Promise<Opened> {
  const wanted = isWanted(asked) ? asked : undefined;
  let why = wanted === undefined ? '' : ' (asked for)';
  if (wanted === undefined || wanted === 'webgpu') {
    const available = await isAvailable();
    if (available.ok) return { device: await webgpu(), says: `WebGPU${why}` };
    why = `, because ${available.reason}`;
  }
  if (wanted !== 'single' && crossOriginIsolated) {
    const threads = Math.min(navigator.hardwareConcurrency, MOST_THREADS);
    return { device: await cpu({ threads }), says: `WebAssembly on ${threads} threads${why}` };
  }
  if (wanted !== 'single') why += '; the page is not isolated, so that threads cannot share memory';
  return { device: await cpu({ threads: 1 }), says: `WebAssembly on one thread${why}` };
}
