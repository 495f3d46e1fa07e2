/** Looking at what tensors would run, and running several at once. */

import { nodesOf } from '../graph/traverse';
import { explainProgram } from '../plan/explain';
import type { Tensor } from '../tensor';
import { requireNoTrace } from '../trace';
import { getDevice } from './current';
import { deviceOf, realizeAndSettle, uploadData } from './realize';

/**
 * What computing these tensors would run, as text: one line per kernel, library call or copy, named after its
 * operations and layers. Nothing is computed.
 *
 * @example
 * console.log(await explainPlan(softmax(logits)));
 */
export async function explainPlan(...tensors: readonly Tensor[]): Promise<string> {
  requireNoTrace('explainPlan');
  const wanted = tensors.map(({ node }) => node).filter((node) => node.realized === undefined);
  const graph = nodesOf(wanted);
  const device = deviceOf(graph) ?? tensors.find((each) => each.device !== undefined)?.device ?? getDevice();
  uploadData(device, graph);
  const outputs = wanted.filter((node) => node.realized === undefined);
  if (outputs.length === 0) return 'nothing: the values are there already\n';
  const program = device.program({ outputs, updates: outputs.map(() => undefined) });
  await program.ready;
  return explainProgram(program);
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
