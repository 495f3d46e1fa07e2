/**
 * The backend interface: all that core asks of whatever computes. A backend offers memory, makes executables of loop
 * kernels (and of library calls it matched), and runs flat programs of dispatches in order.
 */
import type { DType, Register, Storage } from '../dtype';
import type { LoopKernel, OptionalScalarOp } from '../kernel/form';
import type { DecomposeScalarOp } from '../lower/scalar-code';
import type { Library, LibraryCall } from './library';

/** The version of this interface; a backend made for another one is refused with a clear error. */
export const BACKEND_API_VERSION = 1;

/** What a backend can do. Core works around what is missing, or says clearly that it cannot. */
export interface Caps {
  /** Storages its memory can hold: at least f32 and i32. bool and uint8 fall back to i32 where u8 is missing. */
  readonly storages: readonly Storage[];
  /** Optional scalar operations it can print; the others are decomposed. */
  readonly scalarOps: readonly OptionalScalarOp[];
  /**
   * Writes the optional operations that `scalarOps` lacks: \`decomposeScalarOp\` of \`@hadal/core/backend\`. A backend
   * that has them all leaves it out, and programs on it do not carry the formulas.
   */
  readonly decompose?: DecomposeScalarOp;
  /** Most buffers one loop kernel may bind. */
  readonly maxBindings: number;
  /** Alignment in bytes of every range that a dispatch binds. A power of two. */
  readonly alignment: number;
  /** Most bytes of one tensor. What a program computes on the way may take more memory together. */
  readonly maxBufferBytes: number;
}

/** A backend's memory handle. Core only passes it back. */
export interface Buf {
  readonly bytes: number;
}

/** Something `prepare` made. Core only passes it back. */
export interface Exec {
  readonly name: string;
}

/** A range of a buffer that a dispatch binds. */
export interface Binding {
  readonly buf: Buf;
  readonly offset: number;
  readonly bytes: number;
}

/** One step of a program. A list runs in order; each step sees what earlier ones wrote. */
export type Dispatch = KernelDispatch | CopyDispatch;

export interface KernelDispatch {
  readonly kind: 'kernel';
  readonly exec: Exec;
  /** In the order of the kernel's `buffers`, or of the library call's `operands`, `outputs` and workspace. */
  readonly bindings: readonly Binding[];
  /** Scalar arguments, in the order of `scalars`. */
  readonly scalars: readonly number[];
  /** int32 arguments. */
  readonly integers: readonly number[];
}

/** Copies bytes; the ranges do not overlap. */
export interface CopyDispatch {
  readonly kind: 'copy';
  readonly from: Binding;
  readonly to: Binding;
}

export interface Backend {
  readonly apiVersion: number;
  readonly name: string;
  readonly caps: Caps;
  /** Contents are undefined. Throws DeviceError when there is no room. */
  alloc(bytes: number): Buf;
  free(buf: Buf): void;
  /** Copies host bytes in; ordered with `run`. */
  write(buf: Buf, at: number, source: Uint8Array): void;
  /** Copies bytes out, after everything submitted before. The result is the caller's own. */
  read(buf: Buf, at: number, bytes: number): Promise<Uint8Array>;
  /** Like `read` at once, where a backend can. */
  readSync?(buf: Buf, at: number, bytes: number): Uint8Array;
  /** Compiles once per distinct `key`. */
  prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec>;
  /**
   * Where the thread that plans has other things to do, like that of a page: what to wait for before it goes on with a
   * graph that is new; undefined to go on at once.
   */
  readonly breathe?: () => Promise<void> | undefined;
  /** Submits a program. Ordered with other submissions, writes and reads. */
  run(program: readonly Dispatch[]): void;
  /**
   * Runs one dispatch, where the device can tell how long it takes by itself: resolves to milliseconds once it is over.
   * Profiles ask for it; without it they wait for each dispatch and look at the clock. Not asked again before it resolved.
   */
  readonly timed?: (dispatch: Dispatch) => Promise<number>;
  /** Resolves when all submitted work is done; rejects with its first fault. */
  sync(): Promise<void>;
  /** Ends workers and frees memory; never needed for the process to end. */
  close(): Promise<void>;
  /** Registers a listener for asynchronous loss of the device. */
  onLost?(report: (reason: Error) => void): void;
  /** Kernels for whole operations. */
  readonly library?: Library;
}

/** Whether a backend can be used here, and if not, why. `isAvailable()` of every backend returns this, never throws. */
export type Availability = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export type { DType, Register, Storage };
