/**
 * Operations whose result's shape depends on values. No sample can express them, since they are asynchronous: what is
 * known of them are golden values, and checks on the device against the interpreter.
 */
import {
  argWhere,
  booleanMask,
  compile,
  type Device,
  type DType,
  gradients,
  intersect1d,
  nonzero,
  setdiff1d,
  type Tensor,
  tensor,
  type Unique,
  union1d,
  unique,
  zeros,
} from '@hadal/core';
import { requireClose } from '../compare';
import { type InputSpec, input, makeValues } from '../inputs';
import { seededRandom } from '../random';
import { toleranceOf } from '../tolerance';
import { type OperationCheck, type OperationFamily, refuses } from './family';

type Compute = (...inputs: Tensor[]) => Promise<readonly Tensor[]>;

const parts = ({ values, indices, inverse, counts }: Unique): Tensor[] => [values, indices, inverse, counts];
const alone = async (result: Promise<Tensor>): Promise<Tensor[]> => [await result];
const flags = (shape: readonly number[]): InputSpec => input(shape, 'bool');
const few = (shape: readonly number[], dtype: DType = 'int32'): InputSpec =>
  input(shape, dtype, { from: 0, below: 4 });

/** Holds what a device gives against what the interpreter gives, in shapes, dtypes and values. */
const agrees = (
  operation: string,
  name: string,
  specs: readonly InputSpec[],
  compute: Compute,
): OperationCheck => ({
  operation,
  name,
  async run(device, reference) {
    const random = seededRandom(1, `${operation} ${name}`);
    const arrays = specs.map((spec) => makeValues(spec, random));
    const on = (where: Device): Promise<readonly Tensor[]> =>
      compute(
        ...specs.map(({ shape, dtype }, i) => tensor(arrays[i] ?? [], { shape, dtype, device: where })),
      );
    const [found, expected] = [await on(device), await on(reference)];
    for (const [i, wanted] of expected.entries()) {
      const result = found[i];
      if (result?.dtype !== wanted.dtype) {
        throw new TypeError(`result ${i} is ${result?.dtype ?? 'missing'}, expected ${wanted.dtype}`);
      }
      requireClose(
        { shape: result.shape, values: await result.data() },
        { shape: wanted.shape, values: await wanted.data() },
        toleranceOf(wanted.dtype, 'exact'),
      );
    }
  },
});

/** Gradients pass through what was picked; everything else has gradient 0. */
const maskGradient: OperationCheck = {
  operation: 'booleanMask',
  name: 'passes a gradient to what it picks',
  async run(device) {
    const x = tensor([1, -2, 3, -4], { device });
    const picked = await booleanMask(x, x.greater(0));
    const [slope] = gradients(picked.square().sum(), [x]);
    if (slope === undefined) throw new TypeError('there is no gradient');
    requireClose(
      { shape: slope.shape, values: await slope.data() },
      { shape: [4], values: Float32Array.of(2, 0, 6, 0) },
      toleranceOf('float32', 'gradient'),
    );
  },
};

const inside = (compute: (x: Tensor) => unknown) => (): unknown =>
  compile((x: Tensor) => {
    compute(x);
    return x;
  })(zeros([3]));

