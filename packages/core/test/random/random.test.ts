import { describe, expect, it } from 'vitest';
import { constant, data, evaluate, noBindings } from '../../src/graph/index';
import {
  bernoulli,
  type Device,
  defaultGenerator,
  dropout,
  Generator,
  gradients,
  interpreter,
  ones,
  permutation,
  randomBits,
  randomInt,
  randomNormal,
  randomUniform,
  setDevice,
  setSeed,
  type Tensor,
  truncatedNormal,
  withSeed,
} from '../../src/index';
import { graphWords, hostWords, threefry } from '../../src/random/threefry';
import { valuesOf } from '../support/differences';

/** Known answers published with Random123 (kat_vectors, threefry2x32 with 20 rounds): counter, key, result. */
const KNOWN = [
  [
    [0, 0],
    [0, 0],
    [0x6b200159, 0x99ba4efe],
  ],
  [
    [0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x1cb996fc, 0xbb002be7],
  ],
  [
    [0x243f6a88, 0x85a308d3],
    [0x13198a2e, 0x03707344],
    [0xc4923a9c, 0x483df7a0],
  ],
] as const;

describe('threefry', () => {
  it('gives the known answers on the host', () => {
    for (const [[c0, c1], [k0, k1], expected] of KNOWN) {
      const words = threefry(hostWords, [k0 | 0, k1 | 0], [c0 | 0, c1 | 0]);
      expect(words.map((word) => word >>> 0)).toEqual([...expected]);
    }
  });

  it('gives the known answers in the graph', () => {
    for (const [[c0, c1], [k0, k1], expected] of KNOWN) {
      const word = (value: number) => data(Int32Array.of(value | 0), [], 'int32');
      const words = threefry(graphWords, [word(k0), word(k1)], [word(c0), constant(c1 | 0, 'int32')]);
      expect(evaluate([...words], noBindings).map(([value = 0]) => value >>> 0)).toEqual([...expected]);
    }
  });
});

describe('a generator', () => {
  it('draws the first word of the block (counter, i) for element i', () => {
    const generator = new Generator(2 ** 32 + 7);
    const block = (counter: number, i: number) => threefry(hostWords, [1, 7], [counter, i])[0];
    expect(valuesOf(randomBits([3], { generator }))).toEqual([block(0, 0), block(0, 1), block(0, 2)]);
    expect(valuesOf(randomBits([2, 1], { generator }))).toEqual([block(1, 0), block(1, 1)]);
  });

  it('starts again when it is reset', () => {
    const generator = new Generator(1);
    const first = valuesOf(randomBits([4], { generator }));
    generator.reset(1);
    expect(valuesOf(randomBits([4], { generator }))).toEqual(first);
  });

  it('is shared by default and seeded by setSeed', () => {
    setSeed(3);
    const drawn = valuesOf(randomUniform([4]));
    expect(valuesOf(randomUniform([4], { generator: new Generator(3) }))).toEqual(drawn);
    setSeed(3);
    expect(defaultGenerator()).toBe(defaultGenerator());
    expect(valuesOf(randomUniform([4]))).toEqual(drawn);
  });

  it('is one per device, with the same numbers on each', async () => {
    const [first, second] = [interpreter(), interpreter()];
    setSeed(8);
    const draw = (device: Device) => {
      setDevice(device);
      return randomUniform([3]).array();
    };
    const drawn = [await draw(first), await draw(first)];
    expect([await draw(second), await draw(second)]).toEqual(drawn);
    expect(drawn[0]).not.toEqual(drawn[1]);
    expect(await draw(first)).not.toEqual(drawn[1]);
  });

  it('is another one inside withSeed, and the same as before after it', () => {
    const draw = (): readonly number[] => valuesOf(randomUniform([3]));
    setSeed(5);
    const [first, second] = [draw(), draw()];
    setSeed(5);
    expect(draw()).toEqual(first);
    const inner = withSeed(9, () => [draw(), withSeed(5, draw), draw()]);
    expect(inner[1]).toEqual(first);
    expect([inner[0], inner[2]]).toEqual(withSeed(9, () => [draw(), draw()]));
    expect(() =>
      withSeed(1, () => {
        throw new RangeError('no');
      }),
    ).toThrow('no');
    expect(draw()).toEqual(second);
  });

  it('goes on where a generator that is given to withSeed stands', () => {
    const generator = new Generator(4);
    const draw = (): readonly number[] => withSeed(generator, () => valuesOf(randomUniform([2])));
    expect([draw(), draw()].flat()).toEqual(
      withSeed(4, () => [valuesOf(randomUniform([2])), valuesOf(randomUniform([2]))]).flat(),
    );
  });

  it('is not lent to what is asynchronous', () => {
    expect(() => withSeed(1, () => randomUniform([2]).data())).toThrow('the function is asynchronous');
    expect(() => withSeed(1.5, () => 0)).toThrow(/seed 1.5/);
  });

  it('refuses seeds that are not whole numbers', () => {
    expect(() => new Generator(1.5)).toThrow(/seed 1.5/);
    expect(() => setSeed(-1)).toThrow(/seed -1/);
  });
});

