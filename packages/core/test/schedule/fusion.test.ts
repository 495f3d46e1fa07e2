/** What shares a kernel. Counted on a backend without a library unless a test says otherwise. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  compile,
  concat,
  createDevice,
  type Device,
  exp,
  explainPlan,
  gather,
  interpreter,
  logSoftmax,
  matmul,
  maxPool2d,
  mean,
  packVariables,
  relu,
  softmax,
  sparseSoftmaxCrossEntropy,
  sum,
  type Tensor,
  tanh,
  tensor,
  variable,
  variance,
} from '../../src/index';

const device = createDevice(new PlainBackend());

const filled = (shape: readonly number[], on: Device = device): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(i * 1.7) + 0.1),
    { shape, device: on },
  );

/** Lines of the plan: kernels, library calls and copies. */
const kernels = async (...tensors: readonly Tensor[]): Promise<string[]> =>
  (await explainPlan(...tensors)).split('\n').filter((line) => /^ +\d/.test(line));

describe('the scheduler fuses', () => {
  it('an element-wise chain into one kernel', async () => {
    const x = filled([33, 65]);
    expect(await kernels(relu(x.mul(2).add(1)).sub(x).exp())).toHaveLength(1);
  });

  it('views into the kernel that reads them', async () => {
    const x = filled([12, 10]);
    expect(await kernels(x.transpose().slice([1, 0], [9, 12]).reshape([48, 2]).add(1))).toHaveLength(1);
  });

  it('a look-up into the storage that a table shares with other variables', async () => {
    const table = variable(filled([20, 6]));
    const wanted = await gather(table.value, tensor([3, 19, -2], { dtype: 'int32', device })).data();
    packVariables([variable(filled([7])), table]);
    const rows = gather(table.value, tensor([3, 19, -2], { dtype: 'int32', device }));
    expect(await kernels(rows)).toHaveLength(1);
    expect(await rows.data()).toEqual(wanted);
    // Columns of it do not lie row-major, and are copied first.
    const part = gather(table.value.slice([0, 2], [20, 5]), tensor([3], { dtype: 'int32', device }));
    expect(await part.data()).toEqual(wanted.slice(2, 5));
  });

  it('what comes before and after a reduction into it', async () => {
    expect(
      await kernels(
        sum(filled([40, 50]).square(), { axis: 1 })
          .sqrt()
          .add(1),
      ),
    ).toHaveLength(1);
  });

  it('softmax and its logarithm into one row kernel each', async () => {
    expect(await kernels(softmax(filled([7, 33])))).toHaveLength(1);
    expect(await kernels(logSoftmax(filled([7, 33])))).toHaveLength(1);
  });

  it('layer normalization into one row kernel', async () => {
    const x = filled([9, 21]);
    const centred = x.sub(mean(x, { axis: -1, keepDims: true }));
    expect(
      await kernels(centred.div(variance(x, { axis: -1, keepDims: true }).add(1e-5).sqrt())),
    ).toHaveLength(1);
  });

  it('a loss per example and what else the rows give into one kernel', async () => {
    const logits = filled([8, 10]);
    const labels = tensor(
      Int32Array.from({ length: 8 }, (_, i) => i),
      { device },
    );
    const losses = sparseSoftmaxCrossEntropy(logits, labels);
    expect(await kernels(losses, softmax(logits), logits.argMax(-1))).toHaveLength(1);
  });

  it('independent loops of one shape into one kernel with several results', async () => {
    const [a, b] = [filled([64]), filled([64])];
    expect(await kernels(a.add(1), b.mul(3), exp(a))).toHaveLength(1);
  });

  it('nothing into a reduction whose result is needed at other rows', async () => {
    const x = filled([6, 6]);
    const rows = sum(x, { axis: 1, keepDims: true });
    expect(await kernels(x.add(rows.transpose()))).toHaveLength(2);
  });

  it('sums of rows and of columns of one extent into kernels apart', async () => {
    const x = filled([3, 16, 16]);
    const y = filled([3, 16, 16]);
    expect(await kernels(sum(x, { axis: 2 }), sum(y.mul(2), { axis: 2 }))).toHaveLength(1);
    expect(await kernels(sum(x, { axis: 2 }), sum(x, { axis: 1 }))).toHaveLength(2);
  });

  it('a pooling window into one kernel', async () => {
    expect(await kernels(maxPool2d(filled([2, 9, 9, 5]), 2))).toHaveLength(1);
  });
});

