/**
 * SwiftShader, a Vulkan driver that computes on the processor: Debian's Chromium brings it along. HADAL_VULKAN_ICD names
 * the JSON file of another driver.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where distributions put it beside Chromium. */
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

/** @returns {string | undefined} the driver's file */
function findDriver() {
  const named = process.env.HADAL_VULKAN_ICD;
  return named ?? FOLDERS.map((folder) => join(folder, ICD_FILE)).find((file) => existsSync(file));
}

/** @param {string} icd */
const driverVariables = (icd) => ({ VK_ICD_FILENAMES: icd, VK_DRIVER_FILES: icd });

/** @returns {Record<string, string>} environment of programs that are to compute with it; empty where it is missing */
export function swiftShaderEnvironment() {
  const icd = findDriver();
  if (icd === undefined) return {};
  const before = process.env.LD_LIBRARY_PATH;
  const folder = dirname(icd);
  return { ...driverVariables(icd), LD_LIBRARY_PATH: before ? `${folder}:${before}` : folder };
}

/** Has this process compute with it, where it is there. To be called before WebGPU is used for the first time. */
export function offerSwiftShader() {
  const icd = findDriver();
  if (icd === undefined) return;
  Object.assign(process.env, driverVariables(icd));
  const loader = join(dirname(icd), LOADER);
  if (!existsSync(loader)) return;
  try {
    process.dlopen({ exports: {} }, loader, STAYS_LOADED);
  } catch {
    // It is no addon of Node, which is said after it has been loaded.
  }
}
