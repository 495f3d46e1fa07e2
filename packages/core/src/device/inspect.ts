/** Looking at what tensors would run, and running several at once. */

import { planTensors } from '../inspect/program-for';
import { explainProgram } from '../plan/explain';
import type { Tensor } from '../tensor';
import { realizeAndSettle } from './realize';

/**
 * What computing these tensors would run, as text: one line per kernel, library call or copy, named after its
 * operations and layers. Nothing is computed.
 *
 * @example
 * console.log(await explainPlan(softmax(logits)));
 */
export async function explainPlan(...tensors: readonly Tensor[]): Promise<string> {
  const planned = await planTensors('explainPlan', tensors);
  return planned === undefined ? 'nothing: the values are there already\n' : explainProgram(planned.program);
}

/**
 * Computes several tensors in one program, sharing what they have in common.
 *
 * @example
 * await realize(loss, accuracy);
 */
export async function realize(...tensors: readonly Tensor[]): Promise<void> {
  const [first] = tensors;
  if (first === undefined) return;
  const device = tensors.find((each) => each.device !== undefined)?.device;
  await realizeAndSettle(
    tensors.map(({ node }) => node),
    device,
  );
}
