/**
 * How control flow is planned and run: once, whatever the number of iterations; and together with everything else that
 * programs do (variables, compiled functions, random numbers, debug mode).
 */
import {
  compile,
  cond,
  createDevice,
  type Device,
  explainPlan,
  forLoop,
  Generator,
  gradients,
  packVariables,
  randomUniform,
  realize,
  scalar,
  scan,
  setDebug,
  sum,
  type Tensor,
  tanh,
  tensor,
  variable,
  whileLoop,
} from '@hadal/core';
import { HostileBackend, PlainBackend } from '@hadal/testkit';
import { afterEach, describe, expect, it } from 'vitest';

const plain = (): Device => createDevice(new PlainBackend());
const hostile = (): Device => createDevice(new HostileBackend());
const on = (device: Device, values: readonly number[]): Tensor => tensor(values, { device });

/** Σ tanh over decaying states, `steps` times. */
const decay = (x: Tensor, steps: number, factor: number): Tensor =>
  sum(scan((state) => [tanh(state.mul(factor).add(0.1)), state], x, undefined, { length: steps })[1]);

describe('a loop is planned once', () => {
  it('compiles as many kernels for 1000 iterations as for 10', async () => {
    const kernels = await Promise.all(
      [10, 1000].map(async (steps) => {
        const device = plain();
        const x = on(device, [0.5, -0.25]);
        await gradients(decay(x, steps, 0.9), [x])[0]?.data();
        return device.statistics().kernels;
      }),
    );
    expect(kernels[1]).toBe(kernels[0]);
    expect(kernels[0]).toBeLessThan(12);
  });

  it('serves other numbers in its body by the same plan', async () => {
    const device = plain();
    const x = on(device, [0.5, -0.25]);
    const first = await decay(x, 5, 0.9).item();
    const { plans, kernels } = device.statistics();
    const second = await decay(x, 5, 0.3).item();
    expect(device.statistics()).toMatchObject({ plans, kernels });
    expect(second).not.toBeCloseTo(first, 3);
    expect(second).toBeCloseTo(await decay(on(plain(), [0.5, -0.25]), 5, 0.3).item(), 6);
  });

  it('serves equal bodies by one plan and keeps different ones apart', async () => {
    const device = plain();
    const loop = (step: (x: Tensor) => Tensor): Promise<number> =>
      forLoop(0, 3, (_, x) => step(x), scalar(2, { device })).item();
    expect(await loop((x) => x.mul(3))).toBe(54);
    const { kernels } = device.statistics();
    expect(await loop((x) => x.mul(3))).toBe(54);
    expect(device.statistics().kernels).toBe(kernels);
    expect(await loop((x) => x.add(3))).toBe(11);
    expect(await loop((x) => x.mul(x))).toBe(256);
  });

  it('shows the body in the plan', async () => {
    const text = await explainPlan(decay(on(plain(), [1, 2]), 7, 0.5));
    expect(text).toMatch(/loop {5}7 iterations\n {5}body\n {7}1 {2}kernel .*tanh/);
  });

  it('uses temporary memory that does not grow with the number of iterations', async () => {
    const device = plain();
    const x = await on(device, [1, 2, 3]).realize();
    const bytes = (steps: number): number => {
      const last = forLoop(0, steps, (_, state) => tanh(state.add(sum(state))), x);
      return device.program({ outputs: [last.node], updates: [undefined] }).plan?.arenaBytes ?? 0;
    };
    expect(bytes(1000)).toBe(bytes(10));
  });
});