export const dynamic: OperationFamily = {
  name: 'dynamic',
  samples: [],
  goldens: {
    nonzero: (x) => nonzero(x),
    'nonzero one axis': (x) => nonzero(x),
    'nonzero special': (x) => nonzero(x),
    argWhere: (x) => argWhere(x),
    'argWhere none': (x) => argWhere(x),
    booleanMask: (x, mask) => booleanMask(x, mask),
    'booleanMask elements': (x, mask) => booleanMask(x, mask),
    'booleanMask axis 1': (x, mask) => booleanMask(x, mask, 1),
    unique: async (x) => parts(await unique(x)),
    'unique special': async (x) => (await unique(x)).values,
    'unique rows': async (x) => parts(await unique(x, { axis: 0 })),
    'unique columns': async (x) => parts(await unique(x, { axis: 1 })),
    setdiff1d,
    'setdiff1d float': setdiff1d,
    intersect1d,
    'intersect1d float': intersect1d,
    union1d,
    'union1d float': union1d,
  },
  errors: [
    refuses('nonzero', 'a scalar', () => nonzero(zeros([])), 'ShapeError', 'a scalar has no positions'),
    refuses('nonzero', 'being compiled', inside(nonzero), 'TraceError', 'where(x, whenTrue, whenFalse)'),
    refuses('argWhere', 'a scalar', () => argWhere(zeros([])), 'ShapeError', 'a scalar has no positions'),
    refuses('argWhere', 'being compiled', inside(argWhere), 'TraceError', 'where(x, whenTrue, whenFalse)'),
    refuses(
      'booleanMask',
      'a mask that does not fit',
      () => booleanMask(zeros([2, 3]), zeros([3])),
      'ShapeError',
      'the mask [3] does not fit [2, 3] from axis 0 on',
    ),
    refuses(
      'booleanMask',
      'an axis that does not exist',
      () => booleanMask(zeros([2]), zeros([2]), 1),
      'AxisError',
      'axis 1',
    ),
    refuses(
      'booleanMask',
      'being compiled',
      inside((x) => booleanMask(x, x)),
      'TraceError',
      'where(mask, x, fill)',
    ),
    refuses(
      'unique',
      'an axis that does not exist',
      () => unique(zeros([2]), { axis: 1 }),
      'AxisError',
      'axis 1',
    ),
    refuses('unique', 'being compiled', inside(unique), 'TraceError', 'sort(x)'),
    refuses(
      'setdiff1d',
      'being compiled',
      inside((x) => setdiff1d(x, 1)),
      'TraceError',
      'isIn(a, b)',
    ),
    refuses(
      'intersect1d',
      'being compiled',
      inside((x) => intersect1d(x, 1)),
      'TraceError',
      'isIn(a, b)',
    ),
    refuses(
      'union1d',
      'being compiled',
      inside((x) => union1d(x, 1)),
      'TraceError',
      'sort(concat',
    ),
  ],
  checks: [
    agrees('nonzero', 'of [3, 4, 5] bool', [flags([3, 4, 5])], nonzero),
    agrees('nonzero', 'of [40] float32', [few([40], 'float32')], nonzero),
    agrees('nonzero', 'of nothing', [input([0, 3])], nonzero),
    agrees('argWhere', 'of [3, 4, 5]', [few([3, 4, 5])], (x) => alone(argWhere(x))),
    agrees('argWhere', 'of what is computed', [input([6, 7])], (x) => alone(argWhere(x.greater(0.3)))),
    agrees('booleanMask', 'of rows', [input([33, 5]), flags([33])], (x, mask) => alone(booleanMask(x, mask))),
    agrees('booleanMask', 'of elements', [input([3, 4, 2]), flags([3, 4])], (x, mask) =>
      alone(booleanMask(x, mask)),
    ),
    agrees('booleanMask', 'along axis 1', [input([3, 9, 2], 'uint8'), few([9])], (x, mask) =>
      alone(booleanMask(x, mask, 1)),
    ),
    maskGradient,
    agrees('unique', 'of [40] int32', [few([40])], async (x) => parts(await unique(x))),
    agrees('unique', 'of special values', [input([30], 'float32', 'special')], async (x) =>
      parts(await unique(x)),
    ),
    agrees('unique', 'of [12, 2] along axis 0', [few([12, 2])], async (x) =>
      parts(await unique(x, { axis: 0 })),
    ),
    agrees('unique', 'of [2, 9, 2] uint8 along axis 1', [few([2, 9, 2], 'uint8')], async (x) =>
      parts(await unique(x, { axis: 1 })),
    ),
    agrees('unique', 'of nothing', [input([0])], async (x) => parts(await unique(x))),
    agrees('setdiff1d', 'of int32', [input([40], 'int32'), few([6])], (a, b) => alone(setdiff1d(a, b))),
    agrees('intersect1d', 'of int32', [input([5, 8], 'int32'), few([6])], (a, b) => alone(intersect1d(a, b))),
    agrees('union1d', 'of int32 and float32', [few([9]), input([6])], (a, b) => alone(union1d(a, b))),
  ],
};
