/** Graphs are as deep as a program makes them, also where a backend computes them. */
import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import { createDevice, type Tensor, tensor } from '../../src/index';

const device = createDevice(new PlainBackend());

/** More than the stack holds if each takes a few frames of it. */
const DEPTH = 6000;

describe('a backend computes', () => {
  it('a chain of additions', async () => {
    const one = await tensor([1, 1], { device }).realize();
    let sum: Tensor = one;
    for (let i = 0; i < DEPTH; i++) sum = sum.add(one);
    expect([...(await sum.data())]).toEqual([DEPTH + 1, DEPTH + 1]);
  });

  it('a chain of additions to a scalar', async () => {
    const one = await tensor(1, { device }).realize();
    let sum: Tensor = one;
    for (let i = 0; i < DEPTH; i++) sum = sum.add(one);
    expect(await sum.item()).toBe(DEPTH + 1);
  });

  it('a chain of views', async () => {
    let view: Tensor = await tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3], device }).realize();
    for (let i = 0; i < DEPTH; i++) view = view.transpose();
    expect(await view.array()).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  });
});