describe.each([
  ['plain', plain],
  ['hostile', hostile],
])('control flow on the %s backend', (_name, make) => {
  afterEach(() => setDebug(false));

  it('draws fresh numbers in every iteration, and goes on behind the loop', async () => {
    const device = make();
    const stream = async (): Promise<Generator> => {
      const generator = new Generator(7);
      generator.state.assign(await tensor([0, 7, 0], { dtype: 'int32', device }).realize());
      return generator;
    };
    const generator = await stream();
    const [, inside] = scan(() => [undefined, randomUniform([2], { generator })], undefined, undefined, {
      length: 3,
    });
    const after = randomUniform([2], { generator });
    await realize(inside, after);
    const reference = await stream();
    const wanted: number[] = [];
    for (let i = 0; i < 4; i++) wanted.push(...(await randomUniform([2], { generator: reference }).data()));
    expect([...(await inside.data()), ...(await after.data())]).toEqual(wanted);
  });

  it('draws fresh numbers at every replay', async () => {
    const device = make();
    const generator = new Generator(7);
    generator.state.assign(await tensor([0, 7, 0], { dtype: 'int32', device }).realize());
    const draw = compile((x: Tensor) =>
      forLoop(
        0,
        3,
        (i, total) =>
          cond(
            i.equal(1),
            (t) => t.add(randomUniform([], { generator })),
            (t) => t.add(1),
            total,
          ),
        x,
      ),
    );
    const x = await tensor(0, { device }).realize();
    const [first, second] = [await (await draw(x)).item(), await (await draw(x)).item()];
    expect(first).toBeGreaterThan(2);
    expect(first).toBeLessThan(3);
    expect(second).not.toBe(first);
    expect([...(await generator.state.value.data())]).toEqual([0, 7, 2]);
  });

  it('trains packed variables that the body reads', async () => {
    const device = make();
    const train = async (loss: (w: Tensor, b: Tensor) => Tensor): Promise<readonly number[]> => {
      const w = variable(await on(device, [0.5, -0.3]).realize());
      const b = variable(await on(device, [0.1]).realize());
      packVariables([w, b]);
      const step = compile(() => {
        const value = loss(w.value, b.value);
        const [dw, db] = gradients(value, [w, b]);
        if (dw !== undefined) w.assign(w.value.sub(dw.mul(0.1)));
        if (db !== undefined) b.assign(b.value.sub(db.mul(0.1)));
        return value;
      });
      const losses: number[] = [];
      for (let i = 0; i < 3; i++) losses.push(await (await step()).item());
      return [...losses, ...(await w.value.data()), ...(await b.value.data())];
    };
    const looped = await train((w, b) =>
      sum(forLoop(0, 3, (_, h) => tanh(h.mul(w).add(b)), tensor([1, 1])).square()),
    );
    const unrolled = await train((w, b) => {
      let h = tensor([1, 1]);
      for (let i = 0; i < 3; i++) h = tanh(h.mul(w).add(b));
      return sum(h.square());
    });
    looped.forEach((value, index) => {
      expect(value).toBeCloseTo(unrolled[index] ?? Number.NaN, 5);
    });
  });

  it('reads variables inside the body as they are around it', async () => {
    const device = make();
    const w = variable(await on(device, [2, 3]).realize());
    const loss = sum(forLoop(0, 2, (_, x) => x.mul(w.value), on(device, [1, 1])));
    const [dw] = gradients(loss, [w]);
    w.assign(w.value.add(1));
    const later = sum(forLoop(0, 2, (_, x) => x.mul(w.value), on(device, [1, 1])));
    expect([...((await dw?.data()) ?? [])]).toEqual([4, 6]);
    expect(await later.item()).toBe(25);
    expect(await loss.item()).toBe(13);
  });

  it('overwrites a variable only after loops have read its old value', async () => {
    const device = make();
    const w = variable(await on(device, [1, 2]).realize());
    const step = compile(() => {
      const old = w.value;
      w.assign(old.mul(10));
      return forLoop(0, 3, (_, x) => x.add(old), w.value);
    });
    expect([...(await (await step()).data())]).toEqual([13, 26]);
    expect([...(await (await step()).data())]).toEqual([130, 260]);
  });

  it('stops a loop at another iteration for other arguments', async () => {
    const device = make();
    const halve = compile((x: Tensor) =>
      whileLoop(
        ({ y }) => y.greater(1),
        ({ y, n }) => ({ y: y.mul(0.5), n: n.add(1) }),
        { y: x, n: scalar(0, { dtype: 'int32' }) },
      ),
    );
    for (const [x, n] of [
      [100, 7],
      [0.5, 0],
      [3, 2],
    ] as const) {
      const result = await halve(await tensor(x, { device }).realize());
      expect([await result.y.item(), await result.n.item()]).toEqual([x / 2 ** n, n]);
    }
  });

  it('agrees with the interpreter in debug mode', async () => {
    const device = make();
    setDebug(true);
    const x = on(device, [1, -1, 2]);
    const [total] = scan(
      (state, each) => [
        cond(
          each.greater(0),
          (s) => s.add(each),
          (s) => s.mul(2),
          state,
        ),
        undefined,
      ],
      scalar(1, { device }),
      x,
    );
    expect(await total.item()).toBe(6);
    const [bad] = scan((state, each) => [state.add(each.log()), undefined], scalar(0, { device }), x);
    await expect(bad.item()).rejects.toThrow('loop: made a NaN');
    const [worse] = scan((state, each) => [state.add(each), undefined], scalar(0, { device }), x.log());
    await expect(worse.item()).rejects.toThrow('log: made a NaN');
  });

  it('finds captured numbers of a body that changed, in debug mode', async () => {
    const device = make();
    setDebug(true);
    let factor = 2;
    const power = compile((x: Tensor) => forLoop(0, 3, (_, y) => y.mul(factor), x));
    const x = await tensor(1, { device }).realize();
    expect(await (await power(x)).item()).toBe(8);
    factor = 3;
    await expect(power(x)).rejects.toThrow('changed from 2 to 3');
  });
});
