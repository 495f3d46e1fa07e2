/**
 * What may watch a program run. Plans and the interpreter report to it; `device/run-hook.ts` says who does.
 */
import type { Backend, Dispatch } from '../backend/interface';
import type { Node } from '../graph/node';
import type { Step } from '../schedule/schedule';

export interface RunObserver {
  /** The backend to submit to in place of this one; its `sync` resolves when all that was submitted is done. */
  through(backend: Backend): Backend;
  /** Tells, before they are submitted, which steps dispatches are; those of control flow itself are none. */
  bound(dispatches: readonly Dispatch[], steps: readonly Step[]): void;
  /** Called by the interpreter after each operation. */
  evaluated(node: Node): void;
}
