/** Smaller batches of the same layers: they take the shaders of larger ones, and come to the same bits. */
import { add, createDevice, gradients, matmul, mul, relu, sum, tanh } from '@hadal/core';
import { wave } from '@hadal/testkit';
import { expect, it } from 'vitest';
import { type WebGpuBackend, webgpuBackend } from '../../src/index';
import { describeWebGpu } from '../support/available';

const TIMEOUT_MS = 120_000;
const WHOLE = 32;

/** A layer on a batch, its gradients included. */
async function layer(backend: WebGpuBackend, batch: number) {
  const device = createDevice(backend);
  const [x, weight] = [wave([batch, 600], device, 0), wave([600, 64], device, 1)];
  const y = relu(add(matmul(x, weight), wave([64], device, 2)));
  const loss = sum(mul(tanh(y), wave([batch, 64], device, 3)));
  const outputs = [y, ...gradients(loss, [x, weight])];
  await Promise.all(outputs.map((each) => each.realize()));
  return Promise.all(outputs.map((each) => each.data()));
}

/** The names of the shaders that are compiled from now on. */
function watched({ device }: WebGpuBackend): string[] {
  const names: string[] = [];
  const { createShaderModule } = device;
  device.createShaderModule = (descriptor) => {
    names.push(descriptor.label ?? '');
    return createShaderModule.call(device, descriptor);
  };
  return names;
}

describeWebGpu('a smaller batch', () => {
  it(
    'takes the shaders of a whole one, to the same bits, unless most of a tile would be idle',
    async () => {
      const backend = await webgpuBackend();
      await layer(backend, WHOLE);
      const made = watched(backend);
      await layer(backend, 20);
      await layer(backend, 5);
      const found = await layer(backend, 7);
      expect(made).toEqual([]);
      expect(found).toEqual(await layer(await webgpuBackend(), 7));
      await layer(backend, 1);
      expect(made).toContain('dot');
    },
    TIMEOUT_MS,
  );
});
