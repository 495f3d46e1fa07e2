/**
 * Graphs that a scheduler fuses, splits or shares: where lowering can go wrong although every operation alone is right.
 */
import {
  broadcastTo,
  concat,
  conv2d,
  type Device,
  exp,
  gather,
  matmul,
  maximum,
  mean,
  pad,
  relu,
  reshape,
  softmax,
  sum,
  type Tensor,
  tensor,
  transpose,
  where,
} from '@hadal/core';
import { type InputSpec, input, makeValues } from '../inputs';
import { seededRandom } from '../random';
import type { ToleranceClass } from '../tolerance';
import type { CaseContext, ConformanceCase } from './case';
import { requireAgreement } from './forward';

interface Graph {
  readonly name: string;
  readonly inputs: readonly InputSpec[];
  readonly tolerance: ToleranceClass;
  readonly build: (...inputs: Tensor[]) => readonly Tensor[];
}

/** As many operands as no backend binds at once. */
const MANY = 24;

const GRAPHS: readonly Graph[] = [
  {
    name: 'a chain of twelve element-wise operations',
    inputs: [input([9, 5]), input([5])],
    tolerance: 'elementary',
    build: (x, y) => [
      x.mul(y).add(1).tanh().mul(x).sub(y).sigmoid().mul(3).sub(0.5).abs().add(0.1).log().neg(),
    ],
  },
  {
    name: 'one value read by three results',
    inputs: [input([7, 6])],
    tolerance: 'reduction',
    build: (x) => {
      const shared = exp(x.mul(0.5));
      return [shared.add(1), sum(shared, 1), maximum(shared, 0.5)];
    },
  },
  {
    name: 'results that are also operands of results',
    inputs: [input([8])],
    tolerance: 'arithmetic',
    build: (x) => {
      const a = x.mul(2);
      const b = a.add(1);
      return [a, b, b.mul(a), a.sub(x)];
    },
  },
  {
    name: 'the same tensor twice among the results',
    inputs: [input([4])],
    tolerance: 'arithmetic',
    build: (x) => {
      const y = x.mul(3);
      return [y, y, reshape(y, [2, 2])];
    },
  },
  {
    name: 'an operand that is a result unchanged',
    inputs: [input([2, 3])],
    tolerance: 'exact',
    build: (x) => [x, transpose(x), reshape(x, [6])],
  },
  {
    name: `a sum of ${MANY} tensors`,
    inputs: Array.from({ length: MANY }, () => input([3, 4])),
    tolerance: 'reduction',
    build: (...inputs) => [inputs.reduce((total, each, index) => total.add(each.mul(index + 1)))],
  },
  {
    name: `${MANY} results of one tensor`,
    inputs: [input([5])],
    tolerance: 'arithmetic',
    build: (x) => Array.from({ length: MANY }, (_, index) => x.mul(index + 1)),
  },
  {
    name: `${MANY} tensors joined`,
    inputs: Array.from({ length: MANY }, (_, index) => input([1 + (index % 3), 2])),
    tolerance: 'arithmetic',
    build: (...inputs) => [concat(inputs, 0).mul(2)],
  },
  {
    name: 'a reduction of a reduction',
    inputs: [input([6, 7, 5])],
    tolerance: 'reduction',
    build: (x) => [sum(exp(sum(x, 2)), 0), mean(sum(x, [0, 1]))],
  },
  {
    name: 'a reduction broadcast back onto its operand',
    inputs: [input([6, 33])],
    tolerance: 'reduction',
    build: (x) => [
      x.sub(mean(x, { axis: 1, keepDims: true })),
      x.div(sum(exp(x), { axis: 0, keepDims: true })),
    ],
  },
  {
    name: 'softmax over rows of a product, and its sum',
    inputs: [input([4, 5]), input([5, 6])],
    tolerance: 'reduction',
    build: (a, b) => {
      const p = softmax(matmul(a, b));
      return [p, sum(p, 1), sum(p.mul(p))];
    },
  },
  {
    name: 'a product whose operand is computed and transposed',
    inputs: [input([6, 4]), input([6, 5])],
    tolerance: 'contraction',
    build: (a, b) => [matmul(transpose(relu(a)), b.add(1))],
  },
  {
    name: 'a product that is also a result before its activation',
    inputs: [input([6, 4]), input([4, 5]), input([5])],
    tolerance: 'contraction',
    build: (a, b, bias) => {
      const before = matmul(a, b).add(bias);
      return [before, relu(before), sum(before, 0)];
    },
  },
  {
    name: 'a product that is followed by nothing but its activation',
    inputs: [input([6, 4]), input([4, 5])],
    tolerance: 'contraction',
    build: (a, b) => [relu(matmul(a, b)).mul(2)],
  },
  {
    name: 'gathered rows that are activated',
    inputs: [input([9, 12])],
    tolerance: 'exact',
    build: (x) => [relu(gather(x, tensor([3, 0, 8, 3], { dtype: 'int32', device: x.device }), 0))],
  },
  {
    name: 'padding of a computed value, read twice',
    inputs: [input([3, 4])],
    tolerance: 'elementary',
    build: (x) => {
      const padded = pad(exp(x), 1, -1);
      return [padded.mul(2), sum(padded, 0)];
    },
  },
  {
    name: 'a convolution of a padded, scaled image and its sums',
    inputs: [input([2, 5, 5, 3]), input([3, 3, 3, 4]), input([4])],
    tolerance: 'contraction',
    build: (x, kernel, bias) => {
      const y = relu(
        conv2d(
          pad(x.mul(0.5), [
            [0, 0],
            [1, 1],
            [1, 1],
            [0, 0],
          ]),
          kernel,
        ).add(bias),
      );
      return [y, sum(y, [0, 1, 2])];
    },
  },
  {
    name: 'a selection between two computed branches',
    inputs: [input([5, 3]), input([3])],
    tolerance: 'elementary',
    build: (x, y) => [where(x.greater(y), exp(x), y.mul(x)), where(x.less(0), 0, x)],
  },
  {
    name: 'rows picked from a computed table and summed',
    inputs: [input([6, 4]), input([9], 'int32', { from: 0, below: 6 })],
    tolerance: 'reduction',
    build: (table, at) => [sum(gather(table.mul(2), at), 1)],
  },
  {
    name: 'a tensor that is only repeated',
    inputs: [input([3, 1])],
    tolerance: 'exact',
    build: (x) => [broadcastTo(x, [2, 3, 4])],
  },
  {
    name: 'integers, flags and floats in one graph',
    inputs: [input([4, 5]), input([5], 'int32'), input([4, 1], 'uint8')],
    tolerance: 'arithmetic',
    build: (x, i, u) => {
      const flag = x.greater(0);
      return [flag, i.add(u), where(flag, i.cast('float32'), x), flag.cast('int32').sum(), u.mul(200)];
    },
  },
];

const tensorsOn = (device: Device, { name, inputs }: Graph, seed: number): Tensor[] => {
  const random = seededRandom(seed, name);
  return inputs.map((spec) =>
    tensor(makeValues(spec, random), { shape: spec.shape, dtype: spec.dtype, device }),
  );
};

export function fusionCases({ device, seed }: CaseContext): ConformanceCase[] {
  return GRAPHS.map((graph) => ({
    group: 'fusion',
    name: graph.name,
    run: async () =>
      requireAgreement({
        device: await device(),
        inputs: graph.inputs,
        build: (where) => graph.build(...tensorsOn(where, graph, seed)),
        kind: graph.tolerance,
      }),
  }));
}
