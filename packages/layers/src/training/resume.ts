/** What a loaded checkpoint holds until `fit` resumes from it: random numbers and the state of callbacks. */
import type { Callback, CallbackState } from '../callbacks/callback';
import type { RandomState } from './random-state';

/** The state of one callback, by the name it keeps its state under. */
export interface SavedCallback {
  readonly name: string;
  readonly state: CallbackState;
}

export interface ResumeState {
  readonly random: RandomState;
  readonly callbacks: readonly SavedCallback[];
}

/** Hands callbacks the state of those before: in order, to callbacks of the same kind. */
export function restoreCallbacks(saved: readonly SavedCallback[], callbacks: readonly Callback[]): void {
  const left = [...saved];
  for (const callback of callbacks) {
    const at = left.findIndex(({ name }) => name === callback.stateName);
    if (at < 0) continue;
    const [found] = left.splice(at, 1);
    if (found !== undefined) callback.setState(found.state);
  }
}

/** The state of callbacks that keep one. */
export const callbackStates = (callbacks: readonly Callback[]): SavedCallback[] =>
  callbacks.flatMap((callback) =>
    callback.stateName === undefined ? [] : [{ name: callback.stateName, state: callback.getState() }],
  );
