import { describe, expect, it } from 'vitest';
import type { DType, TypedArray } from '../../src/dtype';
import { hostArray } from '../../src/dtype';
import * as build from '../../src/graph/build';
import type { CompositeDefinition } from '../../src/graph/composite';
import { type BinaryOp, makeNode, type Node, type UnaryOp } from '../../src/graph/node';
import { evaluate, noBindings } from '../../src/interpret/evaluate';

const node = (
  values: readonly number[],
  shape: readonly number[] = [values.length],
  dtype: DType = 'float64',
): Node => {
  const array = hostArray(dtype, values.length);
  array.set(values);
  return build.data(array, shape, dtype);
};

const valuesOf = (output: Node): number[] => {
  const [result] = evaluate([output], noBindings);
  return Array.from(result ?? []);
};

const unary = (op: UnaryOp, values: readonly number[], dtype: DType = 'float64'): number[] =>
  valuesOf(build.unary(op, node(values, undefined, dtype)));

const binary = (
  op: BinaryOp,
  a: readonly number[],
  b: readonly number[],
  dtype: DType = 'float64',
): number[] => valuesOf(build.binary(op, node(a, undefined, dtype), node(b, undefined, dtype)));

describe('element-wise operations', () => {
  it('round to the dtype after every node', () => {
    const third = build.div(node([1], [1], 'float32'), node([3], [1], 'float32'));
    expect(valuesOf(third)).toEqual([Math.fround(1 / 3)]);
    expect(valuesOf(build.mul(third, node([3], [1], 'float32')))).toEqual([
      Math.fround(Math.fround(1 / 3) * 3),
    ]);
  });

  it('wrap int32 and uint8', () => {
    expect(binary('add', [2 ** 31 - 1], [1], 'int32')).toEqual([-(2 ** 31)]);
    expect(binary('mul', [123456789], [987654321], 'int32')).toEqual([Math.imul(123456789, 987654321)]);
    expect(binary('sub', [3], [5], 'uint8')).toEqual([254]);
    expect(unary('neg', [-(2 ** 31)], 'int32')).toEqual([-(2 ** 31)]);
  });

  it('floor integer division, and give 0 where the divisor is 0', () => {
    expect(binary('idiv', [7, -7, 7, -7, 5], [2, 2, -2, -2, 0], 'int32')).toEqual([3, -4, -4, 3, 0]);
    expect(binary('mod', [7, -7, 7, -7, 5], [2, 2, -2, -2, 0], 'int32')).toEqual([1, 1, -1, -1, 0]);
  });

  it('propagate NaN through max and min', () => {
    expect(binary('max', [Number.NaN, 1, 2], [1, Number.NaN, 3])).toEqual([Number.NaN, Number.NaN, 3]);
    expect(binary('min', [Number.NaN, 1, 2], [1, Number.NaN, 3])).toEqual([Number.NaN, Number.NaN, 2]);
  });

  it('compare NaN as unequal to everything', () => {
    expect(binary('eq', [Number.NaN], [Number.NaN])).toEqual([0]);
    expect(binary('ne', [Number.NaN], [Number.NaN])).toEqual([1]);
    expect(binary('lt', [Number.NaN], [1])).toEqual([0]);
    expect(binary('le', [Number.NaN], [1])).toEqual([0]);
  });

  it('round halves to even', () => {
    expect(unary('round', [0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, -2.6])).toEqual([
      0, 2, 2, -0, -2, 0, -3,
    ]);
  });

  it('know the error function to a few units in the last place', () => {
    // Abramowitz & Stegun, table 7.1, and their asymptotics.
    const known: [number, number][] = [
      [0.5, 0.5204998778130465],
      [1, 0.8427007929497149],
      [2, 0.9953222650189527],
      [2.5, 0.999593047982555],
      [3, 0.9999779095030014],
      [-1, -0.8427007929497149],
    ];
    for (const [x, y] of known) expect(unary('erf', [x])[0]).toBeCloseTo(y, 14);
    expect(unary('erf', [Number.POSITIVE_INFINITY, -0, Number.NaN])).toEqual([1, -0, Number.NaN]);
  });

  it('shift with the sign', () => {
    expect(binary('shr', [-8], [1], 'int32')).toEqual([-4]);
    expect(binary('shl', [1], [31], 'int32')).toEqual([-(2 ** 31)]);
  });

  it('take 1 to any power as 1', () => {
    expect(binary('pow', [1, 2, -2, 0], [Number.NaN, 0.5, 3, 0])).toEqual([1, Math.SQRT2, -8, 1]);
  });
});

