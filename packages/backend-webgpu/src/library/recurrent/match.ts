/** Recurrent cells over whole sequences, and their gradients: which are taken, and as which call. */
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { isRecurrentPayload, matchRecurrent } from '@hadal/core/recurrent';
import type { LibraryTraits } from '../traits';
import { bindingsOf, type RecurrentCode } from './operands';

export const isRecurrentCode = (payload: unknown): payload is RecurrentCode =>
  isRecurrentPayload(payload) && 'width' in payload;

/** Each unit has an invocation of its own, of which WebGPU guarantees so many in a workgroup. */
const MOST_UNITS = 256;
/** Invocations come in so many, to share code between sizes. */
const WIDTH_STEP_SOFTWARE = 4;
const WIDTH_STEP_GPU = 32;

const NOTHING = { sideInputs: [], scalars: [], body: [], outputs: [] };

/** @returns undefined for other composites, other dtypes than float32, more units and fewer bindings than a call needs */
export function matchRecurrentCall(
  { node, operands }: LibraryRequest,
  { isSoftware, maxBindings }: LibraryTraits,
): LibraryMatch | undefined {
  if (node.op !== 'composite') return undefined;
  const match = matchRecurrent(node, operands, () => 0);
  if (match === undefined) return undefined;
  const { payload } = match.call(NOTHING);
  const [units = 0] = operands[1]?.shape ?? [];
  if (!isRecurrentPayload(payload) || units > MOST_UNITS || bindingsOf(payload) > maxBindings)
    return undefined;
  const step = isSoftware ? WIDTH_STEP_SOFTWARE : WIDTH_STEP_GPU;
  const code: RecurrentCode = { ...payload, width: Math.max(1, Math.ceil(units / step)) * step };
  return {
    epilogue: match.epilogue,
    call: (epilogue): LibraryCall => ({
      ...match.call(epilogue),
      key: JSON.stringify(code),
      payload: code,
    }),
  };
}
