/**
 * The devices that can be chosen, the fastest first.
 */
import { cpu, isAvailable } from '@hadal/backend-cpu';
import { type Device, interpreter } from '@hadal/core';

/** A device that works, or why there is none. */
export type Opened = { readonly device: Device } | { readonly reason: string };

export interface Candidate {
  /** How it computes, as the end of "computing with …". */
  readonly means: string;
  open(): Promise<Opened>;
}

const NATIVE_PACKAGE = '@hadal/backend-native';

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

/** Whether an import failed because that package is not there, and not because of something that it needs itself. */
const isMissing = (error: unknown, name: string): boolean =>
  error instanceof Error &&
  'code' in error &&
  error.code === 'ERR_MODULE_NOT_FOUND' &&
  messageOf(error).includes(`'${name}'`);

/**
 * The optional package, which must never be required: bundlers leave an import of a variable alone, so that pages do not
 * carry it and programs build without it.
 */
async function openNative(): Promise<Opened> {
  const name = NATIVE_PACKAGE;
  let backend: typeof import('@hadal/backend-native');
  try {
    backend = await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch (error) {
    const reason = isMissing(error, name) ? 'is not installed.' : `could not be loaded: ${messageOf(error)}`;
    return { reason: `${name} ${reason}` };
  }
  const available = await backend.isAvailable();
  return available.ok ? { device: await backend.native() } : available;
}

async function openCpu(): Promise<Opened> {
  const available = await isAvailable();
  return available.ok ? { device: await cpu() } : available;
}

/** The GPU of a page. What finds and drives it is only loaded where the browser offers WebGPU. */
async function openWebGpu(): Promise<Opened> {
  const backend = await import('@hadal/backend-webgpu');
  const onlyHardware = { allowSoftware: false };
  const available = await backend.isAvailable(onlyHardware);
  return available.ok ? { device: await backend.webgpu(onlyHardware) } : available;
}

const isServer = (): boolean => typeof globalThis.process?.versions?.node === 'string';

/** Everything that could compute here, the fastest first; the last one works everywhere. */
export const candidates = (): readonly Candidate[] => [
  ...(isServer() ? [{ means: 'the native addon', open: openNative }] : []),
  ...(!isServer() && globalThis.navigator?.gpu !== undefined ? [{ means: 'WebGPU', open: openWebGpu }] : []),
  { means: 'WebAssembly', open: openCpu },
  { means: 'the interpreter', open: async () => ({ device: interpreter() }) },
];