const moments = (values: readonly number[]): { mean: number; variance: number } => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, variance: values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length };
};

describe('distributions', () => {
  const count = 10_000;
  const drawn = (make: (generator: Generator) => Tensor): number[] => valuesOf(make(new Generator(11)));

  it('uniform numbers fill [0, 1) evenly, in steps of 2⁻²³', () => {
    const values = drawn((generator) => randomUniform([count], { generator }));
    expect(values.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 23))).toBe(true);
    const { mean, variance } = moments(values);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    const tenths = new Array<number>(10).fill(0);
    for (const value of values) tenths[Math.floor(value * 10)] = (tenths[Math.floor(value * 10)] ?? 0) + 1;
    for (const share of tenths) expect(share / count).toBeCloseTo(0.1, 1.8);
  });

  it('uniform numbers lie between the bounds asked for', () => {
    const values = drawn((generator) => randomUniform([count], { min: -3, max: -1, generator }));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values)).toBeLessThan(-1);
    expect(moments(values).mean).toBeCloseTo(-2, 1);
  });

  it('normal numbers have the quantiles of the normal distribution', () => {
    const values = drawn((generator) => randomNormal([count], { generator })).sort((a, b) => a - b);
    const { mean, variance } = moments(values);
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    // Φ⁻¹ of 0.025, 0.25, 0.5, 0.75, 0.975
    for (const [share, quantile] of [
      [0.025, -1.96],
      [0.25, -0.6745],
      [0.5, 0],
      [0.75, 0.6745],
      [0.975, 1.96],
    ] as const) {
      expect(Math.abs((values[Math.floor(share * count)] ?? 0) - quantile)).toBeLessThan(0.06);
    }
  });

  it('normal numbers take mean, deviation and dtype', () => {
    const values = drawn((generator) => randomNormal([count], { mean: 5, std: 0.1, generator }));
    expect(moments(values).mean).toBeCloseTo(5, 2);
    expect(Math.sqrt(moments(values).variance)).toBeCloseTo(0.1, 2);
  });

  it('numbers of float64 fill its digits, with the distribution of those of float32', () => {
    const options = (generator: Generator) => ({ dtype: 'float64', generator }) as const;
    const uniform = drawn((generator) => randomUniform([count], options(generator)));
    expect(uniform.every((value) => value >= 0 && value < 1 && Number.isInteger(value * 2 ** 52))).toBe(true);
    expect(moments(uniform).variance).toBeCloseTo(1 / 12, 2);
    const normal = drawn((generator) => randomNormal([count], options(generator)));
    expect(normal.filter((value) => Math.fround(value) === value)).toEqual([]);
    expect(moments(normal).mean).toBeCloseTo(0, 1);
    expect(moments(normal).variance).toBeCloseTo(1, 1);
  });

  it('normal numbers are the quantiles of uniform ones, as SciPy computes them', () => {
    const standard = [-0.11942890719877214, 1.3997924853143136, 0.8684238863808119, 0.707868715547305];
    const truncated = [-0.11397070308999173, 1.2823382766232492, 0.818384622227059, 0.6701985822021684];
    const close = (values: readonly number[], digits: number) =>
      values.map((value) => expect.closeTo(value, digits));
    const double = (make: typeof randomNormal) =>
      drawn((generator) => make([4], { dtype: 'float64', generator }));
    expect(double(randomNormal)).toEqual(close(standard, 14));
    expect(double(truncatedNormal)).toEqual(close(truncated, 14));
    expect(drawn((generator) => randomNormal([4], { generator }))).toEqual(close(standard, 6));
    expect(drawn((generator) => truncatedNormal([4], { generator }))).toEqual(close(truncated, 6));
  });

  it('numbers of float32 have the bits that they always had', () => {
    expect(drawn((generator) => randomNormal([4], { generator }))).toEqual([
      -0.11942900717258453, 1.3997927904129028, 0.8684239983558655, 0.7078688740730286,
    ]);
    expect(drawn((generator) => truncatedNormal([4], { generator }))).toEqual([
      -0.1139708012342453, 1.2823385000228882, 0.8183847069740295, 0.6701987385749817,
    ]);
  });

  it('truncated normal numbers stay within two deviations, with the deviation that is left', () => {
    const values = drawn((generator) => truncatedNormal([count], { mean: 1, std: 2, generator }));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-3);
    expect(Math.max(...values)).toBeLessThanOrEqual(5);
    expect(moments(values).mean).toBeCloseTo(1, 1);
    // The deviation of a standard normal distribution cut off at ±2 is 0.8796.
    expect(Math.sqrt(moments(values).variance) / 2).toBeCloseTo(0.8796, 1.7);
  });

  it('bernoulli is true as often as asked, and always or never at the ends', () => {
    const share = moments(drawn((generator) => bernoulli(0.3, [count], { generator }))).mean;
    expect(Math.abs(share - 0.3)).toBeLessThan(0.01);
    expect(new Set(drawn((generator) => bernoulli(1, [100], { generator })))).toEqual(new Set([1]));
    expect(new Set(drawn((generator) => bernoulli(0, [100], { generator })))).toEqual(new Set([0]));
    expect(() => bernoulli(1.1, [1])).toThrow(/probability 1.1/);
  });

  it('whole numbers take every value of the range about equally often', () => {
    const values = drawn((generator) => randomInt([count], -2, 3, { generator }));
    for (let value = -2; value < 3; value++) {
      expect(values.filter((each) => each === value).length / count).toBeCloseTo(0.2, 1.8);
    }
    expect(new Set(values).size).toBe(5);
    expect(() => randomInt([1], 3, 3)).toThrow(/bounds \[3, 3\)/);
  });
});

