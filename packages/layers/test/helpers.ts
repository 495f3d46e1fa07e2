/** Small synthetic problems and models that several tests train on. */
import type { HostArray } from '@hadal/core';
import { dense, dropout, type Sequential, sequential } from '../src';

/** A seeded stream of uniform numbers in [0, 1). */
export function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Points of two interleaved spirals: no straight line separates them. */
export function spirals(samples: number, seed = 1): { readonly x: HostArray; readonly y: HostArray } {
  const next = numbers(seed);
  const x = new Float32Array(samples * 2);
  const y = new Int32Array(samples);
  for (let index = 0; index < samples; index++) {
    const label = index % 2;
    const radius = 0.2 + 0.8 * next();
    const angle = radius * 4 + label * Math.PI;
    x.set([radius * Math.cos(angle) + 0.02 * next(), radius * Math.sin(angle) + 0.02 * next()], index * 2);
    y[index] = label;
  }
  return {
    x: { data: x, shape: [samples, 2], dtype: 'float32' },
    y: { data: y, shape: [samples], dtype: 'int32' },
  };
}

/** 8 × 8 pictures of a bright bar, standing (0) or lying (1), at any place, in noise. */
export function bars(samples: number, seed = 1): { readonly x: HostArray; readonly y: HostArray } {
  const next = numbers(seed);
  const x = Float32Array.from({ length: samples * 64 }, () => 0.3 * next());
  const y = new Uint8Array(samples);
  for (let index = 0; index < samples; index++) {
    const label = next() < 0.5 ? 0 : 1;
    const [row, column] = [1 + Math.floor(next() * 5), 1 + Math.floor(next() * 5)];
    for (let step = -1; step <= 1; step++) {
      const at = label === 0 ? (row + step) * 8 + column : row * 8 + column + step;
      x[index * 64 + at] = 1;
    }
    y[index] = label;
  }
  return {
    x: { data: x, shape: [samples, 8, 8, 1], dtype: 'float32' },
    y: { data: y, shape: [samples], dtype: 'uint8' },
  };
}

/** A classifier of points with dropout, so that training draws random numbers. */
export const classifier = (): Sequential =>
  sequential(
    [dense(16, { activation: 'relu', inputShape: [2] }), dropout(0.25), dense(2, { activation: 'softmax' })],
    { name: 'classifier' },
  );
