/** What a model makes of images that it has not learned from. */
import { argMax, type HostArray } from '@hadal/core';
import type { Model } from '@hadal/layers';

export interface Labelled {
  /** Shape [n, 28, 28, 1]. */
  readonly x: HostArray;
  /** Shape [n]. */
  readonly y: HostArray;
}

export interface Judgement {
  /** Share of right answers. */
  readonly accuracy: number;
  /** How often which class (row) was taken for which (column). */
  readonly counts: readonly (readonly number[])[];
  /** The class that each image was taken for. */
  readonly taken: readonly number[];
}

export async function judge(model: Model, { x, y }: Labelled, classes: number): Promise<Judgement> {
  const taken = [...(await argMax(await model.predict(x), -1).data())];
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (const [index, answer] of taken.entries()) counts[y.data[index]!]![answer]!++;
  const right = counts.reduce((sum, row, label) => sum + row[label]!, 0);
  return { accuracy: right / taken.length, counts, taken };
}
