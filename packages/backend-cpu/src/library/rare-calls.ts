/** Calls of other than products, as the module that is loaded with the first of them has them. */

import { isAttentionPayload, matchAttention } from '@hadal/core/attention';
import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { DeviceError } from '@hadal/core/errors';
import type { NodeOf } from '@hadal/core/graph';
import { isIndexedPayload } from '@hadal/core/indexed';
import { isRecurrentPayload, matchRecurrent } from '@hadal/core/recurrent';
import { workspaceOf as attentionWorkspaceOf } from './attention/layout';
import { prepareAttention } from './attention/run';
import { type CustomPayload, matchCustom } from './custom/match';
import { prepareCustom } from './custom/run';
import type { LibraryExecutable } from './executable';
import type { LibraryOptions } from './index';
import { matchIndexed } from './indexed/match';
import { prepareIndexed } from './indexed/run';
import type { Machine } from './machine';
import { workspaceOf } from './recurrent/layout';
import { prepareRecurrent } from './recurrent/run';

const isCustomPayload = (payload: unknown): payload is CustomPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'custom';

export function matchRare(
  node: NodeOf<'scatterAdd'> | NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
  threads = 1,
): LibraryMatch | undefined {
  if (node.op === 'composite') {
    if (node.attributes.definition.kernels?.cpu !== undefined) return matchCustom(node, operands);
    const recurrent = matchRecurrent(
      node,
      operands,
      (payload, extents) => workspaceOf(payload, extents, threads).bytes,
    );
    const attention = matchAttention(
      node,
      operands,
      ({ isGradient }, extents) => threads * attentionWorkspaceOf(isGradient, extents).bytes,
    );
    if (recurrent !== undefined || attention !== undefined) return recurrent ?? attention;
  }
  return matchIndexed(node, operands);
}

export function prepareRare(
  { name, payload }: LibraryCall,
  machine: Machine,
  options: LibraryOptions,
): LibraryExecutable {
  if (isIndexedPayload(payload)) return prepareIndexed(name, payload, machine);
  if (isRecurrentPayload(payload)) return prepareRecurrent(name, payload, machine, options);
  if (isAttentionPayload(payload)) return prepareAttention(name, payload, machine, options);
  if (isCustomPayload(payload)) return prepareCustom(name, payload, machine.memory);
  throw new DeviceError('cpu', `the library call ${name} was not made by this backend's library.`);
}
