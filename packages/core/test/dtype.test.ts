import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DTYPES, type DType, hostArray, isFloat, isHalf, limitsOf, promote } from '../src/dtype';
import { interpreter, tensor } from '../src/index';

interface Promotion {
  readonly reference: string;
  readonly table: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const promotion: Promotion = JSON.parse(
  readFileSync(new URL('./fixtures/promotion.json', import.meta.url), 'utf8'),
);
const device = interpreter();

describe(`promotion agrees with ${promotion.reference}`, () => {
  it.each(DTYPES)('for %s beside every dtype', (dtype) => {
    const row = Object.fromEntries(DTYPES.map((other) => [other, promote(dtype, other)]));
    expect(row).toEqual(promotion.table[dtype]);
  });
});

describe('plain numbers take the dtype of the tensor beside them', () => {
  it.each(DTYPES.filter((dtype) => dtype !== 'bool'))('of %s where it holds them', (dtype) => {
    expect(tensor([1], { dtype }).add(1).dtype).toBe(dtype);
    expect(tensor([1], { dtype }).mul(isFloat(dtype) ? 0.3 : 100).dtype).toBe(dtype);
  });

  it('and widen integers that cannot hold them', () => {
    expect(tensor([1], { dtype: 'uint8' }).add(300).dtype).toBe('int32');
    expect(tensor([1], { dtype: 'int8' }).add(128).dtype).toBe('int32');
    expect(tensor([1], { dtype: 'uint32' }).add(2 ** 32 - 1).dtype).toBe('uint32');
    expect(tensor([1], { dtype: 'int32' }).mul(0.5).dtype).toBe('float32');
    expect(tensor([true], { dtype: 'bool' }).add(1).dtype).toBe('int32');
  });
});

describe('dtypes', () => {
  it.each(DTYPES)('of %s hold their limits on the host', (dtype) => {
    const [least, greatest] = limitsOf(dtype);
    const array = hostArray(dtype, 2);
    array[0] = least;
    array[1] = greatest;
    expect([...array]).toEqual([least, greatest]);
  });

  it('sum half floats in float32', async () => {
    // 2048 + 1 is no float16, so that adding one by one would stay at 2048.
    for (const dtype of ['float16', 'bfloat16'] satisfies DType[]) {
      const ones = tensor(new Float32Array(4096).fill(1), { dtype, device });
      expect(isHalf(ones.sum().dtype)).toBe(true);
      expect(await ones.sum().item()).toBe(4096);
    }
  });

  it('refuse int64 values that cannot be held exactly', async () => {
    expect(() => tensor(BigInt64Array.of(2n ** 60n))).toThrow('outside of ±(2^53 - 1)');
    const large = tensor(BigInt64Array.of(2n ** 52n), { device });
    expect(large.dtype).toBe('int64');
    await expect(large.mul(4).data()).rejects.toThrow('int64: 18014398509481984 is outside of ±(2^53 - 1)');
    expect(await large.sub(2 ** 51).data()).toEqual(Float64Array.of(2 ** 51));
  });

  it('wrap around in integers of up to 32 bits', async () => {
    const wrapped = async (dtype: DType, value: number): Promise<number> =>
      tensor([value], { dtype, device }).add(1).item();
    expect(await wrapped('int8', 127)).toBe(-128);
    expect(await wrapped('int16', 32767)).toBe(-32768);
    expect(await wrapped('uint8', 255)).toBe(0);
    expect(await wrapped('uint32', 2 ** 32 - 1)).toBe(0);
    expect(await wrapped('int32', 2 ** 31 - 1)).toBe(-(2 ** 31));
  });
});
