/**
 * `@hadal/backend-webgpu`: any GPU as a device, through WebGPU.
 */
export type { Shader, ShaderPass } from './shader';
