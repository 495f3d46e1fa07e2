/**
 * Samples of operations of the graph that no function of the public interface reaches in this generality.
 */
import { type DType, Tensor } from '@hadal/core';
import {
  type BinaryOp,
  binary,
  conv,
  dot,
  identity,
  iota,
  type Node,
  pad,
  reduce,
  slidingWindow,
  type UnaryOp,
  unary,
} from '@hadal/core/graph';
import { input, type Values } from '../inputs';
import { binarySamples, type Sample, sample, unarySamples } from '../sample';

/** A function of nodes as a function of tensors. */
const lifted =
  (f: (...nodes: Node[]) => Node) =>
  (...inputs: Tensor[]): Tensor =>
    new Tensor(f(...inputs.map(({ node }) => node)), inputs[0]?.device);

const lifted1 = (f: (x: Node) => Node) => (x: Tensor) => new Tensor(f(x.node), x.device);
const lifted2 = (f: (a: Node, b: Node) => Node) => (a: Tensor, b: Tensor) =>
  new Tensor(f(a.node, b.node), a.device);

const one = (op: UnaryOp) => lifted1((x) => unary(op, x));

/** Equal shapes only: broadcasting belongs to the public functions. */
const pairs = (
  op: BinaryOp,
  dtype: DType,
  second: Values | undefined = dtype === 'bool' ? undefined : { from: -9, below: 10 },
  first: Values = { from: -1000, below: 1000 },
): Sample[] =>
  ([[], [0], [7], [33, 17]] as const).map((shape, index) =>
    sample(
      `node ${op}`,
      `of [${shape.join(', ')}] ${dtype} and ${JSON.stringify(second ?? '')}`,
      [input(shape, dtype, first), input(shape, dtype, second)],
      lifted2((a, b) => binary(op, a, b)),
      { tolerance: 'exact', viewed: index === 2 },
    ),
  );

const elementwise: readonly Sample[] = [
  ...unarySamples('node exp2', one('exp2'), { tolerance: 'elementary', derivatives: 2 }),
  ...unarySamples('node log2', one('log2'), { values: 'positive', tolerance: 'elementary', derivatives: 2 }),
  ...(['and', 'or', 'xor'] as const).flatMap((op) => [
    ...pairs(op, 'int32'),
    ...pairs(op, 'uint8', { from: 0, below: 256 }),
    ...pairs(op, 'int16', { from: -300, below: 300 }),
    ...pairs(op, 'uint32', { from: 0, below: 2 ** 32 }),
    ...pairs(op, 'bool'),
  ]),
  ...(['shl', 'shr'] as const).flatMap((op) => [
    ...pairs(op, 'int32', { from: 0, below: 32 }),
    ...pairs(op, 'int8', { from: 0, below: 8 }),
    ...pairs(op, 'uint32', { from: 0, below: 32 }, { from: 0, below: 2 ** 32 }),
  ]),
  ...(['idiv', 'mod'] as const).flatMap((op) => [
    ...pairs(op, 'int32'),
    ...pairs(op, 'int64', { from: -9, below: 10 }, { from: -(2 ** 50), below: 2 ** 50 }),
    ...pairs(op, 'uint32', { from: 0, below: 2 ** 32 }, { from: 0, below: 2 ** 32 }),
    ...pairs(op, 'uint32', { from: 0, below: 9 }, { from: 0, below: 2 ** 32 }),
  ]),
  ...binarySamples('node logic', (a, b) => a.less(b).equal(b.less(a)), {
    dtypes: ['float32', 'int32'],
    tolerance: 'exact',
  }),
];

const conv1 = (
  how: string,
  kernelShape: readonly number[],
  attributes: {
    stride: number;
    padding: readonly [number, number];
    inputDilation: number;
    kernelDilation: number;
    groups: number;
  },
): Sample => {
  const { stride, padding, inputDilation, kernelDilation, groups } = attributes;
  return sample(
    'node conv',
    how,
    [input([2, 7, 4]), input(kernelShape)],
    lifted2((x, kernel) =>
      conv(x, kernel, {
        stride: [stride],
        padding: [padding],
        inputDilation: [inputDilation],
        kernelDilation: [kernelDilation],
        groups,
      }),
    ),
    { tolerance: 'contraction', viewed: true, derivatives: 2 },
  );
};

