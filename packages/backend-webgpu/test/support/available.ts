/**
 * Tests of the backend run where WebGPU has an adapter: on machines without a GPU that is SwiftShader, which Debian's
 * Chromium brings along as a Vulkan driver, or the driver that HADAL_VULKAN_ICD names by its JSON file. Elsewhere they are
 * skipped and say why; on continuous integration, which installs Chromium, that is a failure.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe } from 'vitest';
import { isAvailable } from '../../src/index';

/** Where distributions put SwiftShader beside Chromium. */
const FOLDERS = [
  '/usr/lib/chromium',
  '/usr/lib/chromium-browser',
  '/usr/lib64/chromium-browser',
  '/opt/google/chrome',
];
const ICD_FILE = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/** RTLD_LAZY, RTLD_NODELETE and RTLD_GLOBAL: what is loaded stays, so that Dawn finds it by its name. */
const STAYS_LOADED = 0x1 | 0x1000 | 0x100;

function offerSwiftShader(): void {
  const named = process.env.HADAL_VULKAN_ICD;
  const icd = named ?? FOLDERS.map((folder) => join(folder, ICD_FILE)).find((file) => existsSync(file));
  if (icd === undefined) return;
  process.env.VK_ICD_FILENAMES = icd;
  process.env.VK_DRIVER_FILES = icd;
  const loader = join(dirname(icd), LOADER);
  if (!existsSync(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, STAYS_LOADED);
  } catch {
    // It is no addon of Node, which is said after it has been loaded.
  }
}

offerSwiftShader();
const available = await isAvailable();

/** Like `describe`, for tests that need an adapter. */
export function describeWebGpu(name: string, tests: () => void): void {
  if (available.ok) describe(name, tests);
  else if (process.env.CI) throw new Error(`${name} cannot be tested: ${available.reason}`);
  else describe.skip(`${name} (${available.reason})`, tests);
}
