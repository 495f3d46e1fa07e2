/**
 * What a device makes of an operation at a dtype. Nothing is declared: one use of the operation is built, planned,
 * computed and read, and the answer is what happened.
 */
import { cpu } from '@hadal/backend-cpu';
import { webgpu } from '@hadal/backend-webgpu';
import {
  createDevice,
  type Device,
  type DType,
  DTypeError,
  explainPlan,
  HadalError,
  interpreter,
  setDevice,
  type Tensor,
} from '@hadal/core';
import { type Node, nodesOf } from '@hadal/core/graph';
import { PlainBackend } from '@hadal/testkit';
import { offerSwiftShader } from '../lib/swiftshader.mjs';
import { isCreation, type Use, usesOf } from './uses';

/**
 * - `native`: one operation of the graph that the device computes as it is, or a library kernel has a part in it
 * - `composed`: written over other operations, fused where the device fuses
 * - `absent`: refused with an error that says why
 * - `not taken`: the operation is not defined for the dtype
 */
export type Support = 'native' | 'composed' | 'absent' | 'not taken';

/** The devices of the page; the interpreter, which has every dtype, judges what an operation takes. */
export async function devices(): Promise<[judge: Device, ...others: Device[]]> {
  offerSwiftShader();
  return [interpreter(), createDevice(new PlainBackend()), await cpu(), await webgpu()];
}

/** Nodes that compute nothing: leaves, and views that only rename positions. */
const FREE: ReadonlySet<string> = new Set([
  'scalar',
  'data',
  'buffer',
  'parameter',
  'iota',
  'reshape',
  'permute',
  'expand',
  'identity',
  'result',
]);

/** Nodes that a backend takes apart unless its library has them. */
const DECOMPOSED: ReadonlySet<string> = new Set(['dot', 'conv', 'scatterAdd', 'composite']);

/** The nodes behind a tensor that compute something. */
const working = (output: Node): Node[] =>
  nodesOf([output]).filter(({ op, realized }) => realized === undefined && !FREE.has(op));

/** Whether the interpreter evaluates it as it is; composites it takes apart. */
const isOneNode = (nodes: readonly Node[]): boolean =>
  nodes.length === 0 || (nodes.length === 1 && nodes[0]?.op !== 'composite');

async function planned(device: Device, outputs: readonly Tensor[]): Promise<'native' | 'composed'> {
  const each = outputs.map(({ node }) => working(node));
  if (device.name === 'interpreter') return each.every(isOneNode) ? 'native' : 'composed';
  const isDirect = each.every(
    (nodes) => nodes.length === 0 || (nodes.length === 1 && !DECOMPOSED.has(nodes[0]?.op ?? '')),
  );
  if (isDirect) return 'native';
  return /^ +\d+ {2}library /m.test(await explainPlan(...outputs)) ? 'native' : 'composed';
}

const listed = (result: Tensor | readonly Tensor[]): readonly Tensor[] =>
  'node' in result ? [result] : result;

/** Computes a use and says how it was planned. */
async function attempt(device: Device, { inputs, compute }: Use) {
  setDevice(device);
  const given = inputs();
  for (const each of given) await each.realize();
  const made = compute(...given);
  const outputs = listed(await made);
  // What came asynchronously was computed in several steps, from values that were read.
  const how = made instanceof Promise ? 'composed' : await planned(device, outputs);
  for (const output of outputs) await output.data();
  return { how, outputs } as const;
}

/** The first of these uses that the device computes, or undefined; every refusal is put among the errors. */
async function firstOf(device: Device, uses: readonly Use[], refusals: unknown[]) {
  for (const use of uses) {
    try {
      return { use, ...(await attempt(device, use)) };
    } catch (error) {
      refusals.push(error);
    }
  }
  return undefined;
}

/** What devices make of an operation at a dtype; the first of them is the interpreter, which judges what is taken. */
export async function supportOf(
  [judge, ...others]: readonly [judge: Device, ...others: Device[]],
  operation: string,
  dtype: DType,
): Promise<Support[]> {
  const uses = usesOf(operation, dtype);
  const refusals: unknown[] = [];
  const found = await firstOf(judge, uses, refusals);
  const unexpected = refusals.find((error) => !(error instanceof DTypeError));
  if (found === undefined && unexpected !== undefined) {
    throw new Error(`${operation} of ${dtype} cannot be judged`, { cause: unexpected });
  }
  if (found === undefined || (isCreation(operation) && found.outputs[0]?.dtype !== dtype)) {
    return [judge, ...others].map(() => 'not taken');
  }
  const support: Support[] = [found.how];
  for (const device of others) {
    const errors: unknown[] = [];
    const done = await firstOf(device, uses.slice(uses.indexOf(found.use)), errors);
    const broken = errors.find((error) => !(error instanceof HadalError));
    if (done === undefined && broken !== undefined) throw broken;
    support.push(done?.how ?? 'absent');
  }
  return support;
}