const plain = { stride: 1, padding: [0, 0], inputDilation: 1, kernelDilation: 1, groups: 1 } as const;

const structural: readonly Sample[] = [
  sample(
    'node pad',
    'with gaps and a computed fill',
    [input([3, 4]), input([2])],
    lifted((x = iota(0), f = iota(0)) =>
      pad(x, reduce('sum', f), { lo: [1, 0], hi: [0, 2], interior: [2, 1] }),
    ),
    { tolerance: 'arithmetic', viewed: true, derivatives: 2 },
  ),
  sample(
    'node pad',
    'of int32 with gaps',
    [input([5], 'int32')],
    lifted1((x) => pad(x, reduce('max', x), { lo: [0], hi: [1], interior: [3] })),
    { tolerance: 'exact' },
  ),
  sample(
    'node window',
    'over two axes, strided and dilated, summed',
    [input([2, 9, 8])],
    lifted1((x) =>
      reduce(
        'sum',
        slidingWindow(x, { axes: [1, 2], size: [2, 3], stride: [2, 1], dilation: [1, 2] }),
        [3, 4],
      ),
    ),
    { tolerance: 'reduction', viewed: true, derivatives: 2 },
  ),
  sample(
    'node window',
    'overlapping, as it is',
    [input([7, 2])],
    lifted1((x) => slidingWindow(x, { axes: [0], size: [3], stride: [1], dilation: [1] })),
    { tolerance: 'exact', viewed: true, derivatives: 2 },
  ),
  ...(['argmax', 'argmin'] as const).map((kind) =>
    sample(
      `node ${kind}`,
      'over two axes that are not neighbours',
      [input([3, 4, 5])],
      lifted1((x) => reduce(kind, x, [0, 2])),
      { tolerance: 'exact', viewed: true },
    ),
  ),
  ...(['max', 'min'] as const).map((kind) =>
    sample(
      `node ${kind}`,
      'of flags',
      [input([3, 4], 'bool')],
      lifted1((x) => reduce(kind, x, [1])),
      { tolerance: 'exact', viewed: true },
    ),
  ),
  sample(
    'node dot',
    'with two batch axes out of order and two contracted ones',
    [input([3, 2, 4, 5, 2]), input([2, 4, 6, 2, 3])],
    lifted2((a, b) =>
      dot(a, b, { leftBatch: [1, 0], rightBatch: [0, 4], leftContract: [2, 4], rightContract: [1, 3] }),
    ),
    { tolerance: 'contraction', viewed: true, derivatives: 2 },
  ),
  sample(
    'node dot',
    'that only scales',
    [input([3, 2]), input([4])],
    lifted2((a, b) => dot(a, b, { leftBatch: [], rightBatch: [], leftContract: [], rightContract: [] })),
    { tolerance: 'contraction', derivatives: 2 },
  ),
  conv1('with a dilated input', [3, 4, 2], { ...plain, inputDilation: 2, padding: [2, 1] }),
  conv1('with all attributes at once', [2, 2, 6], {
    stride: 2,
    padding: [3, 2],
    inputDilation: 3,
    kernelDilation: 2,
    groups: 2,
  }),
  conv1('that crops', [2, 4, 3], { ...plain, padding: [-2, -1] }),
  sample(
    'node identity',
    'that asks for a buffer',
    [input([3, 4])],
    lifted1((x) => identity(x, 'contiguous')),
    {
      tolerance: 'exact',
      viewed: true,
      derivatives: 2,
    },
  ),
  sample(
    'node iota',
    'beside an operand',
    [input([5], 'int32')],
    lifted1((x) => binary('add', x, iota(5))),
    {
      tolerance: 'exact',
    },
  ),
];

export const nodeSamples: readonly Sample[] = [...elementwise, ...structural];
