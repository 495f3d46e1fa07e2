/**
 * Donation: arguments of a compiled function whose memory its results may take over, so that a step from one state to
 * the next needs memory for one state, not for two.
 *
 * A donated argument is to results what a variable is to its update: the scheduler overwrites it in place where nothing
 * reads the old value any more, and copies at the end where that cannot be.
 */
import type { DeviceBuffer } from './device/buffer';
import type { Device } from './device/device';
import { realizeNodes } from './device/realize';
import { ArgumentError } from './errors';
import { identity } from './graph/build';
import type { Node } from './graph/node';
import { sameShape, sizeOf } from './shape/shape';

/** Refuses what are no positions of arguments. */
export function requirePositions(name: string, donate: readonly number[]): void {
  for (const position of donate) {
    if (Number.isSafeInteger(position) && position >= 0) continue;
    throw new ArgumentError(
      name,
      `donate names the argument ${position}.`,
      'list positions of arguments, the first being 0: compile(fn, { donate: [0] }).',
    );
  }
}

/**
 * Which donated parameter each result takes the place of: itself, one of its shape, or one of its size.
 *
 * @param donated parameters by index, as far as they are donated
 */
export function assignDonations(
  results: readonly Node[],
  donated: ReadonlyMap<number, Node>,
): (number | undefined)[] {
  const left = new Map(donated);
  const taken: (number | undefined)[] = results.map(() => undefined);
  const fits: readonly ((result: Node, parameter: Node) => boolean)[] = [
    (result, parameter) => result === parameter,
    (result, parameter) => sameShape(result.shape, parameter.shape),
    (result, parameter) => sizeOf(result.shape) === sizeOf(parameter.shape),
  ];
  for (const fit of fits) {
    for (const [at, result] of results.entries()) {
      if (taken[at] !== undefined) continue;
      const found = [...left].find(([, each]) => each.dtype === result.dtype && fit(result, each));
      if (found === undefined) continue;
      taken[at] = found[0];
      left.delete(found[0]);
    }
  }
  return taken;
}

/**
 * Refuses arguments whose memory is needed otherwise, before anything is computed.
 *
 * @param buffers  of all arguments, in the order of their parameters
 * @param captured what the recording reads beside its parameters
 */
export function requireDonatable(
  name: string,
  donated: readonly number[],
  buffers: readonly DeviceBuffer[],
  captured: ReadonlySet<DeviceBuffer>,
): void {
  for (const index of donated) {
    const buffer = buffers[index];
    if (buffer === undefined) continue;
    const refusal = buffer.released
      ? 'was disposed or donated before.'
      : buffer.owned
        ? 'is the value of a variable, which still needs it.'
        : captured.has(buffer)
          ? 'is also captured by the compiled function.'
          : buffers.indexOf(buffer) !== buffers.lastIndexOf(buffer)
            ? 'is given twice.'
            : undefined;
    if (refusal === undefined) continue;
    throw new ArgumentError(name, `a donated tensor ${refusal}`, 'give a copy: await x.add(0).realize().');
  }
}

/** A buffer that may be overwritten: where others lie in the same memory, a copy. */
export function ownMemory(node: Node, device: Device): DeviceBuffer | undefined {
  if (node.realized === undefined || !device.isShared(node.realized)) return node.realized;
  const copy = identity(node, 'contiguous');
  realizeNodes([copy], device);
  return copy.realized;
}
