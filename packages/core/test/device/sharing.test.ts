/** Views of realized values lie in the same memory: nothing runs, and nothing is allocated. */
import { describe, expect, it } from 'vitest';
import {
  compile,
  type Device,
  expandDims,
  flatten,
  reshape,
  squeeze,
  stopGradient,
  type Tensor,
  variable,
} from '../../src/index';
import { counting, devices } from './support/devices';

describe.each(devices)('a view of a realized value on %s', (_, makeDevice) => {
  const views: readonly [string, (x: Tensor) => Tensor][] = [
    ['reshape', (x) => reshape(x, [3, 2])],
    ['flatten', (x) => flatten(x)],
    ['expandDims', (x) => expandDims(x, 1)],
    ['squeeze', (x) => squeeze(expandDims(x, 0))],
    ['stopGradient', (x) => stopGradient(x)],
    ['several of them', (x) => flatten(stopGradient(expandDims(x, 1)))],
  ];
  it.each(views)('runs nothing and allocates nothing: %s', async (_name, view) => {
    const device = makeDevice();
    const x = await counting([2, 3], device);
    const [{ usedBytes }, { runs }] = [device.memory(), device.statistics()];
    const y = await view(x).realize();
    expect(device.statistics().runs).toBe(runs);
    expect(device.memory().usedBytes).toBe(usedBytes);
    expect(await y.data()).toEqual(await x.data());
  });

  const pair = async (device: Device): Promise<[Tensor, Tensor]> => {
    const x = await counting([64], device);
    return [x, await reshape(x, [8, 8]).realize()];
  };

  it('outlives the disposal of what it views, and the other way round', async () => {
    const device = makeDevice();
    const before = device.memory().usedBytes;
    for (const first of [0, 1]) {
      const both = await pair(device);
      both[first]?.dispose();
      both[first]?.dispose();
      // Would be overwritten by this, had the memory been returned.
      const source = await counting([64], device);
      const other = await source.mul(-1).realize();
      expect((await both[1 - first]?.data())?.[63]).toBe(63);
      await expect(both[first]?.data()).rejects.toThrow(/disposed/);
      both[1 - first]?.dispose();
      for (const each of [source, other]) each.dispose();
    }
    await device.collect();
    expect(device.memory().usedBytes).toBe(before);
  });

  it('is no view of what was disposed before', async () => {
    const x = await counting([4], makeDevice());
    x.dispose();
    await expect(reshape(x, [2, 2]).data()).rejects.toThrow(/disposed/);
    await expect(x.add(1).data()).rejects.toThrow(/disposed/);
  });

  it('keeps the value of a variable that a compiled step overwrites', async () => {
    const v = variable(await counting([4], makeDevice()));
    await v.value.data();
    const step = compile(() => {
      v.assign(v.value.add(1));
    });
    await step();
    const view = await reshape(v.value, [2, 2]).realize();
    await step();
    expect((await view.data())[0]).toBe(1);
    expect((await v.value.data())[0]).toBe(2);
  });
});

describe('disposing the value of a variable', () => {
  it.each(devices)('leaves the variable alone on %s', async (_, makeDevice) => {
    const v = variable(await counting([2], makeDevice()));
    const value = await v.value.realize();
    value.dispose();
    expect(await v.value.array()).toEqual([0, 1]);
  });
});
