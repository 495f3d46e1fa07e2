/** Debug mode names what went wrong and where. */
import { PlainBackend } from '@hadal/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  interpreter,
  log,
  setDebug,
  type Tensor,
  tensor,
  withScope,
} from '../../src/index';
import { sabotaged } from './support/wrong-backend';

afterEach(() => setDebug(false));

describe('debug mode', () => {
  it('names the operation and the line that made the first NaN', async () => {
    setDebug(true);
    const x = tensor([1, -1], { device: createDevice(new PlainBackend()) });
    const bad = withScope('layer "dense_1"', () => log(x.mul(2)));
    const reading = bad.add(1).data();
    await expect(reading).rejects.toThrow(/log: made a NaN/);
    await expect(bad.data()).rejects.toThrow(/layer "dense_1"[\s\S]*debug\.test\.ts/);
  });

  it('passes computations without a NaN', async () => {
    setDebug(true);
    const x = tensor([1, 4], { device: createDevice(new PlainBackend()) });
    expect(await log(x).exp().sum().item()).toBeCloseTo(5, 5);
  });

  it('finds a kernel that disagrees with the interpreter', async () => {
    setDebug(true);
    const x = tensor([1, 4], { device: createDevice(sabotaged('add')) });
    await expect(x.add(x.mul(3)).data()).rejects.toThrow(/computed .* at element 0, the interpreter 4/);
  });

  it('reports a captured number that changed since the function was compiled', async () => {
    setDebug(true);
    let rate = 0.5;
    const step = compile((x: Tensor) => x.mul(rate), { name: 'step' });
    const x = tensor([2], { device: interpreter() });
    expect(await (await step(x)).item()).toBe(1);
    rate = 0.25;
    await expect(step(x)).rejects.toThrow(/step: .*captured changed from 0.5 to 0.25/);
  });

  it('reports a compiled function that decides otherwise than when it was recorded', async () => {
    setDebug(true);
    let negate = false;
    const step = compile((x: Tensor) => (negate ? x.neg() : x.exp()), { name: 'step' });
    const x = tensor([0], { device: interpreter() });
    await step(x);
    negate = true;
    await expect(step(x)).rejects.toThrow(/builds another computation/);
  });
});

describe('without debug mode', () => {
  it('a captured number is a constant of the recording', async () => {
    let rate = 0.5;
    const step = compile((x: Tensor) => x.mul(rate));
    const x = tensor([2], { device: interpreter() });
    await step(x);
    rate = 0.25;
    expect(await (await step(x)).item()).toBe(1);
  });
});
