/** Says which adapter WebGPU has here, or why it has none: one line of JSON. */
import { webgpuBackend } from '@hadal/backend-webgpu';

try {
  const backend = await webgpuBackend();
  const { vendor, architecture, description } = backend.device.adapterInfo;
  const name = [vendor, architecture, description].filter(Boolean).join(', ');
  await backend.close();
  console.log(JSON.stringify({ name }));
} catch (error) {
  console.log(JSON.stringify({ reason: error instanceof Error ? error.message : String(error) }));
}
