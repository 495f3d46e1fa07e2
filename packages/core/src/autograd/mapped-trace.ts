/**
 * The trace of a function that is mapped: variables hold what they hold around it, and may not be assigned, since each
 * example would assign something else. Generators of random numbers are the exception: their next state is the same
 * for all examples.
 */
import { TraceError } from '../errors';
import type { Node } from '../graph/node';
import { nodesOf } from '../graph/traverse';
import { activeTrace, Trace, withTrace } from '../trace';
import type { VariableStorage } from '../variable-storage';

export class MappedTrace extends Trace {
  override readonly owner = activeTrace()?.owner;

  override read(storage: VariableStorage): Node {
    return withTrace(this.owner, () => storage.node);
  }

  override write(storage: VariableStorage, node: Node): void {
    if (!isNextState(this.read(storage), node)) {
      throw new TraceError(
        'vmap',
        'a variable is assigned inside the mapped function, where each example would assign another value.',
        'Return the value, and assign what you make of it outside, such as its mean over the batch.',
      );
    }
    withTrace(this.owner, () => storage.assign(node));
  }
}

/** Whether a value is what a generator goes on to: its state [key, key, counter] plus something that is known. */
function isNextState(state: Node, value: Node): boolean {
  const isState = state.dtype === 'int32' && state.shape.length === 1 && state.shape[0] === 3;
  if (!isState) return false;
  const leaves = nodesOf([value], (node) => (node === state ? [] : node.inputs)).filter(
    (node) => node === state || node.inputs.length === 0,
  );
  return leaves.every((leaf) => leaf === state || leaf.op === 'iota' || leaf.op === 'scalar');
}
