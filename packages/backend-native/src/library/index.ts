/**
 * The library of this backend: whole operations with kernels of their own in the addon. `match` is what the scheduler
 * asks, `encode` describes a call to the addon.
 */
import { DeviceError } from '@hadal/core';
import { isAttentionPayload, matchAttention } from '@hadal/core/attention';
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { isIndexedPayload, matchIndexed } from '@hadal/core/indexed';
import { isProductPayload, matchDot, productMatch } from '@hadal/core/products';
import { matchConv } from '@hadal/core/products/conv';
import { isRecurrentPayload, matchRecurrent } from '@hadal/core/recurrent';
import type { NativeLibrary } from '../backend';
import { encodeAttention } from './attention';
import { encodeIndexed } from './indexed';
import { encodeNarrow, isNarrowPayload, matchNarrow } from './narrow';
import { encodeMaxPool, isMaxPoolPayload, matchMaxPool } from './pooling';
import { encodeProductCall, isProductDType } from './products';
import { encodeRecurrent } from './recurrent';

/** Operands of a product and of a convolution. */
const PRODUCT_OPERANDS = 2;

/** Scratch memory belongs to the addon's threads. */
const noWorkspace = (): number => 0;

export class AddonLibrary implements NativeLibrary {
  match(request: LibraryRequest): LibraryMatch | undefined {
    const { node, operands } = request;
    switch (node.op) {
      case 'dot':
      case 'conv': {
        if (!isProductDType(node.dtype) || operands.some(({ dtype }) => dtype !== node.dtype))
          return undefined;
        const narrow = matchNarrow(request);
        if (narrow !== undefined) return narrow;
        const match =
          node.op === 'dot' ? matchDot(node, operands) : matchConv(node, operands, { accumulate: true });
        return match === undefined
          ? undefined
          : productMatch(match, noWorkspace, node.dtype, node.attributes.operands);
      }
      case 'composite':
        return (
          matchAttention(node, operands, noWorkspace) ??
          matchMaxPool(request) ??
          matchIndexed(node, operands, noWorkspace) ??
          matchRecurrent(node, operands, noWorkspace)
        );
      case 'scatterAdd':
        return matchIndexed(node, operands, noWorkspace);
      // Loop kernels copy rows as fast.
      case 'gather':
        return undefined;
    }
  }

  /** Operands and side inputs, where it is known how many there are. */
  readCount({ payload, epilogue }: LibraryCall): number {
    const hasOperands = isProductPayload(payload) || isNarrowPayload(payload);
    return hasOperands ? PRODUCT_OPERANDS + epilogue.sideInputs.length : 0;
  }

  /** The words from which the addon makes the kernel of a call; those of calls with equal keys are equal. */
  encode({ name, payload }: LibraryCall): Float64Array<ArrayBuffer> {
    if (isProductPayload(payload)) return encodeProductCall(payload);
    if (isIndexedPayload(payload)) return encodeIndexed(payload);
    if (isRecurrentPayload(payload)) return encodeRecurrent(payload);
    if (isAttentionPayload(payload)) return encodeAttention(payload);
    if (isNarrowPayload(payload)) return encodeNarrow(payload);
    if (isMaxPoolPayload(payload)) return encodeMaxPool();
    throw new DeviceError('native', `the library call ${name} was not made by this backend's library.`);
  }
}
