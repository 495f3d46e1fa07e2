/**
 * Recurrent cells in one dispatch, against the interpreter: results and all gradients, for sequences and units that fill a
 * workgroup in part only.
 */
import { type Device, gradients, gru, lstm, mul, sum, type Tensor, tensor } from '@hadal/core';
import { wave } from '@hadal/testkit';
import { afterAll, beforeAll, it } from 'vitest';
import { webgpu } from '../../src/index';
import { describeWebGpu } from '../support/available';
import { type Build, expectEqual } from '../support/compare';
import { deviceLike, LIKE_GPU } from '../support/like';

interface Sizes {
  readonly batch: number;
  readonly length: number;
  readonly units: number;
}

interface Form {
  readonly reverse?: boolean;
  readonly isMasked?: boolean;
}

const FEATURES = 3;

/** What every cell is given: sequences, weights of so many gates, and where they count. */
function given(
  { batch, length, units }: Sizes,
  { isMasked, reverse = false }: Form,
  gates: number,
  device: Device,
) {
  const scaled = (shape: readonly number[], phase: number): Tensor => mul(wave(shape, device, phase), 0.5);
  const flags = Uint8Array.from({ length: batch * length }, (_, i) => ((i * 7) % 5 === 0 ? 0 : 1));
  return {
    x: scaled([batch, length, FEATURES], 0),
    kernel: scaled([FEATURES, gates * units], 1),
    recurrentKernel: scaled([units, gates * units], 2),
    bias: scaled([gates * units], 3),
    hidden: scaled([batch, units], 4),
    cell: scaled([batch, units], 5),
    options: isMasked
      ? { reverse, mask: tensor(flags, { shape: [batch, length], device, dtype: 'bool' }) }
      : { reverse },
  };
}

/** A number that depends on every output, each with another weight. */
const weighed = (outputs: readonly Tensor[], device: Device): Tensor =>
  outputs.map((each, i) => sum(mul(each, wave(each.shape, device, 6 + i)))).reduce((a, b) => a.add(b));

const lstmCase =
  (sizes: Sizes, form: Form = {}): Build =>
  (device) => {
    const { x, kernel, recurrentKernel, bias, hidden, cell, options } = given(sizes, form, 4, device);
    const run = lstm(x, { kernel, recurrentKernel, bias }, { ...options, hidden, cell });
    const outputs = [run.outputs, run.hidden, run.cell];
    const sources = [x, kernel, recurrentKernel, bias, hidden, cell];
    return [...outputs, ...gradients(weighed(outputs, device), sources)];
  };

const gruCase =
  (sizes: Sizes, resetAfter: boolean, form: Form = {}): Build =>
  (device) => {
    const { x, kernel, recurrentKernel, bias, hidden, options } = given(sizes, form, 3, device);
    const run = gru(
      x,
      { kernel, recurrentKernel, bias, ...(resetAfter ? { recurrentBias: mul(bias, 0.3) } : {}) },
      { ...options, hidden, resetAfter },
    );
    const outputs = [run.outputs, run.hidden];
    const sources = [x, kernel, recurrentKernel, bias, hidden];
    return [...outputs, ...gradients(weighed(outputs, device), sources)];
  };

const sizes: Sizes = { batch: 5, length: 7, units: 6 };
const wide: Sizes = { batch: 3, length: 4, units: 37 };

const cases: Readonly<Record<string, Build>> = {
  'an LSTM': lstmCase(sizes),
  'one unit, one step, one sequence': lstmCase({ batch: 1, length: 1, units: 1 }),
  'more units than a subgroup has': lstmCase(wide),
  'an LSTM that goes back': lstmCase(sizes, { reverse: true }),
  'an LSTM with a mask': lstmCase(sizes, { isMasked: true }),
  'an LSTM with a mask that goes back': lstmCase(wide, { isMasked: true, reverse: true }),
  'a GRU whose gate comes after the product': gruCase(sizes, true),
  'the same with a mask, going back': gruCase(wide, true, { isMasked: true, reverse: true }),
  'a GRU whose gate comes before the product': gruCase(sizes, false),
  'the same with a mask, going back, of more units': gruCase(wide, false, { isMasked: true, reverse: true }),
};

/** Sums over batch and time of numbers that went through up to seven steps. */
const TOLERANCE = 4e-6;

describeWebGpu('recurrent cells on WebGPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await webgpu();
  });
  afterAll(() => device.close());
  it.each(Object.entries(cases))('%s', (_name, build) => expectEqual(build, device, TOLERANCE), 120_000);
});

describeWebGpu('recurrent cells as on a GPU', () => {
  let device: Device;
  beforeAll(async () => {
    device = await deviceLike({ ...LIKE_GPU, maxBindings: 10 });
  });
  afterAll(() => device.close());
  it('an LSTM', () => expectEqual(lstmCase(sizes), device, TOLERANCE), 120_000);
});
