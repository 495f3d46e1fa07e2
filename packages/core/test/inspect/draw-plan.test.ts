/** Pictures of plans: well-formed, complete, and without boxes over each other. */

import { PlainBackend } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  compile,
  createDevice,
  drawPlan,
  drawProgram,
  grad,
  interpreter,
  ones,
  type Tensor,
  withScope,
} from '../../src/index';
import { layOutRows } from '../../src/inspect/plan-layout';
import { textsOfXml } from '../support/xml';
import { DEVICES, denseProgram, looping, loopingArguments } from './programs';

interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

function rectanglesOf(svg: string): Rectangle[] {
  const found = svg.matchAll(/<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g);
  return [...found].map(([, x, y, width, height]) => ({
    x: Number(x),
    y: Number(y),
    width: Number(width),
    height: Number(height),
  }));
}

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const inside = (a: Rectangle, b: Rectangle): boolean =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;

/** Pairs of boxes of which neither is inside the other. */
const collisions = (svg: string): [Rectangle, Rectangle][] => {
  const boxes = rectanglesOf(svg);
  return boxes.flatMap((a, index) =>
    boxes
      .slice(index + 1)
      .flatMap((b): [Rectangle, Rectangle][] =>
        overlap(a, b) && !inside(a, b) && !inside(b, a) ? [[a, b]] : [],
      ),
  );
};

describe('the title of a row', () => {
  it('is bold on all of its lines, whatever the number of the row', () => {
    // Fits on one line behind a number of one digit, not behind one of two.
    const name = 'n'.repeat(56);
    const row = {
      kind: 'part',
      name,
      scope: 'layer',
      detail: '',
      reads: [],
      writes: [],
      bodies: [],
    } as const;
    const drawn = layOutRows(Array.from({ length: 10 }, () => row)).draw(0, 0);
    const titles = drawn.filter((each) => each.startsWith('<text') && each.includes(name));
    expect(titles).toHaveLength(10);
    for (const title of titles) expect(title).toContain('font-weight="bold"');
  });
});

describe.each(DEVICES)('a picture of a plan on %s', (_, makeDevice) => {
  it('has a box for each step, with its layer, and marks inputs and outputs', async () => {
    const program = await denseProgram(makeDevice());
    const svg = drawProgram(program);
    const texts = textsOfXml(svg);
    program.dispatches.forEach((_dispatch, index) => {
      expect(texts.some((each) => each.startsWith(`${index + 1} `))).toBe(true);
    });
    expect(texts).toContain('layer "dense_1"');
    expect(texts).toContain('input 0 f32[8, 16] 512 B');
    expect(texts).toContain('output 0 f32[8, 4] 128 B');
    expect(collisions(svg)).toEqual([]);
  });

  it('labels what passes between steps with shape and bytes', async () => {
    const x = ones([8, 8], { device: makeDevice() });
    await x.realize();
    const texts = textsOfXml(await drawPlan(x.matmul(x).matmul(x)));
    expect(texts.some((each) => /^t\d+ f32\[8, 8\] 256 B$/.test(each))).toBe(true);
  });

  it('has the bodies of loops and choices inside of them', async () => {
    const svg = drawProgram(await looping.program(...loopingArguments(makeDevice())));
    const texts = textsOfXml(svg);
    for (const title of ['body', 'condition', 'when true', 'when false']) expect(texts).toContain(title);
    expect(texts.some((each) => each.includes('loop 5 iterations'))).toBe(true);
    expect(collisions(svg)).toEqual([]);
  });

  it('keeps sixty steps apart', async () => {
    const chain = compile((x: Tensor) => {
      const seen = [x];
      for (let step = 1; step < 60; step++) seen.push((seen.at(-1) ?? x).matmul(seen[step >> 1] ?? x));
      return seen.at(-1);
    });
    const svg = drawProgram(await chain.program(ones([4, 4], { device: makeDevice() })));
    expect(textsOfXml(svg).some((each) => each.startsWith('59 '))).toBe(true);
    expect(collisions(svg)).toEqual([]);
  });
});

describe('a picture of a plan', () => {
  it('escapes what layers are called', async () => {
    const x = ones([2], { device: createDevice(new PlainBackend()) });
    const svg = await drawPlan(withScope(`layer "</text><script>&'\u0001"`, () => x.exp().sum()));
    expect(svg).not.toContain('<script>');
    expect(textsOfXml(svg)).toContain(`layer "</text><script>&'\ufffd"`);
  });

  it('names the gradient of a layer after the layer, once, also a gradient of a gradient', async () => {
    const x = ones([8, 8], { device: createDevice(new PlainBackend()) });
    const layer = (value: Tensor): Tensor => withScope('layer "a"', () => value.matmul(value).tanh());
    const slope = (value: Tensor): Tensor => grad((each: Tensor) => layer(each).square().sum())(value);
    const curvature = grad((value: Tensor) => slope(value).sum())(x);
    for (const result of [slope(x), curvature]) {
      const texts = textsOfXml(await drawPlan(result));
      const names = texts.filter((each) => each.includes('layer "a"') && !each.includes('\n'));
      expect(names).toContain('gradient of layer "a"');
      expect(names.every((each) => ['layer "a"', 'gradient of layer "a"'].includes(each))).toBe(true);
    }
  });

  it('marks a variable that is updated in place', async () => {
    const { variable, tensor } = await import('../../src/index');
    const device = createDevice(new PlainBackend());
    const w = variable(tensor([1, 2], { device }));
    const step = compile((x: Tensor) => {
      w.assign(w.value.sub(x));
      return x.sum();
    });
    expect(textsOfXml(drawProgram(await step.program(ones([2], { device }))))).toContain('updates input 1');
  });

  it('lists the operations of the interpreter', async () => {
    const texts = textsOfXml(await drawPlan(ones([2, 2], { device: interpreter() }).exp().neg()));
    expect(texts.some((each) => each.endsWith('operation exp'))).toBe(true);
    expect(texts.some((each) => each.endsWith('operation neg'))).toBe(true);
  });

  it('says so when there is nothing to compute', async () => {
    const x = await ones([2], { device: interpreter() }).realize();
    expect(textsOfXml(await drawPlan(x))).toContain('nothing: the values are there already');
  });
});
