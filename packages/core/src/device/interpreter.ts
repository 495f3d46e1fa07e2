/**
 * The reference interpreter as a device: slow, exact, always there, with every dtype. Its memory is plain host arrays.
 */
import type { Buf } from '../backend/interface';
import { bytesPerStorage, hostArrayOver, type TypedArray } from '../dtype';
import { ArgumentError } from '../errors';
import { nodesOf } from '../graph/traverse';
import { OPTIONAL_SCALAR_OPS } from '../kernel/form';
import type { DeviceBuffer } from './buffer';
import { Device, type DeviceMemory, type DeviceOptions } from './device';
import { copyGraph, type Graph, type Program } from './program';

class HostBuf implements Buf {
  readonly data: Uint8Array;

  constructor(readonly bytes: number) {
    // Aligned for every element type, since a typed array's own buffer begins at 0.
    this.data = new Uint8Array(bytes);
  }
}

const hostData = (buf: Buf): Uint8Array => {
  if (buf instanceof HostBuf) return buf.data;
  throw new ArgumentError(
    'interpreter',
    'a buffer of another device was given.',
    'move it here with await t.to(device).',
  );
};

const memory: DeviceMemory = {
  name: 'interpreter',
  caps: {
    storages: ['f32', 'f64', 'i32', 'u8'],
    scalarOps: OPTIONAL_SCALAR_OPS,
    maxBindings: Number.MAX_SAFE_INTEGER,
    alignment: 1,
    maxBufferBytes: 2 ** 32,
  },
  alloc: (bytes) => new HostBuf(bytes),
  free: () => undefined,
  write: (buf, at, source) => hostData(buf).set(source, at),
  read: (buf, at, bytes) => Promise.resolve(hostData(buf).slice(at, at + bytes)),
  readSync: (buf, at, bytes) => hostData(buf).slice(at, at + bytes),
  sync: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

/** The elements of a buffer on this device, without copying: narrow integers lie in 32 bits each. */
export const hostValues = ({ buf, dtype, storage, length }: DeviceBuffer): TypedArray =>
  hostArrayOver(
    storage === 'i32' && dtype !== 'uint32' ? 'int32' : dtype,
    hostData(buf).subarray(0, length * bytesPerStorage(storage)),
  );

/**
 * A program that evaluates the graph each time. It keeps a copy, since realized nodes let go of their inputs. What
 * evaluates is loaded at the first run, so that programs that compute elsewhere do not carry it.
 */
function interpretedProgram(given: Graph): Program {
  const graph = copyGraph(given);
  return {
    async run(parameters, targets, observer) {
      const { interpret } = await import('../on-demand');
      interpret(graph, parameters, targets, hostValues, observer);
    },
    get dispatches() {
      return nodesOf(graph.outputs).map((node) => ({ kind: 'interpreter' as const, name: node.op }));
    },
  };
}

/**
 * A new device that evaluates every operation on its own in float64 rounded to the operation's dtype.
 *
 * @example
 * setDevice(interpreter());
 */
export function interpreter(options: DeviceOptions = {}): Device {
  let programs = 0;
  return new Device(
    memory,
    () => ({
      program(graph) {
        programs++;
        return interpretedProgram(graph);
      },
      statistics: () => ({ plans: programs, planHits: 0, kernels: 0, cachedBytes: 0 }),
    }),
    options,
  );
}
