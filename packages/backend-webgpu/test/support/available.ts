/**
 * Tests of the backend run where WebGPU has an adapter, SwiftShader where Chromium is installed. Elsewhere they are skipped
 * and say why; on continuous integration, which installs Chromium, that is a failure, unless HADAL_NO_WEBGPU tells why it
 * could not be installed.
 */
import { describe } from 'vitest';
import { offerSwiftShader } from '../../../../scripts/lib/swiftshader.mjs';
import { isAvailable } from '../../src/index';

offerSwiftShader();
const available = await isAvailable();

/** Like `describe`, for tests that need an adapter. */
export function describeWebGpu(name: string, tests: () => void): void {
  if (available.ok) describe(name, tests);
  else if (process.env.CI && !process.env.HADAL_NO_WEBGPU)
    throw new Error(`${name} cannot be tested: ${available.reason}`);
  else describe.skip(`${name} (${process.env.HADAL_NO_WEBGPU ?? available.reason})`, tests);
}
