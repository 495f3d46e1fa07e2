/**
 * SwiftShader, which computes on the processor, as the Vulkan driver of this process: Debian's Chromium brings it along.
 * HADAL_VULKAN_ICD names the JSON file of another driver.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

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

/** Has to be called before WebGPU is used for the first time. */
export function offerSwiftShader(): void {
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
