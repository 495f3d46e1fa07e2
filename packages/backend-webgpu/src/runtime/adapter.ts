/**
 * Where the GPU comes from: the navigator of a page, or Dawn in Node through the optional package `webgpu`. Nothing here
 * throws; what is missing is a reason.
 */
import { DeviceError } from '@hadal/core';

/** What computes, or why there is nothing. */
export type Found<T> = { readonly found: T } | { readonly reason: string };

const NODE_PACKAGE = 'webgpu';

/** The package's GPU, kept for as long as the process runs: devices die with it. */
let nodeGpu: Promise<Found<GPU>> | undefined;

const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);

const isServer = (): boolean => typeof globalThis.process?.versions?.node === 'string';

/** An import of a variable: bundlers of pages leave it alone. */
async function loadNodeGpu(): Promise<Found<GPU>> {
  const name = NODE_PACKAGE;
  try {
    const { create }: typeof import('webgpu') = await import(
      /* @vite-ignore */ /* webpackIgnore: true */ name
    );
    return { found: create([]) };
  } catch (error) {
    return {
      reason: `WebGPU in Node needs the package '${name}', which could not be loaded: ${messageOf(error)}. Install it.`,
    };
  }
}

async function findGpu(): Promise<Found<GPU>> {
  const offered = globalThis.navigator?.gpu;
  if (offered !== undefined) return { found: offered };
  if (!isServer()) return { reason: 'this browser offers no WebGPU here (navigator.gpu is missing).' };
  nodeGpu ??= loadNodeGpu();
  return nodeGpu;
}

export interface AdapterOptions {
  /** What to ask for an adapter. Default: `navigator.gpu`, in Node that of the package `webgpu`. */
  readonly gpu?: GPU;
  readonly powerPreference?: GPUPowerPreference;
  /** Whether an adapter that computes on the processor will do, of which WebAssembly makes more. Default true. */
  readonly allowSoftware?: boolean;
}

/** The adapter that WebGPU offers. */
export async function findAdapter(options: AdapterOptions): Promise<Found<GPUAdapter>> {
  const { powerPreference, allowSoftware = true } = options;
  const gpu: Found<GPU> = options.gpu === undefined ? await findGpu() : { found: options.gpu };
  if ('reason' in gpu) return gpu;
  try {
    const adapter = await gpu.found.requestAdapter(powerPreference && { powerPreference });
    if (adapter?.info.isFallbackAdapter && !allowSoftware) {
      return { reason: 'WebGPU here computes on the processor, not on a GPU.' };
    }
    if (adapter !== null) return { found: adapter };
    return {
      reason: isServer()
        ? 'WebGPU found no adapter: no driver of Vulkan, Metal or Direct3D 12 could be loaded.'
        : 'WebGPU found no adapter: the browser does not offer this GPU, or there is none.',
    };
  } catch (error) {
    return { reason: `WebGPU found no adapter: ${messageOf(error)}.` };
  }
}

/** Limits that are asked for as far as the adapter goes; devices have the least that WebGPU allows otherwise. */
const LIMITS = [
  'maxBufferSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupStorageSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
] as const;

const FEATURES: readonly GPUFeatureName[] = ['shader-f16', 'subgroups', 'timestamp-query'];

/**
 * A device with all that its adapter offers and this backend can use.
 *
 * @throws {DeviceError} when the adapter refuses
 */
export async function openDevice(adapter: GPUAdapter): Promise<GPUDevice> {
  const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
  const requiredFeatures = FEATURES.filter((name) => adapter.features.has(name));
  try {
    return await adapter.requestDevice({ label: 'hadal', requiredFeatures, requiredLimits });
  } catch (error) {
    throw new DeviceError('webgpu', `the adapter gave no device: ${messageOf(error)}.`);
  }
}