describe('dropout', () => {
  it('drops the share asked for and scales the rest, so that the mean stays', () => {
    const values = valuesOf(dropout(ones([20_000]), 0.25, new Generator(5)));
    expect(new Set(values)).toEqual(new Set([0, Math.fround(4 / 3)]));
    expect(Math.abs(moments(values).mean - 1)).toBeLessThan(0.02);
  });

  it('drops the same elements of the gradient', () => {
    const x = ones([100]);
    const y = dropout(x, 0.5, new Generator(5));
    expect(gradients(y.sum(), [x]).map(valuesOf)).toEqual([valuesOf(y)]);
  });

  it('returns its input at rate 0 and refuses rate 1', () => {
    const x = ones([2]);
    expect(dropout(x, 0).node).toBe(x.node);
    expect(() => dropout(x, 1)).toThrow(/rate 1 is outside \[0, 1\)/);
  });
});

describe('permutation', () => {
  it('is an order of all numbers that its seed and stream decide', () => {
    const order = permutation(100, 9);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(permutation(100, 9)).toEqual(order);
    expect(permutation(100, 9, 1)).not.toEqual(order);
    expect(permutation(100, 10)).not.toEqual(order);
    expect(permutation(0, 1)).toHaveLength(0);
  });

  it('takes each of the six orders of three about equally often', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = permutation(3, seed).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(130);
  });
});