describe('the scheduler stores', () => {
  it('an expensive value once for several readers of other shapes', async () => {
    const y = tanh(filled([30, 20]).mul(3));
    const plan = await kernels(sum(y, { axis: 0 }), sum(y, { axis: 1 }));
    expect(plan).toHaveLength(2);
    expect(plan.filter((line) => line.includes('tanh'))).toHaveLength(1);
  });

  it('parts of a joined value where they belong, without copying', async () => {
    const [a, b] = [filled([5, 7]), filled([9, 5])];
    const joined = concat([sum(a, { axis: 0 }), sum(b, { axis: 1 })], 0);
    expect(await kernels(joined)).toHaveLength(2);
  });

  it('a long sum in two passes', async () => {
    expect(await kernels(sum(filled([5000])))).toHaveLength(2);
    expect(await kernels(sum(filled([4, 9, 9, 3]), { axis: [0, 1, 2] }))).toHaveLength(2);
    expect(await kernels(sum(filled([100])))).toHaveLength(1);
  });
});

describe('an update of variables', () => {
  const adamLike = (
    on: Device,
  ): { step: ReturnType<typeof compile<[Tensor], Tensor>>; weights: Tensor[] } => {
    const [w, b] = [variable(filled([6, 3], on)), variable(filled([3], on))];
    const flat = packVariables([w, b]);
    const moment = variable(filled([21], on).mul(0));
    const step = compile((x: Tensor) => {
      const gradient = concat(
        [
          matmul(x.transpose(), x).slice([0, 0], [6, 3]).reshape([18]),
          sum(x.slice([0, 0], [4, 3]), { axis: 0 }),
        ],
        0,
      );
      moment.assign(moment.value.mul(0.9).add(gradient.mul(0.1)));
      flat.assign(flat.value.sub(moment.value.mul(0.01)));
      return sum(w.value.square());
    });
    return { step, weights: [w.value, b.value] };
  };

  it('is one loop over all parameters, in place', async () => {
    const { step } = adamLike(device);
    const names = (await step.program(filled([4, 6]))).dispatches.map(({ kind }) => kind);
    expect(names.filter((kind) => kind === 'copy')).toEqual([]);
    expect(names.length).toBeLessThanOrEqual(5);
  });

  it('gives the same values as the interpreter, step after step', async () => {
    const reference = interpreter();
    const [ours, theirs] = [adamLike(device), adamLike(reference)];
    for (let i = 0; i < 4; i++) {
      const got = await (await ours.step(filled([4, 6]))).item();
      const expected = await (await theirs.step(filled([4, 6], reference))).item();
      expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-5 * Math.abs(expected));
    }
  });

  it('is computed aside where the old value is still read', async () => {
    const v = variable(filled([8]));
    const reversed = compile((x: Tensor) => {
      v.assign(
        v.value
          .slice([1], [8])
          .reshape([7])
          .mul(x)
          .reshape([7])
          .sum()
          .add(v.value.mul(0))
          .add(flipped(v.value)),
      );
      return v.value.add(0.5);
    });
    const before = await v.value.data();
    const total = Array.from(before.slice(1)).reduce((sum, each) => sum + each, 0);
    const after = await (await reversed(1)).data();
    const expected = Array.from(before, (_, i) => total + (before[7 - i] ?? 0) + 0.5);
    expect(Array.from(after, (value, i) => Math.abs(value - (expected[i] ?? 0)) < 1e-4)).not.toContain(false);
  });
});

const flipped = (x: Tensor): Tensor =>
  concat(
    Array.from({ length: 8 }, (_, i) => x.slice([7 - i], [8 - i])),
    0,
  );

describe('another batch size', () => {
  it('gives a plan and compiles nothing', async () => {
    const w = variable(filled([12, 5]));
    const step = compile((x: Tensor) => {
      const y = softmax(matmul(relu(x.sub(0.5)), w.value));
      return [mean(sum(y.square(), { axis: -1 })), y.argMax(-1)];
    });
    await step(filled([32, 12]));
    const before = device.statistics();
    for (const batch of [7, 31, 1]) await step(filled([batch, 12]));
    const after = device.statistics();
    expect(after.plans - before.plans).toBe(3);
    expect(after.kernels - before.kernels).toBe(0);
  });
});
