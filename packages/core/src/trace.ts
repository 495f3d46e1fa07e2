/**
 * Tracing: while a function is being compiled, variables stand for whatever they will hold when it runs, assignments
 * are recorded instead of made, and nothing may be read. Tracing is synchronous, so one module variable is enough.
 */
import { TraceError } from './errors';
import type { Node } from './graph/node';
import { makeNode } from './graph/node';
import type { VariableStorage } from './variable-storage';

export class Trace {
  readonly #storages = new Map<VariableStorage, { readonly parameter: Node; current: Node }>();
  readonly #parameters: (Node | VariableStorage)[] = [];

  /** A new input of the function. */
  parameter(shape: readonly number[], dtype: Node['dtype']): Node {
    const node = makeNode('parameter', [], { index: this.#parameters.length }, shape, dtype);
    this.#parameters.push(node);
    return node;
  }

  /** What a variable holds at this point of the function. */
  read(storage: VariableStorage): Node {
    return this.#entry(storage).current;
  }

  write(storage: VariableStorage, node: Node): void {
    this.#entry(storage).current = node;
  }

  /** The variables the function met, with the value each has at its end. */
  variables(): { readonly storage: VariableStorage; readonly parameter: Node; readonly final: Node }[] {
    return [...this.#storages].map(([storage, { parameter, current }]) => ({
      storage,
      parameter,
      final: current,
    }));
  }

  #entry(storage: VariableStorage): { readonly parameter: Node; current: Node } {
    const known = this.#storages.get(storage);
    if (known !== undefined) return known;
    const parameter = this.parameter(storage.shape, storage.dtype);
    const entry = { parameter, current: parameter };
    this.#storages.set(storage, entry);
    return entry;
  }
}

let active: Trace | undefined;

/** The trace being recorded, if any. */
export const activeTrace = (): Trace | undefined => active;

/** Runs `build` with its variables bound to `trace`. */
export function withTrace<T>(trace: Trace, build: () => T): T {
  const outer = active;
  active = trace;
  try {
    return build();
  } finally {
    active = outer;
  }
}

/** Stands between variables and a function that is mapped, or becomes the body of a loop or of a branch. */
export interface StateScope {
  /** What the body sees instead of the variable's value, if anything. */
  read(storage: VariableStorage): Node | undefined;
  write(storage: VariableStorage, node: Node): void;
}

let scope: StateScope | undefined;

/** The mapped function or body being recorded, if any. */
export const stateScope = (): StateScope | undefined => scope;

/** Runs `build` with variables seen through `inner`, or as they are. */
export function withStateScope<T>(inner: StateScope | undefined, build: () => T): T {
  const outer = scope;
  scope = inner;
  try {
    return build();
  } finally {
    scope = outer;
  }
}

/** Throws when values are asked for while a function is being traced. */
export function requireNoTrace(where: string): void {
  if (active === undefined && scope === undefined) return;
  const place = scope === undefined ? 'a compiled function' : 'a mapped function, loop or branch';
  throw new TraceError(
    where,
    `values were asked for inside ${place}, which only describes what to compute.`,
    'return the tensor and await its data outside.',
  );
}
