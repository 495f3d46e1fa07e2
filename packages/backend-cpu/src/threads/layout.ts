/**
 * Where threads meet: words at the start of memory, each in a cache line of its own, and what a tape consists of.
 *
 * A tape is a list of phases. The tasks of one phase are independent of each other and are dealt to whoever asks; the
 * next phase begins when all are done. Plain numbers, since they travel to threads as text.
 *
 *   phase:  tickets taken, tasks done, number of tasks, next phase (0: the end), then for each task: body, from, to
 *   body:   workspace of thread 0, bytes between workspaces of threads, calls,
 *           then either `end`, or `each`, where `after` is, calls that are repeated for every index in [from, to), `end`,
 *           and there calls that are made after them, and `end`
 *   call:   function, number of arguments, then for each argument: kind, value, step
 *
 * An argument is value + step · index. All places are indices of words.
 */
export const LAYOUT = {
  /** Counts programs; threads sleep on it between them. */
  sequence: 16,
  /** The phase at work; 0 between programs. */
  phase: 32,
  /** Threads other than the host's that may be reading the tape. */
  active: 48,
  /** Threads asleep until the phase changes, and until a program comes. */
  sleepers: 64,
  idle: 80,
  /** Modules that a thread must have made to take part. */
  modules: 96,
  /** Threads beside the host's that have begun to serve. */
  joined: 104,
  /** Set when a thread stopped in the middle of a task. */
  lost: 105,
  /** A bit for each thread that has begun to serve, and for each that is at a task. */
  begun: 16 * 16,
  busy: 17 * 16,
  /** Tasks that failed, and the length and characters of what the last of them threw. */
  failures: 112,
  reason: 128,
  mostReason: 127,
  /** The words of a phase before its tasks, and of a task. */
  phaseWords: 4,
  taskWords: 3,
  argumentWords: 3,
  end: -1,
  each: -2,
  /** Bits that there are for threads. */
  mostThreads: 64,
  /** Milliseconds after which a thread that waits looks whether the others are still there. */
  watchMs: 200,
  /** Kinds of arguments: a number; relative to the thread's workspace; the task's bounds; the bits of a float. */
  plain: 0,
  own: 1,
  from: 2,
  to: 3,
  float: 4,
} as const;

export type Layout = typeof LAYOUT;
