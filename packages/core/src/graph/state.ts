/**
 * What there may be only one of while graphs are built: the scope, and the numbers of nodes and walks. In one module, since
 * code that is loaded on demand has copies of everything else.
 *
 * The scope is where nodes are being built, such as `layer "dense_1" of model "classifier"`. Kernels are named after it and
 * errors end with it. Building is synchronous, so one text is enough.
 */
import type { Node } from './node';

let current = '';

/** Runs `build` with `name` as the innermost scope. */
export function withScope<T>(name: string, build: () => T): T {
  const outer = current;
  current = outer === '' ? name : `${name} of ${outer}`;
  try {
    return build();
  } finally {
    current = outer;
  }
}

/** The active scopes from the innermost outwards, or '' outside of any. */
export const currentScope = (): string => current;

let nodes = 0;
export const nextNodeId = (): number => nodes++;

let walks = 0;
export const nextWalk = (): number => ++walks;

/** Called with every node that is made. */
export const nodeObservers = new Set<(node: Pick<Node, 'realized'>) => void>();
