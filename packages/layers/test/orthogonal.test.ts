/** Orthogonal initial weights. */
import { interpreter, matmul, ShapeError, setDevice, setSeed } from '@hadal/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { dense, Orthogonal } from '../src';

setDevice(interpreter());
beforeEach(() => setSeed(1));

async function expectIdentity(values: ArrayLike<number>, size: number, scale = 1): Promise<void> {
  const worst = Array.from(values).reduce((most, value, index) => {
    const expected = Math.floor(index / size) === index % size ? scale : 0;
    return Math.max(most, Math.abs(value - expected));
  }, 0);
  expect(worst).toBeLessThan(2e-6 * scale);
}

describe('orthogonal initial weights', () => {
  it('have orthonormal columns, rows where these are fewer, and are multiplied by the gain', async () => {
    const square = new Orthogonal().make([12, 12], 'float32');
    await expectIdentity(await matmul(square.transpose(), square).data(), 12);
    const tall = new Orthogonal({ gain: 3 }).make([9, 4], 'float32');
    await expectIdentity(await matmul(tall.transpose(), tall).data(), 4, 9);
    const wide = new Orthogonal().make([4, 9], 'float32');
    await expectIdentity(await matmul(wide, wide.transpose()).data(), 4);
  });

  it('take all axes but the last as rows', async () => {
    const kernel = new Orthogonal().make([2, 3, 4], 'float32').reshape([6, 4]);
    await expectIdentity(await matmul(kernel.transpose(), kernel).data(), 4);
    expect(() => new Orthogonal().make([4], 'float32')).toThrow(ShapeError);
  });

  it('are the same for one seed and others for another', async () => {
    const draw = (seed: number) => new Orthogonal({ seed }).make([3, 3], 'float32').data();
    expect(await draw(7)).toEqual(await draw(7));
    expect(await draw(7)).not.toEqual(await draw(8));
  });

  it('go by name in the options of layers', () => {
    expect(dense(2, { kernelInitializer: 'orthogonal' }).getConfig().kernelInitializer).toEqual({
      className: 'Orthogonal',
      config: { gain: 1, seed: null },
    });
  });
});
