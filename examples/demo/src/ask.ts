/**
 * A client of the server: plain HTTP and JSON, as any language would send it.
 */
import type { HostArray } from '@hadal/core';

export interface Answer {
  /** Probability of each class. */
  readonly probabilities: readonly number[];
  readonly milliseconds: number;
}

/**
 * Asks a running server about one image.
 *
 * @throws {Error} with the server's own words when it refuses
 */
export async function ask(url: string, modelName: string, image: HostArray): Promise<Answer> {
  const start = performance.now();
  const response = await fetch(`${url}/v2/models/${modelName}/infer`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      id: 'demo',
      inputs: [{ name: 'input', datatype: 'FP32', shape: [1, ...image.shape], data: Array.from(image.data) }],
    }),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw new Error(`the server answered ${response.status}: ${JSON.stringify(body)}`);
  return { probabilities: readOutput(body), milliseconds: performance.now() - start };
}

function readOutput(body: unknown): readonly number[] {
  if (typeof body === 'object' && body !== null && 'outputs' in body && Array.isArray(body.outputs)) {
    const [output]: unknown[] = body.outputs;
    if (typeof output === 'object' && output !== null && 'data' in output && Array.isArray(output.data)) {
      return output.data.map(Number);
    }
  }
  throw new Error(`not an inference response: ${JSON.stringify(body)}`);
}
