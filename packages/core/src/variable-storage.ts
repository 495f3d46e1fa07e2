/**
 * What a variable's value lives in: a versioned value that graphs can name and updates can replace.
 *
 * The current value is a graph node, so assigning is building: nothing is computed before the next realization, which
 * flushes all pending assignments of its device in program order. A compiled update overwrites the buffer in place
 * unless some living graph still names the old version; then it gets a fresh copy, and the old version stays what it was.
 */
import type { DeviceBuffer } from './device/buffer';
import type { Device } from './device/device';
import type { DType } from './dtype';
import { detach } from './graph/build';
import { makeNode, type Node } from './graph/node';
import { activeTrace, stateScope } from './trace';

let nextId = 0;

/** Storages whose current value has not been computed yet, in the order of their first pending assignment. */
const pending = new Set<VariableStorage>();

/** The storages with pending assignments. */
export const pendingStorages = (): readonly VariableStorage[] => [...pending];

export class VariableStorage {
  readonly id = nextId++;
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The value to be computed, while an assignment is pending. */
  #pending: Node | undefined;
  #buffer: DeviceBuffer | undefined;
  /** The leaf that living graphs may name; held weakly, so that its death is seen. */
  #leaf: WeakRef<Node> | undefined;

  readonly #home: Device | undefined;
  #pendingAssignments = 0;
  #retired = false;

  /** @param home where the value is to live, when its graph does not say so */
  constructor(initial: Node, home?: Device) {
    this.#home = home;
    this.shape = initial.shape;
    this.dtype = initial.dtype;
    this.#assign(initial);
  }

  /** The device that holds the value; undefined while that is left to the default device. */
  get device(): Device | undefined {
    return this.#buffer?.device ?? this.#home;
  }

  /** The buffer with the current value, or undefined while an assignment is pending. */
  get buffer(): DeviceBuffer | undefined {
    return this.#pending === undefined ? this.#buffer : undefined;
  }

  /** Whether the variable has moved to another storage, so that recordings which read this one are out of date. */
  get retired(): boolean {
    return this.#retired;
  }

  retire(): void {
    this.#retired = true;
  }

  /** Assignments made since the value was last computed. */
  get pendingAssignments(): number {
    return this.#pendingAssignments;
  }

  /** The current value: pending, realized, or inside a trace or a body its stand-in. */
  get node(): Node {
    const local = stateScope()?.read(this);
    if (local !== undefined) return local;
    const trace = activeTrace();
    if (trace !== undefined) return trace.read(this);
    if (this.#pending !== undefined) return this.#pending;
    const known = this.#leaf?.deref();
    if (known !== undefined) return known;
    return this.#makeLeaf();
  }

  /** Makes `node` the value from here on. Gradients by what was assigned end here, compiled or not. */
  assign(node: Node): void {
    const recording = stateScope() ?? activeTrace();
    if (recording === undefined) this.#assign(node);
    else recording.write(this, detach(node));
  }

  /** Takes over the buffer in which the pending value is being computed. */
  settle(buffer: DeviceBuffer): void {
    pending.delete(this);
    // Whoever read the variable while it was pending holds this node, which names the buffer from now on.
    this.#leaf = this.#pending === undefined ? undefined : new WeakRef(this.#pending);
    this.#pending = undefined;
    this.#pendingAssignments = 0;
    buffer.owned = true;
    this.#buffer = buffer;
  }

  /** Whether a living graph or tensor names the realized current version, so that overwriting it would change its value. */
  isNamed(): boolean {
    return this.#leaf?.deref() !== undefined || this.#buffer?.device.isShared(this.#buffer) === true;
  }

  /** Moves the value to a buffer that no graph names. To be followed by a flush before anything else reads it. */
  moveToOwnBuffer(flush: () => void): void {
    this.#assign(this.node);
    flush();
    this.#leaf = undefined;
  }

  #assign(node: Node): void {
    // A node of its own: the assigned tensor may be read by its own handle, which must not see later updates.
    this.#pending = makeNode('identity', [detach(node)], { kind: 'contiguous' }, this.shape, this.dtype);
    this.#pendingAssignments++;
    this.#leaf = undefined;
    pending.add(this);
  }

  #makeLeaf(): Node {
    const buffer = this.#buffer;
    if (buffer === undefined) throw new Error('no value');
    const leaf = makeNode('buffer', [], { buffer }, this.shape, this.dtype);
    leaf.realized = buffer;
    this.#leaf = new WeakRef(leaf);
    return leaf;
  }
}
