/** The device that the address of a page asks for: `?device=webgpu`, or the CPU's. */
import { cpu } from '@hadal/backend-cpu';
import { webgpu } from '@hadal/backend-webgpu';
import type { Device } from '@hadal/core';

export const computesOnGpu = new URLSearchParams(location.search).get('device') === 'webgpu';

export const openDevice = (): Promise<Device> => (computesOnGpu ? webgpu() : cpu());
