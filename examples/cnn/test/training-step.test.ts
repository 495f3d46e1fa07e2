/**
 * What one training step of the network runs, and that it computes what the reference interpreter does.
 */
import { cpu } from '@hadal/backend-cpu';
import {
  type Device,
  explainProgram,
  interpreter,
  memoryTimeline,
  type Program,
  setDevice,
  setSeed,
  tensor,
} from '@hadal/core';
import { conv2d, dense, flatten, maxPooling2d, type Sequential, sequential } from '@hadal/layers';
import { adam } from '@hadal/optimizers';
import { describe, expect, it } from 'vitest';

interface Size {
  readonly side: number;
  readonly filters: readonly [number, number, number];
  readonly units: number;
}

function network({ side, filters, units }: Size): Sequential {
  const model = sequential([
    conv2d(filters[0], 3, { activation: 'relu', inputShape: [side, side, 1] }),
    maxPooling2d(2),
    conv2d(filters[1], 3, { activation: 'relu' }),
    maxPooling2d(2),
    conv2d(filters[2], 3, { activation: 'relu' }),
    flatten(),
    dense(units, { activation: 'relu' }),
    dense(10, { activation: 'softmax' }),
  ]);
  model.compile({
    optimizer: adam(1e-3),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}

/** A repeatable batch whose labels can be learnt: the brightness of the image. */
function batchOf(
  size: number,
  side: number,
  seed: number,
): [ReturnType<typeof tensor>, ReturnType<typeof tensor>] {
  const images = Float32Array.from({ length: size * side * side }, (_, i) => {
    const label = Math.floor(i / (side * side)) % 10;
    return label / 10 + 0.1 * Math.sin(i * 12.9898 + seed * 78.233);
  });
  const labels = Int32Array.from({ length: size }, (_, i) => i % 10);
  return [tensor(images, { shape: [size, side, side, 1] }), tensor(labels)];
}

/** Programs that a device was asked for, the longest first. */
function recordPrograms(device: Device): () => Program[] {
  const programs: Program[] = [];
  const program = device.program.bind(device);
  device.program = (graph) => {
    const made = program(graph);
    programs.push(made);
    return made;
  };
  return () => [...programs].sort((a, b) => b.dispatches.length - a.dispatches.length);
}

/** Dispatches of a step beside its convolutions and matrix products. It may only fall. */
const MOST_OTHER_DISPATCHES = 8;

describe('one training step of the network, accuracy and Adam included', () => {
  it('runs its eight convolutions, six matrix products and few other kernels', async () => {
    const device = await cpu();
    const programs = recordPrograms(device);
    setDevice(device);
    setSeed(1);
    const model = network({ side: 28, filters: [32, 64, 64], units: 64 });
    await model.trainOnBatch(...batchOf(32, 28, 1));
    const step = programs().find(({ dispatches }) => dispatches.some(({ name }) => name.startsWith('conv')));
    if (step !== undefined) console.log(explainProgram(step));
    const products = step?.dispatches.filter(({ kind }) => kind === 'library') ?? [];
    const others = step?.dispatches.filter(({ kind }) => kind !== 'library') ?? [];
    // Forward and both gradients of each layer; nothing needs the gradient of the images.
    expect(products.filter(({ name }) => name.startsWith('conv'))).toHaveLength(8);
    expect(products.filter(({ name }) => name.startsWith('dot'))).toHaveLength(6);
    expect(others.length).toBeLessThanOrEqual(MOST_OTHER_DISPATCHES);
  });

  it('takes no more temporary memory than lives at once, give or take a twentieth', async () => {
    setDevice(await cpu());
    const model = network({ side: 28, filters: [32, 64, 64], units: 64 });
    const step = await model.trainProgram(...batchOf(32, 28, 1));
    const { arenaBytes, peakBytes, steps, peakStep } = memoryTimeline(step);
    console.log(`arena ${arenaBytes}, peak ${peakBytes} at ${steps[peakStep]?.name}`);
    expect(peakBytes).toBeGreaterThan(2 ** 20);
    expect(arenaBytes / peakBytes).toBeLessThanOrEqual(1.05);
  });

  it('compiles nothing for a smaller last batch', async () => {
    const device = await cpu();
    setDevice(device);
    const model = network({ side: 28, filters: [8, 8, 8], units: 16 });
    await model.trainOnBatch(...batchOf(32, 28, 1));
    const before = device.statistics();
    for (const size of [13, 2]) await model.trainOnBatch(...batchOf(size, 28, 1));
    const after = device.statistics();
    expect(after.plans).toBeGreaterThan(before.plans);
    expect(after.kernels).toBe(before.kernels);
  });

  it('follows the loss of the interpreter for twenty steps', async () => {
    const curveOn = async (device: Device): Promise<number[]> => {
      setDevice(device);
      setSeed(7);
      const model = network({ side: 18, filters: [4, 8, 8], units: 8 });
      const losses: number[] = [];
      for (let step = 0; step < 20; step++) {
        const { loss } = await model.trainOnBatch(...batchOf(4, 18, step));
        losses.push(loss ?? Number.NaN);
      }
      return losses;
    };
    const expected = await curveOn(interpreter());
    const got = await curveOn(await cpu());
    expect(expected[19]).toBeLessThan(expected[0] ?? 0);
    const worst = got.reduce((most, loss, i) => Math.max(most, Math.abs(loss / (expected[i] ?? 0) - 1)), 0);
    expect(worst).toBeLessThan(1e-5);
  });
});
