/**
 * The saboteur: a good backend with exactly one thing broken. A conformance suite is worth what it catches, so a test
 * runs the suite on every mutant and expects it to fail.
 */
import {
  type Dispatch,
  type Exec,
  type LibraryCall,
  type LoopKernel,
  validateKernel,
} from '@hadal/core/backend';
import { PlainBackend } from '../backends/plain';
import type { Mutant } from './mutant';
import { reduceMutants } from './reduce-mutants';
import { scalarMutants } from './scalar-mutants';
import { viewMutants } from './view-mutants';

/** Everything that the saboteur knows how to break. */
export const MUTANTS: readonly Mutant[] = [...scalarMutants, ...reduceMutants, ...viewMutants];

/** The plain backend with one mutant at work, and a note of whether it had anything to break. */
export class Saboteur extends PlainBackend {
  override readonly name: string;
  /** How many kernels or programs came out changed. */
  changes = 0;
  readonly #mutant: Mutant;
  readonly #distort: ((program: readonly Dispatch[]) => readonly Dispatch[]) | undefined;

  constructor(mutant: Mutant) {
    super();
    this.#mutant = mutant;
    this.#distort = mutant.run?.();
    this.name = `saboteur (${mutant.name})`;
  }

  override prepare(kernel: LoopKernel | LibraryCall): Exec | Promise<Exec> {
    if (kernel.kind === 'library' || this.#mutant.mutate === undefined) return super.prepare(kernel);
    const broken = this.#mutant.mutate(kernel);
    if (JSON.stringify(broken.stages) !== JSON.stringify(kernel.stages)) this.changes++;
    // A mutant computes something wrong, but it is well-formed: no printer could tell.
    validateKernel(broken);
    return super.prepare(broken);
  }

  override run(program: readonly Dispatch[]): void {
    if (this.#distort === undefined) {
      super.run(program);
      return;
    }
    this.changes++;
    super.run(this.#distort(program));
  }
}
