/**
 * What a model makes of images it has not seen.
 */
import type { HostArray } from '@hadal/core';
import type { Network } from '@hadal/layers';
import type { ConfusionMatrix } from './tables';

/** Images with their labels, all in one batch. */
export interface LabelledImages {
  readonly x: HostArray;
  readonly y: HostArray;
}

export interface Judgement {
  /** Probabilities [images, classes]. */
  readonly probabilities: HostArray['data'];
  readonly predicted: readonly number[];
  readonly matrix: ConfusionMatrix;
  readonly accuracy: number;
}

/** Images that run through the model at a time. */
const BATCH_SIZE = 250;

export async function judge(model: Network, { x, y }: LabelledImages, classes: number): Promise<Judgement> {
  const output = await model.predict(x, { batchSize: BATCH_SIZE });
  const probabilities = await output.data();
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  const predicted: number[] = [];
  let hits = 0;
  for (const [index, label] of y.data.entries()) {
    const own = probabilities.subarray(index * classes, (index + 1) * classes);
    const best = own.indexOf(Math.max(...own));
    predicted.push(best);
    matrix[label]![best]!++;
    if (best === label) hits++;
  }
  return { probabilities, predicted, matrix, accuracy: hits / y.data.length };
}

/** Whether two lists of numbers are the same to the last bit. */
export function sameBits(a: HostArray['data'], b: HostArray['data']): boolean {
  return Buffer.compare(bytesOf(a), bytesOf(b)) === 0;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: HostArray['data']): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
