/** Models whose answers are known in advance, and a server that a test cannot forget to stop. */
import type { HostArray } from '@hadal/core';
import { onTestFinished } from 'vitest';
import { type InferenceModel, type RunningServer, type ServeOptions, serveModel } from '../src/index';

/** Row sums of a [-1, 3] float input, and whether each is positive. */
export const rowSums: InferenceModel = {
  name: 'sums',
  inputs: [{ name: 'rows', dtype: 'float32', shape: [-1, 3] }],
  outputs: [
    { name: 'sum', dtype: 'float32', shape: [-1] },
    { name: 'positive', dtype: 'bool', shape: [-1] },
  ],
  async predict(inputs) {
    const { data, shape } = inputs.get('rows')!;
    const rows = shape[0]!;
    const sums = Float32Array.from(
      { length: rows },
      (_, row) => data[row * 3]! + data[row * 3 + 1]! + data[row * 3 + 2]!,
    );
    return new Map<string, HostArray>([
      ['sum', { data: sums, shape: [rows], dtype: 'float32' }],
      ['positive', { data: Uint8Array.from(sums, (sum) => Number(sum > 0)), shape: [rows], dtype: 'bool' }],
    ]);
  },
};

/** Gives back what it gets, whatever its dtype. */
export function echo(dtype: HostArray['dtype'], shape: readonly number[]): InferenceModel {
  return {
    name: 'echo',
    inputs: [{ name: 'x', dtype, shape }],
    outputs: [{ name: 'y', dtype, shape }],
    predict: async (inputs) => new Map([['y', inputs.get('x')!]]),
  };
}

/** Serves on a free port until the test is over. */
export async function serving(model: InferenceModel, options: ServeOptions = {}): Promise<RunningServer> {
  const server = await serveModel(model, { port: 0, logLevel: 'silent', closeTimeoutMs: 500, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** An answer with its body read as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function get(server: RunningServer, path: string): Promise<Answer> {
  return answered(await fetch(`${server.url}${path}`));
}

/** Posts a body: a string as it is, anything else as JSON. */
export async function post(
  server: RunningServer,
  path: string,
  body: unknown,
  headers: Record<string, string> = { 'content-type': 'application/json' },
): Promise<Answer> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return answered(await fetch(`${server.url}${path}`, { method: 'POST', headers, body: text }));
}

async function answered(response: Response): Promise<Answer> {
  const body: unknown = await response.json();
  return { status: response.status, headers: response.headers, body };
}
