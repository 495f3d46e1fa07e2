/**
 * Convolutions with few filters, such as the gradient of an image of three channels: which are taken, and what the addon is
 * told. Filters are the columns of a product and would leave most of a vector empty.
 *
 * A call's integers are batch, channels and filters, where image and kernel begin, and the distances between images, and
 * between channels and filters of the kernel; then, for rows and for columns, the extent, the positions, the window, its
 * dilation, the padding before, and the distances of neighbours in the image and in the kernel.
 */
import type { Epilogue, LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { ALL_KINDS, epilogueLimits } from '@hadal/core/products';
import { WordWriter } from '../words';
import { encodeEpilogue } from './epilogue';
import { NARROW } from './kinds';

export interface NarrowPayload {
  readonly kind: 'narrow';
  readonly epilogue: Epilogue;
}

export const isNarrowPayload = (payload: unknown): payload is NarrowPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'narrow';

/** As `kMostNarrowFilters` in native/convolutions/kernels.h. */
const MOST_FILTERS = 4;
/** Splitting an image into planes pays when they are read several times, by a window of several taps. */
const LEAST_TAPS = 3;
/** Filter gradients have windows as large as an image. */
const MOST_TAPS = 121;
const LEAST_CHANNELS = 8;

/** In the order of `Rounding` in native/products/epilogue.h: sums of float32 numbers stay as they are. */
const NO_ROUNDING = 0;

const isOne = (each: number): boolean => each === 1;

/** @returns undefined for more filters, strides, groups, other dtypes and other than one or two axes */
export function matchNarrow({ node, operands }: LibraryRequest): LibraryMatch | undefined {
  if (node.op !== 'conv' || node.dtype !== 'float32') return undefined;
  const [image, kernel] = operands;
  if (image === undefined || kernel === undefined) return undefined;
  const { stride, padding, inputDilation, kernelDilation, groups } = node.attributes;
  const last = node.shape.length - 1;
  const [channels = 0, filters = 0] = kernel.shape.slice(last - 1);
  const taps = kernel.shape.slice(0, last - 1).reduce((total, extent) => total * extent, 1);
  if (filters > MOST_FILTERS || channels < LEAST_CHANNELS || taps < LEAST_TAPS || taps > MOST_TAPS)
    return undefined;
  if (groups !== 1 || !stride.every(isOne) || !inputDilation.every(isOne)) return undefined;
  if (last > 3 || image.strides[last] !== 1) return undefined;
  /** One of the last spatial axes; a single row stands for one that is missing. */
  const alongAxis = (fromLast: number): number[] => {
    const i = last - 1 - fromLast;
    if (i < 0) return [1, 1, 1, 1, 0, 0, 0];
    return [
      image.shape[i + 1] ?? 0,
      node.shape[i + 1] ?? 0,
      kernel.shape[i] ?? 0,
      kernelDilation[i] ?? 1,
      padding[i]?.[0] ?? 0,
      image.strides[i + 1] ?? 0,
      kernel.strides[i] ?? 0,
    ];
  };
  const integers = [
    ...[node.shape[0] ?? 0, channels, filters, image.offset, kernel.offset],
    ...[image.strides[0] ?? 0, kernel.strides[last - 1] ?? 0, kernel.strides[last] ?? 0],
    ...alongAxis(2),
    ...alongAxis(1),
  ];
  return {
    epilogue: epilogueLimits(ALL_KINDS),
    call: (epilogue): LibraryCall => ({
      kind: 'library',
      name: 'conv',
      key: `narrow ${JSON.stringify(epilogue)}`,
      integers,
      epilogue,
      workspaceBytes: 0,
      payload: { kind: 'narrow', epilogue } satisfies NarrowPayload,
    }),
  };
}

export function encodeNarrow({ epilogue }: NarrowPayload): Float64Array<ArrayBuffer> {
  const words = new WordWriter();
  words.push(NARROW);
  words.push(NO_ROUNDING);
  encodeEpilogue(epilogue, words);
  return words.finish();
}
