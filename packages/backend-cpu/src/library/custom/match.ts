/**
 * Operations of other packages that bring a kernel for this backend: taken with operands of the dtypes that memory holds
 * as they are. Others, and those of 16 bits, are left to the operation's decomposition.
 */

import type { DType, LibraryMatch, OperandView } from '@hadal/core/backend';
import { ArgumentError } from '@hadal/core/errors';
import type { NodeOf } from '@hadal/core/graph';
import type { CpuKernel } from './kernel';

export interface CustomPayload {
  readonly kind: 'custom';
  readonly kernel: CpuKernel;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly inputs: readonly DType[];
  readonly output: DType;
}

/** Dtypes whose values lie in memory as JavaScript's arrays have them. */
const PLAIN: ReadonlySet<DType> = new Set<DType>(['float32', 'float64', 'int32', 'uint8', 'bool']);

/** Kernels are told apart by a number: two operations may bring functions of one text. */
const numbers = new WeakMap<CpuKernel, number>();
let nextNumber = 0;

function numberOf(kernel: CpuKernel): number {
  const number = numbers.get(kernel) ?? nextNumber++;
  numbers.set(kernel, number);
  return number;
}

const isKernel = (kernel: unknown): kernel is CpuKernel => typeof kernel === 'function';

export function matchCustom(
  node: NodeOf<'composite'>,
  operands: readonly OperandView[],
): LibraryMatch | undefined {
  const { definition, attributes } = node.attributes;
  const kernel = definition.kernels?.cpu;
  if (!isKernel(kernel)) {
    throw new ArgumentError(
      definition.name,
      `its kernel for the CPU backend is ${kernel === null ? 'null' : `of type ${typeof kernel}`}.`,
      'kernels.cpu is a function of { inputs, output, attributes }: see CpuKernel of @hadal/backend-cpu.',
    );
  }
  if (![node, ...operands].every(({ dtype }) => PLAIN.has(dtype))) return undefined;
  const payload: CustomPayload = {
    kind: 'custom',
    kernel,
    attributes,
    inputs: operands.map(({ dtype }) => dtype),
    output: node.dtype,
  };
  const { inputs, output } = payload;
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue) => ({
      kind: 'library',
      name: definition.name,
      key: `custom ${numberOf(kernel)} ${JSON.stringify([attributes, inputs, output])}`,
      integers: [
        node.shape,
        ...operands.flatMap(({ shape, strides, offset }) => [[offset], shape, strides]),
      ].flatMap((list) => [list.length, ...list]),
      epilogue,
      workspaceBytes: 0,
      payload,
    }),
  };
}
