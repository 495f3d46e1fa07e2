/**
 * The program that computing some tensors would run, without running it: what the tools that look inside begin with.
 */
import { getDevice } from '../device/current';
import type { Device } from '../device/device';
import type { Program } from '../device/program';
import { deviceOf, uploadData } from '../device/realize';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import type { Tensor } from '../tensor';
import { requireNoTrace } from '../trace';

export interface PlannedTensors {
  readonly device: Device;
  readonly program: Program;
  readonly outputs: readonly Node[];
}

/**
 * Plans tensors; host data in their graphs is uploaded.
 *
 * @param where who asks, for errors
 * @returns undefined when all of them are computed already
 */
export async function planTensors(
  where: string,
  tensors: readonly Tensor[],
): Promise<PlannedTensors | undefined> {
  requireNoTrace(where);
  const wanted = tensors.map(({ node }) => node).filter((node) => node.realized === undefined);
  const graph = nodesOf(wanted);
  const device = deviceOf(graph) ?? tensors.find((each) => each.device !== undefined)?.device ?? getDevice();
  uploadData(device, graph);
  const outputs = [...new Set(wanted)].filter((node) => node.realized === undefined);
  if (outputs.length === 0) return undefined;
  const program = device.program({ outputs, updates: outputs.map(() => undefined) });
  await program.ready;
  return { device, program, outputs };
}