describe('conversions', () => {
  it('truncate and saturate floats that become integers, NaN giving 0', () => {
    const x = node([1.9, -1.9, 1e20, -1e20, Number.NaN]);
    expect(valuesOf(build.cast(x, 'int32'))).toEqual([1, -1, 2 ** 31 - 1, -(2 ** 31), 0]);
    expect(valuesOf(build.cast(x, 'uint8'))).toEqual([1, 0, 255, 0, 0]);
    expect(valuesOf(build.cast(x, 'bool'))).toEqual([1, 1, 1, 1, 1]);
  });

  it('saturate int32 that becomes uint8', () => {
    expect(valuesOf(build.cast(node([300, -1, 7], [3], 'int32'), 'uint8'))).toEqual([255, 0, 7]);
  });

  it('keep the bits in a bitcast', () => {
    expect(valuesOf(build.bitcast(node([1, -0], [2], 'float32'), 'int32'))).toEqual([0x3f800000, -(2 ** 31)]);
  });
});

describe('movement', () => {
  const grid = node([0, 1, 2, 3, 4, 5], [2, 3]);

  it('permutes, flips and repeats', () => {
    expect(valuesOf(build.permute(grid, [1, 0]))).toEqual([0, 3, 1, 4, 2, 5]);
    expect(valuesOf(makeNode('flip', [grid], { axes: [1] }, [2, 3], 'float64'))).toEqual([2, 1, 0, 5, 4, 3]);
    expect(valuesOf(build.expand(node([7, 8], [2, 1]), [2, 3]))).toEqual([7, 7, 7, 8, 8, 8]);
  });

  it('slices with steps', () => {
    const slice = { start: [0, 1], limit: [2, 3], step: [1, 2] };
    expect(valuesOf(makeNode('slice', [grid], slice, [2, 1], 'float64'))).toEqual([1, 4]);
  });

  it('pads around and between', () => {
    const pad = { lo: [1], hi: [2], interior: [1] };
    const padded = makeNode('pad', [node([1, 2, 3]), build.constant(9, 'float64')], pad, [8], 'float64');
    expect(valuesOf(padded)).toEqual([9, 1, 9, 2, 9, 3, 9, 9]);
  });

  it('slides windows with stride and dilation', () => {
    const window = { axes: [0], size: [2], stride: [2], dilation: [3] };
    expect(valuesOf(makeNode('window', [node([0, 1, 2, 3, 4, 5, 6])], window, [2, 2], 'float64'))).toEqual([
      0, 3, 2, 5,
    ]);
  });

  it('joins along an axis', () => {
    const joined = makeNode('concat', [grid, node([8, 9], [2, 1])], { axis: 1 }, [2, 4], 'float64');
    expect(valuesOf(joined)).toEqual([0, 1, 2, 8, 3, 4, 5, 9]);
  });
});

describe('reductions', () => {
  it('accumulate in float64 and round once', () => {
    const values = [2 ** 24, 1, 1];
    expect(valuesOf(build.sum(node(values, [3], 'float32')))).toEqual([2 ** 24 + 2]);
  });

  it('give what nothing reduces to', () => {
    const nothing = node([], [0, 2], 'float32');
    expect(valuesOf(build.reduce('sum', nothing, [0]))).toEqual([0, 0]);
    expect(valuesOf(build.reduce('prod', nothing, [0]))).toEqual([1, 1]);
    expect(valuesOf(build.reduce('max', nothing, [0]))).toEqual([-Infinity, -Infinity]);
  });

  it('find the first of equals, and the first NaN before all', () => {
    expect(valuesOf(build.reduce('argmax', node([1, 5, 5, 2])))).toEqual([1]);
    expect(valuesOf(build.reduce('argmin', node([3, 1, 1])))).toEqual([1]);
    expect(valuesOf(build.reduce('argmax', node([1, Number.NaN, 9, Number.NaN])))).toEqual([1]);
    expect(valuesOf(build.reduce('argmin', node([Number.NaN, -1])))).toEqual([0]);
  });

  it('index several axes in row-major order', () => {
    const x = node([0, 1, 9, 3, 4, 5], [1, 2, 3]);
    expect(valuesOf(build.reduce('argmax', x, [1, 2]))).toEqual([2]);
  });
});

