/**
 * Bodies: functions of tensors, traced once into graphs with parameters of their own.
 *
 * A body may use anything around it. Whatever it computes from its parameters stays in the body; the values that this
 * begins with (tensors, variables, arguments of a compiled function, parameters of an outer body) become inputs. What a
 * loop computes from them alone becomes an input as well, since it need not happen in every iteration; a branch keeps
 * it, since it need not happen at all. Numbers, and what is made of numbers, stay where they are.
 */
import { placeholder } from '../autograd/placeholder';
import { TraceError } from '../errors';
import type { Body, ValueSpec } from '../graph/control';
import type { Node, NodeOf } from '../graph/node';
import { rewrite } from '../graph/rewrite';
import { nodesOf } from '../graph/traverse';
import { isGeneratorState } from '../random/generator';
import { type StateScope, withStateScope } from '../trace';
import type { VariableStorage } from '../variable-storage';

/** A parameter of a body. */
export const bodyParameter = ({ shape, dtype }: ValueSpec): NodeOf<'parameter'> => placeholder(shape, dtype);

/** A stream of random numbers that a body draws from. */
export interface DrawnState {
  readonly storage: VariableStorage;
  /** Where the stream stands when the body begins. */
  readonly parameter: NodeOf<'parameter'>;
  /** Where it stands when the body ends. */
  readonly final: Node;
}

/** Refuses assignments, and gives streams of random numbers parameters to go on from. */
class BodyScope implements StateScope {
  readonly #where: string;
  readonly #states = new Map<VariableStorage, { parameter: NodeOf<'parameter'>; current: Node }>();

  constructor(where: string) {
    this.#where = where;
  }

  get states(): DrawnState[] {
    return [...this.#states].map(([storage, { parameter, current }]) => ({
      storage,
      parameter,
      final: current,
    }));
  }

  read(storage: VariableStorage): Node | undefined {
    return isGeneratorState(storage) ? this.#entry(storage).current : undefined;
  }

  write(storage: VariableStorage, node: Node): void {
    if (!isGeneratorState(storage)) {
      throw new TraceError(
        this.#where,
        'a variable is assigned inside a body, which runs many times or not at all.',
        'Carry the value through the iterations, and assign what comes out.',
      );
    }
    this.#entry(storage).current = node;
  }

  #entry(storage: VariableStorage): { parameter: NodeOf<'parameter'>; current: Node } {
    const known = this.#states.get(storage);
    if (known !== undefined) return known;
    const parameter = bodyParameter(storage);
    const entry = { parameter, current: parameter };
    this.#states.set(storage, entry);
    return entry;
  }
}

/** Refuses bodies that await. */
export function requireSynchronous(where: string, returned: unknown): void {
  if (!(returned instanceof Promise)) return;
  returned.catch(() => undefined);
  throw new TraceError(
    where,
    'a body is asynchronous.',
    'A body describes what to compute and must be synchronous; await what it needs before.',
  );
}

/** What a function did that becomes a body. */
export interface Traced<T> {
  readonly result: T;
  /** The streams of random numbers it drew from. */
  readonly states: readonly DrawnState[];
  /** Nodes older than this were there before. */
  readonly since: number;
}

/** A body that may still use anything. */
export interface OpenBody {
  readonly parameters: readonly NodeOf<'parameter'>[];
  readonly outputs: readonly Node[];
  readonly since: number;
}

/**
 * Runs a function that becomes a body.
 *
 * @param where the control-flow function, for errors
 */
export function traced<T>(where: string, build: () => T): Traced<T> {
  const since = bodyParameter({ shape: [], dtype: 'int32' }).id;
  const scope = new BodyScope(where);
  const result = withStateScope(scope, build);
  return { result, states: scope.states, since };
}

/**
 * Bodies over the same captured values, which are their last parameters.
 *
 * @param hoist whether what depends on captured values alone is computed outside
 * @returns the bodies closed, and the values to be passed for their new parameters
 */
export function closed(
  bodies: readonly OpenBody[],
  hoist: boolean,
): { readonly bodies: readonly Body[]; readonly captured: readonly Node[] } {
  const found = bodies.map((body) => capturedBy(body, hoist));
  const captured = [...new Set(found.flat())];
  return {
    captured,
    bodies: bodies.map(({ parameters, outputs }) => {
      const added = new Map<Node, NodeOf<'parameter'>>(captured.map((node) => [node, bodyParameter(node)]));
      return {
        parameters: [...parameters, ...added.values()],
        outputs: rewrite(outputs, (node) => added.get(node)),
      };
    }),
  };
}

/** What a node has to do with a body: computed from parameters, from other values, or from numbers alone. */
type Origin = 'inside' | 'outside' | 'numbers';

/** The values that a body begins with beside its parameters. */
function capturedBy({ parameters, outputs, since }: OpenBody, hoist: boolean): Node[] {
  const own = new Set<Node>(parameters);
  const origins = new Map<Node, Origin>();
  const isOutside = (node: Node): boolean => origins.get(node) === 'outside';
  const originOf = (node: Node): Origin => {
    if (own.has(node)) return 'inside';
    if (node.op === 'scalar') return 'numbers';
    if (node.id < since || node.realized !== undefined) return 'outside';
    if (node.op === 'iota') return 'numbers';
    if (node.inputs.length === 0) return 'outside';
    const found = new Set(node.inputs.map((input) => origins.get(input)));
    if (found.has('inside')) return 'inside';
    if (!found.has('outside')) return 'numbers';
    return hoist || standsForValue(node) ? 'outside' : 'inside';
  };
  const captured = new Set<Node>();
  const order = nodesOf(outputs, (node) =>
    own.has(node) || node.id < since || node.realized !== undefined ? [] : node.inputs,
  );
  for (const node of order) {
    const origin = originOf(node);
    origins.set(node, origin);
    if (origin === 'inside') for (const input of node.inputs) if (isOutside(input)) captured.add(input);
  }
  for (const output of outputs) if (isOutside(output)) captured.add(output);
  return [...captured];
}

/** A packed variable's value is a slice of its storage: gradients by it have to find it among the inputs. */
const standsForValue = ({ op }: Node): boolean => op === 'slice' || op === 'reshape';
