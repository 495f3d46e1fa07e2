/**
 * The scope in which nodes are being built, such as `layer "dense_1" of model "classifier"`. Kernels are named after
 * it and errors end with it. Building is synchronous, so a plain stack is enough.
 */
const stack: string[] = [];

/** Runs `build` with `name` as the innermost scope. */
export function withScope<T>(name: string, build: () => T): T {
  stack.push(name);
  try {
    return build();
  } finally {
    stack.pop();
  }
}

/** The active scopes from the innermost outwards, or '' outside of any. */
export const currentScope = (): string => [...stack].reverse().join(' of ');
