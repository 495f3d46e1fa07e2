/**
 * Scatters, sorting and scans as library calls.
 *
 * The addon is told kind, element type and how to combine; a call's integers are an axis, one number more (batch axes of
 * a scatter; 1 for a descending sort or a scan from the end), and offset, rank, extents and strides of each operand.
 */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '@hadal/core/backend';
import type { CompositeAttributes, NodeOf } from '@hadal/core/graph';
import { WordWriter } from '../words';
import { ARGSORT, SCAN, SCATTER } from './kinds';

export interface IndexedPayload {
  readonly kind: 'indexed';
  readonly operation: number;
  readonly element: number;
  readonly combine: number;
}

/** In the order of `Element` in native/indexed/indexed.h. */
const ELEMENT_CODES: ReadonlyMap<string, number> = new Map([
  ['float32', 0],
  ['int32', 1],
  ['uint8', 2],
  ['bool', 2],
]);

/** In the order of `Combine` in native/indexed/indexed.h. */
const COMBINE_CODES: ReadonlyMap<unknown, number> = new Map([
  ['set', 0],
  ['add', 1],
  ['mul', 2],
  ['max', 3],
  ['min', 4],
  ['cumSum', 1],
  ['cumProd', 2],
  ['cumMax', 3],
  ['cumMin', 4],
]);

/** Composites that are taken as a whole. */
const TAKEN = /^(argsort|scatter|cum(Sum|Prod|Max|Min))$/;

export const isIndexedPayload = (payload: unknown): payload is IndexedPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'indexed';

const has32Bits = ({ dtype }: OperandView): boolean => dtype === 'float32' || dtype === 'int32';

export function matchIndexed(
  node: NodeOf<'scatterAdd'> | NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
): LibraryMatch | undefined {
  const [operand, indices, updates] = operands;
  const isComposite = node.op === 'composite';
  const name = isComposite ? node.attributes.definition.name : node.op;
  if (isComposite && !TAKEN.test(name)) return undefined;
  const attributes: CompositeAttributes = isComposite
    ? node.attributes.attributes
    : { axis: node.attributes.axis, kind: 'add' };
  const { axis, batch, descending, reverse, kind } = attributes;
  const operation = name === 'argsort' ? ARGSORT : name.startsWith('cum') ? SCAN : SCATTER;
  if (typeof axis !== 'number' || operand === undefined) return undefined;
  const element = ELEMENT_CODES.get(operand.dtype);
  if (element === undefined || (operation !== ARGSORT && !has32Bits(operand))) return undefined;
  if (operation === SCATTER && (indices?.storage !== 'i32' || updates?.dtype !== operand.dtype)) {
    return undefined;
  }
  const combine = COMBINE_CODES.get(operation === SCAN ? name : (kind ?? 'set'));
  if (combine === undefined) return undefined;
  const payload: IndexedPayload = { kind: 'indexed', operation, element, combine };
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
      workspaceBytes: 0,
      payload,
    }),
  };
}

export function encodeIndexed({ operation, element, combine }: IndexedPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.pushAll([operation, element, combine]);
  return words.finish();
}
