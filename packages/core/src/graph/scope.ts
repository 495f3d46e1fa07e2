/**
 * The scope in which nodes are being built, such as `layer "dense_1" of model "classifier"`. Kernels are named after
 * it and errors end with it. Building is synchronous, so one text is enough.
 */
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
