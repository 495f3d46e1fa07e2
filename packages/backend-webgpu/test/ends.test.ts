/** How work ends: with the process, with the device, or with an error in place of waiting for ever. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile, createDevice, matmul, mean, type Tensor, tensor, variable, zeros } from '@hadal/core';
import { expect, it } from 'vitest';
import { webgpuBackend } from '../src/index';
import { describeWebGpu } from './support/available';

const root = join(import.meta.dirname, '../../..');
const TIMEOUT_MS = 120_000;

/** Runs test/programs/ends.ts. Returns its exit code and what it printed. */
function program(name: string): Promise<{ code: number | null; output: string }> {
  const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href;
  const file = join(import.meta.dirname, 'programs/ends.ts');
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', loader, file, name], {
      env: { ...process.env, TSX_TSCONFIG_PATH: join(root, 'tsconfig.json') },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    child.stderr.on('data', (text) => {
      output += text;
    });
    child.on('close', (code) => resolve({ code, output: output.trim() }));
  });
}

describeWebGpu('a process that uses the WebGPU device', () => {
  it.each([
    ['leaves by process.exit in the middle of a program', 'exit', 'exiting'],
    ['ends by itself in the middle of a program', 'end', 'ending'],
    ['ends by itself when all is done', 'idle', `idle ${256 ** 3}`],
    ['ends by itself when the device was closed', 'closed', 'closed'],
  ])(
    '%s',
    async (_, name, output) => {
      expect(await program(name)).toEqual({ code: 0, output });
    },
    TIMEOUT_MS,
  );
});

const SIZE = 8;

/** A step that updates a weight, and its loss. */
async function training() {
  const backend = await webgpuBackend();
  const device = createDevice(backend);
  const weights = variable(
    await tensor(new Float32Array(SIZE * SIZE).fill(0.1), { shape: [SIZE, SIZE], device }).realize(),
  );
  const step = compile((x: Tensor) => {
    const y = matmul(x, weights.value).tanh();
    weights.assign(weights.value.sub(matmul(x.transpose(), y).mul(0.01)));
    return mean(y.mul(y));
  });
  const input = () => tensor(new Float32Array(SIZE * SIZE).fill(0.5), { shape: [SIZE, SIZE], device });
  return { backend, device, once: async () => (await step(input())).item() };
}

describeWebGpu('a training on WebGPU', () => {
  it(
    'holds after a thousand steps what it held after a hundred',
    async () => {
      const { backend, device, once } = await training();
      const after = async (steps: number): Promise<number[]> => {
        for (let i = 0; i < steps; i++) await once();
        await device.collect();
        return [device.memory().usedBytes, backend.usedBytes - device.memory().pooledBytes];
      };
      const early = await after(100);
      expect(await after(900)).toEqual(early);
    },
    TIMEOUT_MS,
  );

  it('that loses its device in the middle of a step hears of it', async () => {
    const { backend, device, once } = await training();
    await once();
    const running = once();
    backend.device.destroy();
    await expect(running).rejects.toThrow(/the device was lost/);
    await expect(once()).rejects.toThrow(/the device was lost/);
    await expect(device.sync()).rejects.toThrow(/the device was lost/);
  });

  it('says which tensor is larger than the adapter allows', async () => {
    const { backend, device } = await training();
    const { maxBufferBytes } = backend.caps;
    const length = maxBufferBytes / 4 + 1;
    await expect(zeros([length], { device }).realize()).rejects.toThrow(
      `a tensor of ${4 * length} bytes is over the ${maxBufferBytes} that one may take on this device.`,
    );
  });
});
