/**
 * Variables as a mapped function sees them: they hold what they hold around it, and may not be assigned, since each
 * example would assign something else. Streams of random numbers are the exception: where they go on is the same
 * for all examples.
 */
import { TraceError } from '../errors';
import type { Node } from '../graph/node';
import { isGeneratorState } from '../random/generator';
import { type StateScope, stateScope, withStateScope } from '../trace';
import type { VariableStorage } from '../variable-storage';
import type { Batching } from './batching/batching';

export class MappedScope implements StateScope {
  readonly #around = stateScope();
  readonly #states = new Map<VariableStorage, Node>();

  read(storage: VariableStorage): Node | undefined {
    if (!isGeneratorState(storage)) return undefined;
    return this.#states.get(storage) ?? withStateScope(this.#around, () => storage.node);
  }

  write(storage: VariableStorage, node: Node): void {
    if (!isGeneratorState(storage)) {
      throw new TraceError(
        'vmap',
        'a variable is assigned inside the mapped function, where each example would assign another value.',
        'Return the value, and assign what you make of it outside, such as its mean over the batch.',
      );
    }
    this.#states.set(storage, node);
  }

  /** Lets the streams of random numbers go on around the function where they are at its end. */
  finish(batching: Batching): void {
    for (const [storage, node] of this.#states) {
      if (batching.find(node) !== undefined) {
        throw new TraceError(
          'vmap',
          'how many random numbers are drawn depends on the example.',
          'Draw them outside of conditions, or outside of the mapped function.',
        );
      }
      storage.assign(batching.shared(node));
    }
  }
}
