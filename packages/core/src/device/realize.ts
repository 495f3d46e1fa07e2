/**
 * Realizing: the point where described values become computed ones.
 *
 * All that has to happen before the first `await` happens synchronously, so that program order is the order of calls:
 * pending assignments are collected, a program is found or planned, targets are allocated and named by their nodes.
 * Only the work itself waits for its turn in the device's queue.
 */
import type { TypedArray } from '../dtype';
import { DeviceError } from '../errors';
import { rememberOrigins } from '../graph/history';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { sizeOf } from '../shape/shape';
import { requireNoTrace } from '../trace';
import { pendingStorages, type VariableStorage } from '../variable-storage';
import type { DeviceBuffer } from './buffer';
import { defaultDevice, getDevice } from './current';
import type { Device } from './device';

/** The device of realized values among `nodes`, or `device` when there are none. */
export function deviceOf(nodes: readonly Node[], beside?: Device): Device | undefined {
  let device = beside;
  for (const node of nodes) {
    const found = node.realized?.device;
    if (found === undefined || found === device) continue;
    if (device !== undefined) {
      throw new DeviceError(
        'realize',
        `a computation mixes values of the devices "${device.name}" and "${found.name}".`,
        'move one of them first: await tensor.to(device).',
      );
    }
    device = found;
  }
  return device;
}

/**
 * Computes nodes, and all pending assignments of their device.
 *
 * @param nodes  what to compute; realized ones cost nothing
 * @param device where, when no leaf of the graph says so
 * @returns a promise for backends that prepare asynchronously; the nodes are `realized` when the call returns
 */
export function realizeNodes(nodes: readonly Node[], device?: Device): Device {
  requireNoTrace('realize');
  const wanted = nodes.filter((node) => node.realized === undefined);
  const graph = nodesOf(wanted);
  const home = deviceOf(nodes, deviceOf(graph)) ?? device ?? getDevice();
  const storages = pendingOn(home);
  if (storages.length > 0) compute(home, wanted, storages);
  else if (wanted.length > 0) computeGraph(home, wanted, graph);
  return home;
}

/** Computes the pending assignments of a device, and those of `needed`, which are to live there. */
export function flush(device: Device, needed: readonly VariableStorage[] = []): void {
  const storages = new Set(pendingOn(device));
  for (const storage of needed) if (storage.buffer === undefined) storages.add(storage);
  if (storages.size > 0) compute(device, [], [...storages]);
}

/** Computes nodes and waits until there is room for more. */
export async function realizeAndSettle(nodes: readonly Node[], device?: Device): Promise<void> {
  await realizeNodes(nodes, device).settle();
}

/**
 * The values of a node, row-major.
 *
 * @param signal ends the wait, not the computation
 */
export async function readNode(node: Node, device?: Device, signal?: AbortSignal): Promise<TypedArray> {
  signal?.throwIfAborted();
  requireNoTrace('data');
  const home = realizeNodes([node], device);
  const { realized } = node;
  if (realized === undefined) throw new DeviceError('data', 'the value was not computed.');
  const read = home.download(realized);
  const values = await (signal === undefined
    ? read
    : Promise.race([read, import('../on-demand').then((module) => module.unlessAborted(read, signal))]));
  await home.settle();
  return values;
}

/** The pending assignments that are to be computed on a device. One that mixes devices fails when it is read itself. */
function pendingOn(device: Device): VariableStorage[] {
  return pendingStorages().filter((storage) => {
    const homes = new Set(nodesOf([storage.node]).flatMap(({ realized }) => realized?.device ?? []));
    if (homes.size > 1) return false;
    const [found] = homes;
    return (
      (storage.device ?? found ?? defaultDevice()) === device && (found === undefined || found === device)
    );
  });
}

function compute(device: Device, wanted: readonly Node[], storages: readonly VariableStorage[]): void {
  const assigned = storages.map((storage) => storage.node);
  for (const node of assigned) uploadCopy(device, node);
  const outputs = [...new Set([...wanted, ...assigned])];
  computeGraph(device, outputs, nodesOf(outputs));
  for (const storage of storages) {
    const { realized } = storage.node;
    if (realized !== undefined) storage.settle(realized);
  }
}

/** @param graph all nodes that the outputs need */
function computeGraph(device: Device, outputs: readonly Node[], graph: readonly Node[]): void {
  uploadData(device, graph);
  for (const node of outputs) shareMemory(node);
  // Host data asked for by itself is there once it is uploaded, and so are views that share memory.
  const computed = outputs.filter((node) => node.realized === undefined);
  if (computed.length === 0) return;
  const program = device.program({ outputs: computed, updates: computed.map(() => undefined) });
  const targets = computed.map((node) => device.allocate(node.dtype, sizeOf(node.shape)));
  device.submit(program, [], targets);
  for (const [index, node] of computed.entries()) settleNode(node, targets[index]);
}

/** Gives host data of a graph a buffer on the device. */
export function uploadData(device: Device, graph: readonly Node[]): void {
  for (const node of graph) {
    if (node.op === 'data' && node.realized === undefined) {
      node.realized = device.upload(node.dtype, node.attributes.values);
    }
  }
}

/** Gives a copy of host data memory of its own at once, which needs no program: so do variables of a model that was loaded. */
function uploadCopy(device: Device, node: Node): void {
  let source: Node | undefined = node;
  while (source?.realized === undefined && (source?.op === 'reshape' || source?.op === 'identity'))
    [source] = source.inputs;
  if (source?.op === 'data' && source.realized === undefined)
    settleNode(node, device.upload(node.dtype, source.attributes.values));
}

/** Gives a value the memory of a realized one whose elements it has, in the same order. */
function shareMemory(node: Node): void {
  let source: Node | undefined = node;
  while (source?.realized === undefined && isSameElements(source)) source = source?.inputs[0];
  const buffer = source?.realized;
  if (source !== node && buffer?.released === false) settleNode(node, buffer.device.share(buffer));
}

/** Marks are the value itself, except the one that asks for a buffer of its own. */
const isSameElements = (node: Node | undefined): boolean =>
  node?.op === 'reshape' || (node?.op === 'identity' && node.attributes.kind !== 'contiguous');

function settleNode(node: Node, buffer: DeviceBuffer | undefined): void {
  // What led to a realized value can be collected; gradients need to know where it came from.
  rememberOrigins(node);
  node.realized = buffer;
  node.inputs = [];
}
