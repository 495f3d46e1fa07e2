/**
 * The addon: where it is looked for, and what it offers. It is loaded at first use, so that importing this package works
 * everywhere.
 */
import { createRequire } from 'node:module';
import type { Availability } from '@hadal/core/backend';
import { PLATFORMS, platformName, platformPackage, platformsOf, thisPlatform } from './platform';

/** One device of the addon: its memory, its share of the threads, its work in order. Addresses are numbers. */
export interface NativeDevice {
  /** The address of a range with undefined contents; 0 where there is no room. */
  allocate(bytes: number): number;
  /** After everything submitted before. Throws for what is not in use. */
  free(address: number): void;
  usedBytes(): number;
  write(address: number, source: Uint8Array): void;
  /** Fills the target, unless work is waiting: then it returns false. Throws the first fault of earlier work. */
  readNow(address: number, target: Uint8Array): boolean;
  /** Fills the target after everything submitted before; rejects with the first fault of that. */
  readLater(address: number, target: Uint8Array): Promise<void>;
  /** A loop kernel from `encodeKernel`'s words, as a number that stands for it. */
  prepareLoop(name: string, words: Float64Array): number;
  prepareLibrary(words: Float64Array): number;
  /** Programs are run from this array from now on. */
  useProgram(words: Float64Array): void;
  /** Runs the program in the first `count` words: now, where it is short and nothing waits. Then it throws its faults. */
  run(count: number): void;
  /** Blocks until everything submitted is done. */
  waitUntilIdle(): void;
  sync(): Promise<void>;
  /** Ends the device's thread and frees its memory. */
  close(): void;
}

export interface Addon {
  /** The instruction set in use: avx512bf16, avx512, avx2 or portable. */
  readonly instructionSet: string;
  /** Cores that this process may keep busy. */
  readonly availableCores: number;
  readonly NativeDevice: new (threads: number, memoryLimitBytes: number) => NativeDevice;
}

/** Built in this package by the workspace; from `dist` and from `src` the same way up. */
const LOCAL_BUILD = '../build/Release/hadal.node';

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';

type Loaded = { readonly addon: Addon } | { readonly reason: string };

let loaded: Loaded | undefined;

function whyMissing(platform: string): string {
  return PLATFORMS.includes(platform)
    ? `${platformPackage(platform)}, which holds the addon, is not installed (npm leaves it out with --omit=optional).`
    : `there is no addon for ${platform}; there are addons for ${PLATFORMS.join(', ')}.`;
}

function load(): Loaded {
  if (typeof process !== 'object' || typeof process.versions?.node !== 'string') {
    return { reason: 'addons need Node, and this is another runtime.' };
  }
  const require = createRequire(import.meta.url);
  const failures = new Map<string, string>();
  // Installers choose by the C library, or install the packages of both, of which one cannot be loaded.
  const packages = platformsOf(process.platform, process.arch).map(platformPackage);
  const named = process.env.HADAL_NATIVE_ADDON;
  for (const place of named ? [named] : [LOCAL_BUILD, ...packages]) {
    try {
      const addon: Addon = require(place);
      return { addon };
    } catch (error) {
      if (isMissing(error)) continue;
      failures.set(place, `the addon could not be loaded: ${messageOf(error)}`);
    }
  }
  if (named) {
    return { reason: failures.get(named) ?? `HADAL_NATIVE_ADDON names ${named}, which is not there.` };
  }
  const platform = platformName(thisPlatform());
  const failure = failures.get(LOCAL_BUILD) ?? failures.get(platformPackage(platform));
  return { reason: failure ?? whyMissing(platform) };
}

/** The addon, or why there is none. */
export function findAddon(): Loaded {
  loaded ??= load();
  return loaded;
}

/**
 * Whether the native backend can run here.
 *
 * @example
 * const available = await isAvailable();
 * if (!available.ok) console.log(available.reason);
 */
export async function isAvailable(): Promise<Availability> {
  const found = findAddon();
  return 'addon' in found ? { ok: true } : { ok: false, reason: found.reason };
}
