/** Calls of other than products, as the module that is loaded with the first of them has them. */

import type { LibraryCall, LibraryMatch, LibraryRequest } from '@hadal/core/backend';
import { DeviceError } from '@hadal/core/errors';
import type { NodeOf } from '@hadal/core/graph';
import { isIndexedPayload } from '@hadal/core/indexed';
import { type CustomPayload, matchCustom } from './custom/match';
import { prepareCustom } from './custom/run';
import type { LibraryExecutable } from './executable';
import { matchIndexed } from './indexed/match';
import { prepareIndexed } from './indexed/run';
import type { Machine } from './machine';

const isCustomPayload = (payload: unknown): payload is CustomPayload =>
  typeof payload === 'object' && payload !== null && 'kind' in payload && payload.kind === 'custom';

export const matchRare = (
  node: NodeOf<'scatterAdd'> | NodeOf<'composite'>,
  operands: LibraryRequest['operands'],
): LibraryMatch | undefined =>
  node.op === 'composite' && node.attributes.definition.kernels?.cpu !== undefined
    ? matchCustom(node, operands)
    : matchIndexed(node, operands);

export function prepareRare({ name, payload }: LibraryCall, machine: Machine): LibraryExecutable {
  if (isIndexedPayload(payload)) return prepareIndexed(name, payload, machine);
  if (isCustomPayload(payload)) return prepareCustom(name, payload, machine.memory);
  throw new DeviceError('cpu', `the library call ${name} was not made by this backend's library.`);
}
