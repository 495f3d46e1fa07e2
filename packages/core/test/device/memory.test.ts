/** Memory: nothing to dispose, and nothing grows. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  gradients,
  matmul,
  mean,
  relu,
  type Tensor,
  tensor,
  variable,
} from '../../src/index';

const MIB = 2 ** 20;

describe('a thousand training steps', () => {
  const network = (device: ReturnType<typeof createDevice>) => {
    const values = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => Math.sin(i) / 8);
    const w = variable(tensor(values(16 * 16), { shape: [16, 16], device }));
    const v = variable(tensor(values(16), { shape: [16, 1], device }));
    const update = (x: Tensor): Tensor => {
      const loss = mean(
        matmul(relu(matmul(x, w.value)), v.value)
          .sub(1)
          .square(),
      );
      const [gw, gv] = gradients(loss, [w, v]);
      if (gw === undefined || gv === undefined) throw new Error('two gradients were asked for');
      w.assign(w.value.sub(gw.mul(0.01)));
      v.assign(v.value.sub(gv.mul(0.01)));
      return loss;
    };
    const batch = (): Tensor => tensor(values(8 * 16), { shape: [8, 16], device });
    return { update, batch };
  };

  it('leave compiled training where a hundred did', async () => {
    const device = createDevice(new PlainBackend(), { budgetBytes: MIB });
    const { update, batch } = network(device);
    const step = compile(update);
    const run = async (steps: number): Promise<number> => {
      for (let i = 0; i < steps; i++) await (await step(batch())).item();
      await device.collect();
      return device.memory().usedBytes;
    };
    const afterHundred = await run(100);
    const afterThousand = await run(900);
    // The engine may still hold what the last few steps made; a smallest buffer lost per step would be 57,600 bytes.
    expect(afterThousand - afterHundred).toBeLessThanOrEqual(4096);
    expect(device.memory().peakBytes).toBeLessThan(2 * MIB);
  });

  it('keep training without compile within the budget', async () => {
    const device = createDevice(new PlainBackend(), { budgetBytes: MIB });
    const { update, batch } = network(device);
    for (let i = 0; i < 1000; i++) await update(batch()).item();
    await device.collect();
    expect(device.memory().peakBytes).toBeLessThan(3 * MIB);
    expect(device.memory().usedBytes).toBeLessThan(MIB / 4);
  });

  it('plan once', async () => {
    const device = createDevice(new PlainBackend());
    const { update, batch } = network(device);
    for (let i = 0; i < 20; i++) await update(batch()).item();
    expect(device.statistics().plans).toBeLessThanOrEqual(2);
  });
});
