/**
 * Entry point for backends with kernels for recurrent cells: which of the composites of `ops/recurrent` are taken, and
 * how a call is described.
 */
import type { LibraryCall, LibraryMatch, LibraryRequest, OperandView } from '../backend/library';
import type { NodeOf } from '../graph/node';

/** The cells: `gruAfter` and `gruBefore` differ in where the gate r is applied. */
export type RecurrentCell = 'lstm' | 'gruAfter' | 'gruBefore';

/** The payload of a call: plain data. */
export interface RecurrentPayload {
  readonly kind: 'recurrent';
  readonly cell: RecurrentCell;
  readonly isGradient: boolean;
  readonly isReverse: boolean;
  readonly isMasked: boolean;
}

export const isRecurrentPayload = (payload: unknown): payload is RecurrentPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'recurrent';

const COMPOSITES = /^(lstm|gru)(Gradient)?$/;

/** Whether a composite of this name is one of these operations. */
export const isRecurrent = (name: string): boolean => COMPOSITES.test(name);

/** How large a call is. */
export interface RecurrentExtents {
  readonly length: number;
  readonly batch: number;
  readonly units: number;
}

/**
 * Takes float32 operands with a mask of bool, however that is stored. Operands come in the order of the composite's inputs.
 *
 * A call's integers are length, batch and units, then offset and strides of each operand.
 *
 * @param workspaceBytes scratch memory of a call
 */
export function matchRecurrent(
  node: NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
  workspaceBytes: (payload: RecurrentPayload, extents: RecurrentExtents) => number,
): LibraryMatch | undefined {
  const { definition, attributes } = node.attributes;
  const [, name, gradient] = COMPOSITES.exec(definition.name) ?? [];
  const projected = operands[0];
  const recurrent = operands[1];
  if (name === undefined || projected === undefined || recurrent === undefined) return undefined;
  const payload: RecurrentPayload = {
    kind: 'recurrent',
    cell: name === 'lstm' ? 'lstm' : attributes.resetAfter === true ? 'gruAfter' : 'gruBefore',
    isGradient: gradient !== undefined,
    isReverse: attributes.reverse === true,
    isMasked: attributes.masked === true,
  };
  const mask = payload.isMasked ? maskPosition(payload.cell) : -1;
  const fits = ({ dtype, storage }: OperandView, index: number): boolean =>
    index === mask ? dtype === 'bool' : dtype === 'float32' && storage === 'f32';
  if (!operands.every(fits)) return undefined;
  // A run's rows are read as they were written.
  const rows = payload.isGradient
    ? operands[maskPosition(payload.cell) + (payload.isMasked ? 1 : 0)]
    : undefined;
  if (rows !== undefined && rows.strides.at(-1) !== 1) return undefined;
  const [length = 0, batch = 0] = projected.shape;
  const [units = 0] = recurrent.shape;
  const extents = { length, batch, units };
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: definition.name,
      key: JSON.stringify(payload),
      integers: [length, batch, units, ...operands.flatMap(({ offset, strides }) => [offset, ...strides])],
      epilogue,
      workspaceBytes: workspaceBytes(payload, extents),
      payload,
    }),
  };
}

/** The place of a mask among the inputs: after projected inputs, weights and states. */
const maskPosition = (cell: RecurrentCell): number => (cell === 'gruBefore' ? 3 : 4);
