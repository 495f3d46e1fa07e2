/**
 * Hadal under measurement: written as a user would write it, and speaking the protocol of the peers. Its argument names
 * the device: `cpu`, `native`, `webgpu`, or `interpreter`, which judges and is never timed.
 */
import { cpu } from '@hadal/backend-cpu';
import { native } from '@hadal/backend-native';
import { webgpu } from '@hadal/backend-webgpu';
import { type Device, interpreter, setDevice } from '@hadal/core';
import { serveContestant } from '../../peers/protocol.mjs';
import { eager } from './eager';
import { conv, gemm, rows } from './kernels';
import { inference, training } from './models';

const devices: Readonly<Record<string, () => Device | Promise<Device>>> = {
  cpu,
  native,
  webgpu,
  interpreter,
};

const name = process.argv[2] ?? 'cpu';
const open = devices[name];
if (!open) throw new Error(`There is no device ${name}; there are: ${Object.keys(devices).join(', ')}.`);
setDevice(await open());

await serveContestant(async ({ spec, blocks }) => {
  switch (spec.kind) {
    case 'gemm':
      return gemm(spec, blocks);
    case 'conv':
      return conv(spec, blocks);
    case 'rows':
      return rows(spec, blocks);
    case 'eager':
      return eager(spec, blocks);
    case 'training':
      return training(spec, blocks);
    case 'inference':
      return inference(spec, blocks);
  }
});
