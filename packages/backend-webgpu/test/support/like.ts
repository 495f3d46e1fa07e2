/** Devices that choose shaders as another kind of adapter would. */
import { createDevice, type Device } from '@hadal/core';
import { WebGpuBackend, webgpuBackend } from '../../src/index';
import { type LibraryTraits, ShaderLibrary } from '../../src/library/index';

export async function deviceLike(traits: LibraryTraits): Promise<Device> {
  const { device } = await webgpuBackend();
  class Like extends WebGpuBackend {
    override readonly library = new ShaderLibrary(traits);
  }
  return createDevice(new Like(device, { memoryLimitBytes: Number.POSITIVE_INFINITY, ownsDevice: true }));
}

/** A GPU without subgroups, as far as shaders can tell. */
export const LIKE_GPU: LibraryTraits = { isSoftware: false, subgroupSize: 1, maxBindings: 8 };
