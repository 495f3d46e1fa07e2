/** What lives at each step, held against what the arena was laid out for. */
import { randomGraph, randomInputs } from '@hadal/testkit';
import { describe, expect, it } from 'vitest';
import {
  compile,
  drawMemoryTimeline,
  interpreter,
  type MemoryTimeline,
  memoryTimeline,
  ones,
  type Tensor,
} from '../../src/index';
import { textsOfXml } from '../support/xml';
import { DEVICES, denseProgram, looping, loopingArguments } from './programs';

describe.each(DEVICES)('the memory of a program on %s', (_, makeDevice) => {
  it('names each step, and has the outputs with their shapes', async () => {
    const program = await denseProgram(makeDevice());
    const { steps, outputs, peakStep, peakBytes } = memoryTimeline(program);
    expect(steps.map(({ name }) => name)).toEqual(program.dispatches.map(({ name }) => name));
    expect(outputs).toEqual([{ shape: [8, 4], bytes: 128 }]);
    expect(steps[peakStep]?.liveBytes).toBe(peakBytes);
  });

  it('is what a chain of products of growing size needs', async () => {
    const device = makeDevice();
    // a·b is [64, 32], kept until the second product has read it.
    const chain = compile((a: Tensor, b: Tensor, c: Tensor) => a.matmul(b).matmul(c));
    const program = await chain.program(
      ones([64, 16], { device }),
      ones([16, 32], { device }),
      ones([32, 8], { device }),
    );
    const { steps, peakBytes } = memoryTimeline(program);
    expect(peakBytes).toBe(64 * 32 * 4);
    expect(steps).toHaveLength(2);
    expect(steps.every(({ liveBytes }) => liveBytes === 64 * 32 * 4)).toBe(true);
  });

  it('is never over the arena, whatever the program', async () => {
    const device = makeDevice();
    for (let seed = 0; seed < 60; seed++) {
      const graph = randomGraph(seed);
      const compiled = compile((inputs: Tensor[]) => graph.build(inputs));
      const { peakBytes, arenaBytes } = memoryTimeline(await compiled.program(randomInputs(graph, device)));
      expect(peakBytes, `seed ${seed}`).toBeLessThanOrEqual(arenaBytes);
    }
  });

  it('has the parts of a program with control flow', async () => {
    const program = await looping.program(...loopingArguments(makeDevice()));
    const timeline = memoryTimeline(program);
    const titles = (each: MemoryTimeline): string[] =>
      each.steps.flatMap(({ bodies }) =>
        bodies.flatMap(({ title, timeline: inner }) => [title, ...titles(inner)]),
      );
    expect(titles(timeline)).toEqual(['body', 'condition', 'body', 'when true', 'when false']);
    expect(timeline.steps.some(({ name }) => name === 'loop 5 iterations')).toBe(true);
    expect(timeline.peakBytes).toBeLessThanOrEqual(timeline.arenaBytes);
    expect(timeline.outputs.map(({ bytes }) => bytes).sort((a, b) => a - b)).toEqual([4, 64]);
  });

  it('can be drawn', async () => {
    for (const program of [
      await denseProgram(makeDevice()),
      await looping.program(...loopingArguments(makeDevice())),
    ]) {
      const texts = textsOfXml(drawMemoryTimeline(program));
      for (const { name } of memoryTimeline(program).steps)
        expect(texts.some((each) => each.includes(name.slice(0, 50)))).toBe(true);
      expect(texts.join()).toMatch(/peak .*arena/);
    }
  });
});

it('a program of the interpreter has no planned memory', async () => {
  const step = compile((x: Tensor) => x.mul(2));
  const program = await step.program(ones([2], { device: interpreter() }));
  expect(() => memoryTimeline(program)).toThrow(/the interpreter plans no memory/);
  expect(() => drawMemoryTimeline(program)).toThrow(/the interpreter plans no memory/);
});
