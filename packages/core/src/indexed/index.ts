/**
 * Entry point for backends with kernels for scatters, stable sorting and scans: which of these operations are taken, and
 * how a call is described. What a kernel needs of memory beside is the backend's to say.
 */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '../backend/library';
import type { CompositeAttributes, NodeOf } from '../graph/node';

/** The payload of a call: plain data. */
export interface IndexedPayload {
  readonly kind: 'indexed';
  readonly operation: 'scatter' | 'argsort' | 'scan';
  /** The element type of the operand. */
  readonly dtype: string;
  /** How a scatter combines: add, set, max, min or mul; the name of a scan; undefined for a sort. */
  readonly combine: string | number | boolean | readonly number[] | undefined;
}

export const isIndexedPayload = (payload: unknown): payload is IndexedPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'indexed';

const COMPOSITES = /^(argsort|scatter|cum(Sum|Prod|Max|Min))$/;

/** Whether a composite of this name is one of these operations. */
export const isIndexed = (name: string): boolean => COMPOSITES.test(name);

const has32Bits = ({ dtype }: OperandView): boolean => dtype === 'float32' || dtype === 'int32';

/**
 * Takes scatters and scans of float32 and int32, and sorts of these and of bytes.
 *
 * A call's integers are an axis, one number more (batch axes of a scatter; 1 for a descending sort or a scan from the
 * end), and offset, rank, extents and strides of each operand.
 *
 * @param workspaceBytes scratch memory of a call on these operands along an axis
 */
export function matchIndexed(
  node: NodeOf<'scatterAdd'> | NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
  workspaceBytes: (operation: IndexedPayload['operation'], axis: number) => number,
): LibraryMatch | undefined {
  const [operand, indices, updates] = operands;
  const isComposite = node.op === 'composite';
  const name = isComposite ? node.attributes.definition.name : node.op;
  if (isComposite && !isIndexed(name)) return undefined;
  const attributes: CompositeAttributes = isComposite
    ? node.attributes.attributes
    : { axis: node.attributes.axis, kind: 'add' };
  const { axis, batch, descending, reverse, kind } = attributes;
  const isScan = name.startsWith('cum');
  const operation = name === 'argsort' ? name : isScan ? 'scan' : 'scatter';
  if (typeof axis !== 'number' || operand === undefined) return undefined;
  const isByte = operand.dtype === 'uint8' || operand.dtype === 'bool';
  if (!has32Bits(operand) && !(operation === 'argsort' && isByte)) return undefined;
  if (operation === 'scatter' && (indices?.storage !== 'i32' || updates?.dtype !== operand.dtype)) {
    return undefined;
  }
  const payload: IndexedPayload = {
    kind: 'indexed',
    operation,
    dtype: operand.dtype,
    combine: isScan ? name : kind,
  };
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name,
      key: JSON.stringify(payload),
      integers: [
        axis,
        Number(batch ?? descending ?? reverse ?? 0),
        ...operands.flatMap(({ shape, offset, strides }) => [offset, shape.length, ...shape, ...strides]),
      ],
      epilogue,
      workspaceBytes: workspaceBytes(operation, axis),
      payload,
    }),
  };
}