describe('contractions', () => {
  it('pair batch axes and contract the named ones', () => {
    const a = node([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
    const b = node([1, 0, 0, 1, 2, 0, 0, 2], [2, 2, 2]);
    const axes = { leftBatch: [0], rightBatch: [0], leftContract: [2], rightContract: [1] };
    expect(valuesOf(build.dot(a, b, axes))).toEqual([1, 2, 3, 4, 10, 12, 14, 16]);
  });

  it('correlate with padding, stride, dilations and groups', () => {
    const plain = {
      stride: [1],
      padding: [[0, 0] as const],
      inputDilation: [1],
      kernelDilation: [1],
      groups: 1,
    };
    const x = node([1, 2, 3, 4], [1, 4, 1]);
    const k = node([1, 10], [2, 1, 1]);
    expect(valuesOf(build.conv(x, k, plain))).toEqual([21, 32, 43]);
    expect(valuesOf(build.conv(x, k, { ...plain, padding: [[1, 0]], stride: [2] }))).toEqual([10, 32]);
    expect(valuesOf(build.conv(x, k, { ...plain, kernelDilation: [2] }))).toEqual([31, 42]);
    expect(valuesOf(build.conv(x, k, { ...plain, inputDilation: [2] }))).toEqual([1, 20, 2, 30, 3, 40]);
    expect(valuesOf(build.conv(x, k, { ...plain, padding: [[-1, 0]] }))).toEqual([32, 43]);
    const grouped = build.conv(node([1, 2], [1, 1, 2]), node([3, 5], [1, 1, 2]), { ...plain, groups: 2 });
    expect(valuesOf(grouped)).toEqual([3, 10]);
  });
});

describe('indexed operations', () => {
  const table = node([0, 1, 10, 11, 20, 21], [3, 2]);
  const indices = node([2, -5, 7], [3], 'int32');

  it('clamp indices when gathering', () => {
    expect(valuesOf(build.gather(table, indices, 0))).toEqual([20, 21, 0, 1, 20, 21]);
  });

  it('drop what is outside when scattering, and add duplicates', () => {
    const updates = node([1, 1, 100, 100, 100, 100, 2, 2], [4, 2]);
    const result = build.scatterAdd(table, node([2, -1, 3, 2], [4], 'int32'), updates, 0);
    expect(valuesOf(result)).toEqual([0, 1, 10, 11, 23, 24]);
  });
});

describe('evaluate', () => {
  const twice: CompositeDefinition = {
    name: 'twice',
    infer: ([x]) => ({ shape: x?.shape ?? [], dtype: x?.dtype ?? 'float32' }),
    decompose: ([x]) => build.add(x ?? 0, x ?? 0),
  };

  it('evaluates composites by their decomposition', () => {
    expect(valuesOf(build.applyComposite(twice, [node([1, 2])], {}))).toEqual([2, 4]);
  });

  it('returns arrays that are the caller’s own', () => {
    const values = new Float64Array([1, 2]);
    const leaf = build.data(values, [2], 'float64');
    const [same, flat] = evaluate([leaf, build.reshape(leaf, [2, 1])], noBindings);
    const written: (TypedArray | undefined)[] = [same, flat];
    written[0]?.fill(7);
    expect([Array.from(values), Array.from(flat ?? [])]).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('walks graphs too deep for recursion', () => {
    let deep = node([0]);
    for (let i = 0; i < 50_000; i++) deep = build.add(deep, 1);
    expect(valuesOf(deep)).toEqual([50_000]);
  });

  it('computes a shared value once', () => {
    let decompositions = 0;
    const counted: CompositeDefinition = {
      ...twice,
      decompose: (inputs, attributes) => {
        decompositions++;
        return twice.decompose(inputs, attributes);
      },
    };
    const shared = build.applyComposite(counted, [node([1])], {});
    expect(valuesOf(build.add(shared, shared))).toEqual([4]);
    expect(decompositions).toBe(1);
  });

  it('says which leaf has no value', () => {
    expect(() => evaluate([build.parameter(3, [2], 'float32')], noBindings)).toThrow(
      'parameter 3 has no value here',
    );
  });
});
