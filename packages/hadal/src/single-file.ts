/**
 * What `dist/hadal.min.js` has, the file for pages without a bundler: all of `hadal`, the GPU, and images of pages.
 */
export { type WebGpuOptions, webgpu } from '@hadal/backend-webgpu';
export * from '@hadal/data/pixels';
export * from './index';
