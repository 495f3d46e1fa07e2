/** Scatters, sorts and scans: which are taken, and as which call. */
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { type IndexedPayload, isIndexedPayload, matchIndexed } from '@hadal/core/indexed';
import type { LibraryTraits } from '../traits';
import { isCombining } from './combine';
import { layOutScan, type ScanCode } from './scan';
import { layOutScatter, type ScatterCode } from './scatter';
import { layOutSort, type SortCode } from './sort';

export type IndexedCode = ScatterCode | ScanCode | SortCode;

export const isIndexedCode = (payload: unknown): payload is IndexedCode =>
  typeof payload === 'object' &&
  payload !== null &&
  'kind' in payload &&
  (payload.kind === 'scatter' || payload.kind === 'scan' || payload.kind === 'sort');

/** A call in the terms of its shader. */
interface Described {
  readonly code: IndexedCode;
  readonly integers: readonly number[];
  readonly workspaceBytes: number;
}

/** On a GPU longer lines are walked only where there are enough of them: one invocation walks a line. */
const LONGEST_LONE_LINE = 1024;
const ENOUGH_LINES = 256;

const SCANS: ReadonlyMap<unknown, string> = new Map([
  ['cumSum', 'add'],
  ['cumProd', 'mul'],
  ['cumMax', 'max'],
  ['cumMin', 'min'],
]);

/** Arguments and code of a call, or undefined where generated code is better. */
function described(
  { node, operands }: LibraryRequest,
  operation: IndexedPayload['operation'],
  combine: unknown,
  traits: LibraryTraits,
): Described | undefined {
  if (node.op !== 'scatterAdd' && node.op !== 'composite') return undefined;
  const [operand] = operands;
  const attributes = node.op === 'composite' ? node.attributes.attributes : { axis: node.attributes.axis };
  const { axis, batch, reverse, descending } = attributes;
  if (operand === undefined || typeof axis !== 'number') return undefined;
  const type = operand.storage === 'f32' ? 'f32' : 'i32';
  if (operation === 'argsort') {
    const { axes, merges, integers, workspaceBytes } = layOutSort(operand, axis);
    const code: SortCode = { kind: 'sort', type, axes, isDescending: descending === true, merges };
    return { code, integers, workspaceBytes };
  }
  if (operation === 'scatter') {
    if (!isCombining(combine)) return undefined;
    const layout = layOutScatter({ operands, axis, batch: typeof batch === 'number' ? batch : 0 }, traits);
    if (layout === undefined) return undefined;
    const code: ScatterCode = { kind: 'scatter', combine, type, axes: layout.axes };
    return { code, integers: layout.integers, workspaceBytes: 0 };
  }
  const combining = SCANS.get(combine);
  // Whether a product overflows before it meets a zero depends on the order, which is that of core's doubling.
  if (!isCombining(combining) || (combining === 'mul' && type === 'f32')) return undefined;
  const { axes, integers } = layOutScan(operand, axis);
  const [lines = 0] = integers;
  const isLong = (operand.shape[axis] ?? 0) > LONGEST_LONE_LINE && lines < ENOUGH_LINES;
  if (isLong && !traits.isSoftware) return undefined;
  const code: ScanCode = { kind: 'scan', combine: combining, type, axes, isReverse: reverse === true };
  return { code, integers, workspaceBytes: 0 };
}

/**
 * @returns undefined for other operations, other dtypes than float32 and int32 (and bytes that are sorted), and long lone
 * scans on a GPU
 */
export function matchIndexedCall(request: LibraryRequest, traits: LibraryTraits): LibraryMatch | undefined {
  const { node, operands } = request;
  if (node.op !== 'scatterAdd' && node.op !== 'composite') return undefined;
  const match = matchIndexed(node, operands, () => 0);
  const payload = match?.call({ sideInputs: [], scalars: [], body: [], outputs: [] }).payload;
  if (match === undefined || !isIndexedPayload(payload)) return undefined;
  const found = described(request, payload.operation, payload.combine, traits);
  if (found === undefined) return undefined;
  const { code, integers, workspaceBytes } = found;
  return {
    epilogue: match.epilogue,
    call: (epilogue): LibraryCall => ({
      ...match.call(epilogue),
      key: JSON.stringify(code),
      integers,
      workspaceBytes,
      payload: code,
    }),
  };
}
