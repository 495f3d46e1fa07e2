import { inspect } from 'node:util';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import {
  eye,
  interpreter,
  isTensor,
  ShapeError,
  setDevice,
  Tensor,
  TraceError,
  tensor,
  zeros,
} from '../../src/index';
import { formatValues } from '../../src/ops/format';

beforeAll(() => setDevice(interpreter()));

describe('a tensor', () => {
  it('says what it is and whether it has been computed', async () => {
    const x = tensor([[1, 2]]).mul(3);
    expect(inspect(x)).toBe('Tensor [1, 2] float32 (not realized)');
    expect(`${x}`).toBe('Tensor [1, 2] float32 (not realized)');
    await x.realize();
    expect(inspect(x)).toBe('Tensor [1, 2] float32');
    expect(x.realized).toBe(true);
  });

  it('gives its values as typed array, nested arrays or one number', async () => {
    const x = tensor([
      [1, 2],
      [3, 4],
    ]);
    expect(await x.add(1).data()).toEqual(Float32Array.of(2, 3, 4, 5));
    expect(await x.array()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await x.less(3).array()).toEqual([
      [true, true],
      [false, false],
    ]);
    expect(await x.sum().item()).toBe(10);
    expect(await tensor(5).array()).toBe(5);
    expect(await zeros([2, 0]).array()).toEqual([[], []]);
  });

  it('has no single number when it holds several', async () => {
    await expect(tensor([1, 2]).item()).rejects.toThrow(ShapeError);
    await expect(tensor([1, 2]).item()).rejects.toThrow(/\[2\] holds 2 values, not one/);
  });

  it('throws advice where numbers are expected of it', () => {
    const x: unknown = tensor([1, 2]);
    const advice = /a Tensor holds no numbers yet[\s\S]*await t\.data\(\)/;
    expect(() => Number(x)).toThrow(advice);
    expect(() => JSON.stringify({ loss: x })).toThrow(TraceError);
    expect(() => Reflect.apply(Reflect.get(tensor([1, 2]), Symbol.iterator), x, [])).toThrow(advice);
  });

  it('can be returned from async functions: it is no promise', async () => {
    const x = tensor([1]);
    expect(await (async () => x)()).toBe(x);
  });

  it('is told from other things, also when it comes from another copy of the package', () => {
    expect(isTensor(tensor(1))).toBe(true);
    expect(isTensor({ [Symbol.for('@hadal/core/Tensor')]: '0.0.1' })).toBe(true);
    expect([isTensor(null), isTensor({}), isTensor(1)]).toEqual([false, false, false]);
    const foreign = { [Symbol.for('@hadal/core/Tensor')]: '0.0.1' };
    expect(() => Reflect.apply(Tensor.prototype.add, tensor(1), [foreign])).toThrow(
      /another copy of @hadal\/core was given: of version 0\.0\.1, this is/,
    );
  });

  it('is computed on devices of its own copy only', () => {
    expect(() => Reflect.apply(setDevice, undefined, [Promise.resolve(interpreter())])).toThrow(
      /setDevice: expected a device of this copy of @hadal\/core/,
    );
  });

  it('gives its memory back when it is disposed, and says so when it is read', async () => {
    const x = await tensor([1, 2]).add(1).realize();
    x.dispose();
    await expect(x.data()).rejects.toThrow(/disposed/);
  });

  it('copies itself to another device', async () => {
    const other = interpreter();
    const there = await tensor([1, 2]).to(other);
    expect(there.device).toBe(other);
    expect(await there.add(1).data()).toEqual(Float32Array.of(2, 3));
    const here = await tensor([1, 2]).realize();
    expect(() => here.add(there)).toThrow(/different devices[\s\S]*await x\.to\(device\)/);
  });

  it('prints itself', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await eye(2).print();
    expect(log).toHaveBeenCalledWith('Tensor [2, 2] float32\n[[1.0000, 0.0000],\n [0.0000, 1.0000]]');
    log.mockRestore();
  });
});

describe('printed values', () => {
  it('are aligned, and blocks are set apart', () => {
    expect(formatValues(Int32Array.of(1, -20, 3, 4), [2, 1, 2], 'int32')).toBe(
      '[[[  1, -20]],\n\n [[  3,   4]]]',
    );
    expect(formatValues(Uint8Array.of(1, 0), [2], 'bool')).toBe('[ true, false]');
    expect(formatValues(Float32Array.of(7), [], 'float32')).toBe('7.0000');
    expect(formatValues(new Float32Array(0), [0], 'float32')).toBe('[]');
  });
  it('use powers of ten where digits would not show', () => {
    expect(formatValues(Float64Array.of(1e-7, 1), [2], 'float64')).toBe('[1.0000e-7, 1.0000e+0]');
    expect(formatValues(Float32Array.of(Number.NaN, Infinity), [2], 'float32')).toBe('[     NaN, Infinity]');
  });
  it('show only the edges of what is large', () => {
    const text = formatValues(new Float32Array(2000), [2000], 'float32');
    expect(text).toBe('[0.0000, 0.0000, 0.0000, …, 0.0000, 0.0000, 0.0000]');
  });
});
