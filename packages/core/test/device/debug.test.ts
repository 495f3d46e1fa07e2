/** Debug mode names what went wrong and where. */
import { HostileBackend, LibraryBackend, MUTANTS, PlainBackend, Saboteur } from '@hadal/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  type Device,
  interpreter,
  log,
  scan,
  setDebug,
  type Tensor,
  tensor,
  variable,
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

/** The plain backend with one thing broken. */
function saboteur(name: string): Device {
  const mutant = MUTANTS.find((each) => each.name === name);
  if (mutant === undefined) throw new Error(`no mutant ${name}`);
  return createDevice(new Saboteur(mutant));
}

describe('debug mode, operation by operation', () => {
  it('names the operation that is wrong, its layer and its line, in the middle of a fused chain', async () => {
    setDebug({ everyOperation: true });
    const x = tensor([1, 2, 3], { device: saboteur('tanh is slightly off') });
    const y = withScope('layer "dense_1"', () => x.mul(0.5).tanh());
    const reading = y.add(x).sum().data();
    await expect(reading).rejects.toThrow(/tanh: "saboteur.*computed 0\.46.* the interpreter 0\.46/);
    await expect(reading).rejects.toThrow(/layer "dense_1"[\s\S]*debug\.test\.ts/);
  });

  it.each([
    ['exp is slightly off', 'exp', (x: Tensor) => x.exp().mul(2).sum()],
    ['sqrt is slightly off', 'sqrt', (x: Tensor) => x.add(1).sqrt().matmul(x)],
    ['mul is slightly off', 'mul', (x: Tensor) => x.add(1).mul(x).neg()],
  ] as const)('finds that %s', async (name, operation, build) => {
    setDebug({ everyOperation: true });
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { device: saboteur(name) },
    );
    await expect(build(x).data()).rejects.toThrow(new RegExp(`^${operation}: `));
  });

  it('finds in it what comparing results alone takes for rounding', async () => {
    const sum = (): Tensor =>
      tensor([1, 2], { device: saboteur('exp is slightly off') })
        .exp()
        .sum();
    setDebug(true);
    await sum().data();
    setDebug({ everyOperation: true });
    await expect(sum().data()).rejects.toThrow(/^exp: /);
  });

  it('finds a wrong operation in a compiled function', async () => {
    setDebug({ everyOperation: true });
    const step = compile((x: Tensor) => x.mul(2).exp().sum(), { name: 'step' });
    const x = tensor([0, 1], { device: saboteur('exp is slightly off') });
    await expect((await step(x)).data()).rejects.toThrow(/^exp: /);
  });

  it.each([
    ['the plain backend', () => createDevice(new PlainBackend())],
    ['a backend with a library', () => createDevice(new LibraryBackend())],
    ['the hostile backend', () => createDevice(new HostileBackend())],
    ['the interpreter', () => interpreter()],
  ] as const)('passes right computations on %s, control flow and updates included', async (_, makeDevice) => {
    setDebug({ everyOperation: true });
    const device = makeDevice();
    const w = variable(tensor([1, 2], { device }));
    const step = compile((x: Tensor) => {
      const [last, sums] = scan((h: Tensor, each: Tensor) => [h.add(each).tanh(), h.sum()], w.value, x);
      w.assign(w.value.add(last));
      return last.softmax().add(sums.mean());
    });
    const x = tensor(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      { device },
    );
    const result = await (await step(x)).data();
    setDebug(false);
    expect(result.every(Number.isFinite)).toBe(true);
    expect((await w.value.data()).every((each) => each > 1.9)).toBe(true);
  });

  it('says that it is the plan that is wrong where every operation by itself is right', async () => {
    setDebug({ everyOperation: true });
    class Forgetful extends PlainBackend {
      /** Runs whole programs without their last step. */
      override run(program: Parameters<PlainBackend['run']>[0]): void {
        super.run(program.length > 1 ? program.slice(0, -1) : program);
      }
    }
    const x = tensor(
      [
        [1, 2],
        [3, 4],
      ],
      { device: createDevice(new Forgetful()) },
    );
    await expect(x.matmul(x).matmul(x).data()).rejects.toThrow(/each operation agrees by itself/);
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
