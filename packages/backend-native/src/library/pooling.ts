/**
 * Max pools: which are taken, and what the addon is told. Generated code guards every element of windows that reach beyond
 * the image. Without padding it shares its pass over the image with the positions of the maxima, where those are wanted.
 *
 * A call's integers are batch, channels, where the image begins and the distance between images; then, for rows and for
 * columns, the extent, the windows, their size, stride and dilation, the padding before, and the distance of neighbours.
 */
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { WordWriter } from '../words';
import { MAX_POOL } from './kinds';

export interface MaxPoolPayload {
  readonly kind: 'maxPool';
}

export const isMaxPoolPayload = (payload: unknown): payload is MaxPoolPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'maxPool';

/** Fewer channels do not fill a vector. */
const LEAST_CHANNELS = 8;

const isNumbers = (list: unknown): list is readonly number[] => Array.isArray(list);

/** @returns undefined for other composites and dtypes, other than one or two axes, and images that others read for windows inside of them */
export function matchMaxPool({ node, operands, alone }: LibraryRequest): LibraryMatch | undefined {
  if (node.op !== 'composite' || node.attributes.definition.name !== 'maxPool') return undefined;
  const [image] = operands;
  const { window, stride, dilation, padding } = node.attributes.attributes;
  if (!isNumbers(window) || !isNumbers(stride) || !isNumbers(dilation) || !isNumbers(padding))
    return undefined;
  const channels = node.shape.at(-1) ?? 0;
  if (image === undefined || image.dtype !== 'float32' || image.storage !== 'f32') return undefined;
  if (image.strides.at(-1) !== 1 || channels < LEAST_CHANNELS || window.length > 2) return undefined;
  if (!alone && !padding.some((each) => each > 0)) return undefined;
  /** One of the last spatial axes; there is one window of one element along an axis that is missing. */
  const alongAxis = (fromLast: number): number[] => {
    const i = window.length - fromLast;
    if (i < 0) return [1, 1, 1, 1, 1, 0, 0];
    return [
      image.shape[i + 1] ?? 0,
      node.shape[i + 1] ?? 0,
      window[i] ?? 1,
      stride[i] ?? 1,
      dilation[i] ?? 1,
      padding[2 * i] ?? 0,
      image.strides[i + 1] ?? 0,
    ];
  };
  const integers = [
    ...[node.shape[0] ?? 0, channels, image.offset, image.strides[0] ?? 0],
    ...alongAxis(2),
    ...alongAxis(1),
  ];
  return {
    epilogue: { sideInputs: 0, kinds: [], outputs: 1 },
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: 'maxPool',
      key: 'maxPool',
      integers,
      epilogue,
      workspaceBytes: 0,
      payload: { kind: 'maxPool' } satisfies MaxPoolPayload,
    }),
  };
}

export function encodeMaxPool(): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.push(MAX_POOL);
  return words.finish();
}
